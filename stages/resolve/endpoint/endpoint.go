package endpoint

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/secret"
	"github.com/exportd/exportd/stages/resolve"
)

// DefaultTimeout is that of one request.
const DefaultTimeout = 30 * time.Second

// The bounds of a lookup: handles in a request, and pages for them.
const (
	handlesAtOnce = 256
	maxPages      = 1000
	connections   = 4
)

// Config describes a service.
type Config struct {
	URL     string
	Token   secret.Value  // none = not sent
	Timeout time.Duration // of one request; 0 = [DefaultTimeout]
	// Columns are the fields by the service's names for them; see
	// [resolve.NewNaming].
	Columns map[string]string
}

// Endpoint is a web service that knows records.
type Endpoint struct {
	url       string
	token     secret.Value
	naming    *resolve.Naming
	client    *http.Client
	transport *http.Transport
	pause     time.Duration // before the second try
}

var _ resolve.Records = (*Endpoint)(nil)

// CheckURL finds what is wrong with the address of a service. A token is sent only
// where nobody can listen: by https, or to this machine.
func CheckURL(address string, token bool) error {
	wrong := func(format string, args ...any) error {
		return diag.New(diag.KeyValue, "catalog.url "+format, args...).WithHint("write https://HOST/PATH")
	}
	u, err := url.Parse(address)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return wrong("is no address of a web service")
	case u.User != nil:
		return wrong("holds credentials: they belong into catalog.token")
	case u.Scheme == "http" && token && !loopback(u.Hostname()):
		return wrong("would send catalog.token unencrypted to %s", u.Hostname())
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// New makes a client. It asks nothing yet.
func New(cfg Config) (*Endpoint, error) {
	if err := CheckURL(cfg.URL, !cfg.Token.Empty()); err != nil {
		return nil, err
	}
	naming, err := resolve.NewNaming(cfg.Columns)
	if err != nil {
		return nil, err
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	e := &Endpoint{url: cfg.URL, token: cfg.Token, naming: naming, pause: 200 * time.Millisecond}
	e.transport = &http.Transport{
		Proxy: http.ProxyFromEnvironment, MaxConnsPerHost: connections, MaxIdleConnsPerHost: connections,
		IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true,
	}
	e.client = &http.Client{Transport: e.transport, Timeout: cfg.Timeout, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse // the token is for this address alone
	}}
	return e, nil
}

// Check asks for no handle at all.
func (e *Endpoint) Check(ctx context.Context) error {
	_, err := e.page(ctx, []asset.Handle{}, "")
	return err
}

// Close lets go of idle connections.
func (e *Endpoint) Close() error {
	e.transport.CloseIdleConnections()
	return nil
}

// Lookup asks for the records of the handles, page by page.
func (e *Endpoint) Lookup(ctx context.Context, handles []asset.Handle) ([]resolve.Row, error) {
	var rows []resolve.Row
	for some := range slices.Chunk(handles, handlesAtOnce) {
		cursor := ""
		for pages := 1; ; pages++ {
			page, err := e.page(ctx, some, cursor)
			if err != nil {
				return nil, err
			}
			for _, values := range page.Assets {
				row := e.naming.Row(values)
				if row.Handle == "" {
					return nil, diag.New(diag.CatalogColumn, "the catalog's service gave a record without a handle").
						WithHint(`each asset needs a "handle", or say under [catalog.columns] which name it has`)
				}
				rows = append(rows, row)
			}
			if page.Next == "" {
				break
			}
			if page.Next == cursor || pages == maxPages {
				return nil, e.broken("its pages do not end: %d of them for %d handles", pages, len(some))
			}
			cursor = page.Next
		}
	}
	return rows, nil
}

// broken is trouble of the service as a whole.
func (e *Endpoint) broken(format string, args ...any) *diag.Diag {
	text := e.token.Strip(fmt.Sprintf(format, args...))
	return diag.New(diag.CatalogRoot, "the catalog's service %s: %s", e.address(), text).
		WithHint("check catalog.url in the configuration, and the service; the same command goes on where it was")
}

// address names the service without its query, which may hold anything.
func (e *Endpoint) address() string {
	u, err := url.Parse(e.url)
	if err != nil {
		return "at catalog.url"
	}
	return u.Scheme + "://" + u.Host + u.Path
}
