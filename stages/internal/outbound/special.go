package outbound

import "net/netip"

// special are the networks that are not the public internet, from the registries
// of special-purpose addresses of IANA (RFC 6890 and its updates), multicast, and
// what once was local.
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",

	"100::/64", "100:0:0:1::/64", // discarded
	"2001::/23",     // protocols, Teredo, benchmarks, ORCHID
	"2001:db8::/32", // documentation
	"2002::/16",     // 6to4: an IPv4 address behind a relay
	"3fff::/20",     // documentation
	"5f00::/16",     // segment routing
	"64:ff9b:1::/48", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
)

// global is all of IPv6 that is given out; nat64 translates into IPv4.
var (
	global = netip.MustParsePrefix("2000::/3")
	nat64  = netip.MustParsePrefix("64:ff9b::/96")
)

func prefixes(texts ...string) []netip.Prefix {
	var all []netip.Prefix
	for _, t := range texts {
		all = append(all, netip.MustParsePrefix(t))
	}
	return all
}

// public reports whether an address is one of the public internet, looking into
// those that hold an IPv4 address.
func public(a netip.Addr) bool {
	if !a.IsValid() || a.Zone() != "" {
		return false
	}
	a = a.Unmap()
	for _, p := range special {
		if p.Contains(a) {
			return false
		}
	}
	if a.Is4() {
		return true
	}
	if nat64.Contains(a) {
		return public(embedded(a))
	}
	if !global.Contains(a) { // ::1 and IPv4-compatible addresses among them
		return false
	}
	return !isatap(a) || public(embedded(a))
}

// embedded is the IPv4 address in the last four bytes.
func embedded(a netip.Addr) netip.Addr {
	b := a.As16()
	return netip.AddrFrom4([4]byte(b[12:]))
}

// isatap reports whether the interface part is one of RFC 5214, which holds an
// IPv4 address.
func isatap(a netip.Addr) bool {
	b := a.As16()
	return b[8]&^2 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe
}
