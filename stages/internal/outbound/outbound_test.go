package outbound

import (
	"context"
	"encoding/pem"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestAddresses(t *testing.T) {
	for address, public := range map[string]bool{
		"8.8.8.8": true, "1.1.1.1": true, "100.63.255.255": true, "100.128.0.1": true, "172.15.0.1": true, "172.32.0.1": true, "198.20.0.1": true,
		"223.255.255.255": true, "2606:4700:4700::1111": true, "2a00:1450::1": true, "64:ff9b::8.8.8.8": true, "::ffff:8.8.8.8": true,
		"0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "100.64.0.1": false, "100.127.255.255": false, "127.0.0.1": false, "127.255.0.1": false,
		"169.254.169.254": false, "172.16.0.1": false, "172.31.255.255": false, "192.0.0.1": false, "192.0.2.1": false, "192.88.99.1": false,
		"192.168.1.1": false, "198.18.0.1": false, "198.19.255.255": false, "198.51.100.1": false, "203.0.113.1": false, "224.0.0.1": false,
		"239.255.255.255": false, "240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "::127.0.0.1": false, "::8.8.8.8": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false,
		"64:ff9b::127.0.0.1": false, "64:ff9b::a00:1": false, "64:ff9b:1::1": false, "100::1": false, "100:0:0:1::1": false, "2001::1": false,
		"2001:0:4136:e378:8000:63bf:3fff:fdd2": false, "2001:2::1": false, "2001:10::1": false, "2001:20::1": false, "2001:db8::1": false,
		"2002:7f00:1::": false, "2002:808:808::1": false, "2a00:1450::5efe:127.0.0.1": false, "2a00:1450::200:5efe:10.0.0.1": false,
		"2a00:1450::5efe:8.8.8.8": true, "3fff::1": false, "5f00::1": false, "fc00::1": false, "fd12:3456::1": false, "fe80::1": false,
		"fe80::1%eth0": false, "fec0::1": false, "ff02::1": false, "4000::1": false,
	} {
		err := Policy{}.Check(netip.MustParseAddr(address))
		if (err == nil) != public || err != nil && !errors.Is(err, ErrRefused) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

func TestAllowedNetworks(t *testing.T) {
	p := Policy{Allow: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00:1::/32")}}
	for address, allowed := range map[string]bool{"10.1.2.3": true, "::ffff:10.1.2.3": true, "10.2.0.1": false, "fd00:1::5": true, "fd00:2::5": false, "127.0.0.1": false} {
		if err := p.Check(netip.MustParseAddr(address)); (err == nil) != allowed {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// names is a resolver that answers as a test says, and another answer the next
// time: what a name server in wrong hands does.
type names struct {
	answers [][]netip.Addr
	asked   int
}

func (n *names) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	n.asked++
	return n.answers[min(n.asked, len(n.answers))-1], nil
}

func TestEveryAddressOfANameIsChecked(t *testing.T) {
	n := &names{answers: [][]netip.Addr{{netip.MustParseAddr("8.8.8.8"), netip.MustParseAddr("127.0.0.1")}}}
	if _, err := (Policy{Resolver: n}).Dial(t.Context(), "tcp", "name.test:443"); !errors.Is(err, ErrRefused) {
		t.Errorf("got %v", err)
	}
}

func TestWhatWasCheckedIsDialled(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	n := &names{answers: [][]netip.Addr{{netip.MustParseAddr("127.0.0.1")}, {netip.MustParseAddr("127.0.0.2")}}}
	p := Policy{Resolver: n, Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}
	conn, err := p.Dial(t.Context(), "tcp", net.JoinHostPort("name.test", port))
	if err != nil || n.asked != 1 {
		t.Fatalf("asked %d times: %v", n.asked, err)
	}
	conn.Close()
	if _, err := p.Dial(t.Context(), "tcp", net.JoinHostPort("name.test", port)); !errors.Is(err, ErrRefused) {
		t.Errorf("the second answer: %v", err)
	}
}

func TestHostsThatOnlyLookLikeNames(t *testing.T) {
	for _, host := range []string{"127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0", "2130706433", "0177.0.0.1", "0x7f.1", "127.1", "localhost"} {
		conn, err := (Policy{}).Dial(t.Context(), "tcp", host+":9")
		if err == nil {
			conn.Close()
			t.Errorf("%s was dialled", host)
		}
		if strings.Contains(err.Error(), "connection refused") {
			t.Errorf("%s was dialled: %v", host, err)
		}
	}
}

func TestRedirectsGoTheSameWay(t *testing.T) {
	where := ""
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/here" {
			return
		}
		http.Redirect(w, r, where, http.StatusTemporaryRedirect)
	}))
	defer s.Close()
	roots := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	client, err := (Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}).Client(roots, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	for _, c := range []struct {
		to      string
		refused bool
	}{
		{"/here", false}, {"https://169.254.169.254/latest/meta-data", true}, {"https://127.0.0.2/", true}, {"http://127.0.0.1/", true}, {"/around", true},
	} {
		where = c.to
		got, err := client.Get(s.URL)
		if err == nil {
			got.Body.Close()
		}
		if (err != nil) != c.refused {
			t.Errorf("%s: %v", c.to, err)
		}
	}
}
