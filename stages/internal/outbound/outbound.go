package outbound

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"
)

// ErrRefused is an address that is not of the public internet and not allowed.
var ErrRefused = errors.New("the address is not of the public internet")

// Policy says what may be dialled. The zero value allows the public internet.
type Policy struct {
	Allow []netip.Prefix // networks that are allowed besides
	// Resolver looks names up; nil is the machine's.
	Resolver interface {
		LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	}
}

// Check refuses an address with [ErrRefused].
func (p Policy) Check(a netip.Addr) error {
	if public(a) {
		return nil
	}
	for _, allowed := range p.Allow {
		if allowed.Contains(a.Unmap()) && a.Zone() == "" {
			return nil
		}
	}
	return fmt.Errorf("%w: %s", ErrRefused, a)
}

// How long a connection may take, and the end of a request that nobody answers.
const (
	dialTimeout   = 10 * time.Second
	headerTimeout = time.Minute
)

// Dial connects to the first address of a host that answers. One address that is
// refused refuses the host.
func (p Policy) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	addresses, err := p.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	dialer := net.Dialer{Timeout: dialTimeout, Control: func(_, address string, _ syscall.RawConn) error {
		dialled, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		return p.Check(dialled.Addr())
	}}
	for _, a := range addresses {
		var conn net.Conn
		if conn, err = dialer.DialContext(ctx, network, net.JoinHostPort(a.String(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// resolve gives the addresses of a host, all of them checked.
func (p Policy) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	addresses := []netip.Addr{}
	if a, err := netip.ParseAddr(host); err == nil {
		addresses = append(addresses, a)
	} else {
		resolver := p.Resolver
		if resolver == nil {
			resolver = net.DefaultResolver
		}
		if addresses, err = resolver.LookupNetIP(ctx, "ip", host); err != nil {
			return nil, err
		}
	}
	for i, a := range addresses {
		addresses[i] = a.Unmap()
		if err := p.Check(a); err != nil {
			return nil, err
		}
	}
	if len(addresses) == 0 {
		return nil, fmt.Errorf("%s has no address", host)
	}
	return addresses, nil
}

// maxRedirects is how often an answer may send elsewhere.
const maxRedirects = 3

// Client makes a client for HTTPS alone. Roots are certificates to trust besides
// the system's, in PEM; nil for none.
func (p Policy) Client(roots []byte, connections int) (*http.Client, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if len(roots) > 0 {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(roots) {
			return nil, errors.New("no certificate in PEM")
		}
		config.RootCAs = pool
	}
	return &http.Client{
		Transport: &http.Transport{
			DialContext: p.Dial, TLSClientConfig: config, TLSHandshakeTimeout: dialTimeout, ResponseHeaderTimeout: headerTimeout,
			MaxIdleConnsPerHost: connections, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			switch {
			case r.URL.Scheme != "https":
				return fmt.Errorf("%w: sent on to a %s address", ErrRefused, r.URL.Scheme)
			case len(via) > maxRedirects:
				return fmt.Errorf("sent on more than %d times", maxRedirects)
			}
			return nil
		},
	}, nil
}
