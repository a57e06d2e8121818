package endpoint

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/secret"
	"github.com/exportd/exportd/stages/resolve"
	"github.com/exportd/exportd/stages/resolve/catalogtest"
)

const token = "t0ken-of-nobody"

// serve is a service that gives the records of a fixture, 50 a page.
func serve(rows []resolve.Row) http.HandlerFunc {
	const size = 50
	return func(w http.ResponseWriter, r *http.Request) {
		var q question
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || r.Method != http.MethodPost || r.Header.Get("Authorization") != "Bearer "+token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		from := 0
		_, _ = fmt.Sscanf(q.Cursor, "from-%d", &from)
		assets := []map[string]any{}
		next := ""
		for i, row := range rows[from:] {
			if len(assets) == size {
				next = fmt.Sprintf("from-%d", from+i)
				break
			}
			if slices.Contains(q.Handles, row.Handle) {
				assets = append(assets, object(row))
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"assets": assets, "next": next, "took": 3})
	}
}

func object(r resolve.Row) map[string]any {
	o := map[string]any{"handle": r.Handle, "file": nil, "readers": r.Readers, "resolution": r.Resolution, "printResolution": r.PrintResolution, "notes": []int{1}}
	for name, v := range map[string]string{
		"file": r.File, "type": string(r.Type), "subType": r.SubType, "company": r.Company, "modifier": r.Modifier, "postModifier": r.PostModifier,
		"anchor": r.Anchor, "path": r.Path, "maskPath": r.MaskPath,
	} {
		if v != "" {
			o[name] = v
		}
	}
	return o
}

func client(t testing.TB, url string) *Endpoint {
	t.Helper()
	e, err := New(Config{URL: url, Token: secret.New(token), Timeout: 2 * time.Second, Columns: map[string]string{"notes": ""}})
	if err != nil {
		t.Fatal(err)
	}
	e.pause = time.Millisecond
	t.Cleanup(func() { _ = e.Close() })
	return e
}

func TestAServiceIsACatalog(t *testing.T) {
	defer goleak.VerifyNone(t)
	var server *httptest.Server
	catalogtest.Run(t, catalogtest.Kind{Open: func(t *testing.T, f catalogtest.Fixture) resolve.Catalog {
		server = httptest.NewServer(serve(f.Rows))
		originals, err := resolve.OpenOriginals(resolve.OriginalsConfig{Root: f.Root})
		if err != nil {
			t.Fatal(err)
		}
		return resolve.NewTable(client(t, server.URL), originals)
	}})
	server.CloseClientConnections()
	server.Close()
}

// TestWhatMayPassIsAskedAgain fails the first requests in one way each.
func TestWhatMayPassIsAskedAgain(t *testing.T) {
	good := serve([]resolve.Row{{Handle: "a", File: "f", Size: -1}})
	for name, fail := range map[string]http.HandlerFunc{
		"busy": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
		},
		"broken":      func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
		"cut at once": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"cut in the body": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "99")
			_, _ = w.Write([]byte(`{"ass`))
		},
	} {
		var asked atomic.Int64
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if asked.Add(1) <= 3 {
				fail(w, r)
				return
			}
			good(w, r)
		}))
		rows, err := client(t, server.URL).Lookup(t.Context(), []asset.Handle{"a"})
		if err != nil || len(rows) != 1 || asked.Load() != 4 {
			t.Errorf("%s: %v, %v after %d requests", name, rows, err, asked.Load())
		}
		server.Close()
	}
}

func TestServicesThatCannotBeUsed(t *testing.T) {
	says := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(text)) }
	}
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(code)
			_, _ = w.Write([]byte("you sent " + r.Header.Get("Authorization")))
		}
	}
	for _, c := range []struct {
		behaviour string
		handler   http.HandlerFunc
		code      diag.Code
		message   string
		requests  int64
	}{
		{"a wrong token", status(401), diag.CatalogAuth, "401 Unauthorized", 1},
		{"no right", status(403), diag.CatalogAuth, "403 Forbidden", 1},
		{"nothing there", status(404), diag.CatalogRoot, "404 Not Found: \"you sent Bearer [redacted]\"", 1},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/b", http.StatusTemporaryRedirect) }, diag.CatalogRoot, "redirects are not followed", 1},
		{"always broken", status(500), diag.CatalogRoot, "500 Internal Server Error", maxTries},
		{"no JSON", says("<html>"), diag.CatalogRoot, "not the JSON", 1},
		{"a list", says(`[]`), diag.CatalogRoot, "not the JSON", 1},
		{"no list", says(`{}`), diag.CatalogRoot, `no list "assets"`, 1},
		{"null in the list", says(`{"assets":[null]}`), diag.CatalogRoot, "assets[0] is null", 1},
		{"no handle", says(`{"assets":[{"file":"a"}]}`), diag.CatalogColumn, "without a handle", 1},
		{"pages in a circle", says(`{"assets":[],"next":"x"}`), diag.CatalogRoot, "pages do not end", 2},
	} {
		var asked atomic.Int64
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			c.handler(w, r)
		}))
		_, err := client(t, server.URL).Lookup(t.Context(), []asset.Handle{"a"})
		d := diag.From(err, "")
		if d == nil || d.Code != c.code || !strings.Contains(d.Message, c.message) || d.Mend() == "" || asked.Load() != c.requests {
			t.Errorf("%s: %v after %d requests", c.behaviour, err, asked.Load())
		} else if strings.Contains(fmt.Sprintf("%+v", err), token) {
			t.Errorf("%s shows the token: %v", c.behaviour, err)
		}
		server.Close()
	}
}

func TestAServiceThatIsSilentOrGone(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	defer close(release)
	e := client(t, server.URL)
	e.client.Timeout = 20 * time.Millisecond
	if err := e.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "did not answer in time") {
		t.Errorf("silent: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := e.Check(ctx); err == nil {
		t.Error("a cancelled call was answered")
	}
	if err := client(t, "http://127.0.0.1:1/").Check(t.Context()); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("gone: %v", err)
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://catalog.example/v1": true, "http://127.0.0.1:8080/v1": true, "http://[::1]/": true, "http://localhost/": true,
		"http://catalog.example/v1": false, "https://ann:hidden@catalog.example": false, "ftp://a": false, "catalog.example": false, "https://": false, "": false,
	} {
		err := CheckURL(address, true)
		if (err == nil) != ok || err != nil && strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", address, err)
		}
	}
	if err := CheckURL("http://catalog.example/v1", false); err != nil {
		t.Errorf("without a token: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"assets":[{"handle":"a","file":"b","readers":["x"]}],"next":"1"}`))
	f.Add([]byte(`{"assets":[{}]} trailing`))
	e := client(f, "https://catalog.example")
	f.Fuzz(func(t *testing.T, text []byte) {
		a, err := e.parse(text)
		if err != nil {
			return
		}
		for _, values := range a.Assets {
			_ = e.naming.Row(values)
		}
	})
}
