package s3target

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/secret"
	"github.com/exportd/exportd/stages/deliver/target"
	"github.com/exportd/exportd/stages/internal/blob"
	"github.com/exportd/exportd/stages/internal/blob/blobtest"
)

// proxy stands before the server and does what networks and servers do. fault is
// called with each request that writes an object of the given name, counted from
// 1; pass hands it to the server.
func proxy(t *testing.T, s *blobtest.Server, key string, fault func(n int, w http.ResponseWriter, pass func(http.ResponseWriter))) (endpoint string, writes *atomic.Int32) {
	t.Helper()
	to, err := url.Parse(s.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	through := &httputil.ReverseProxy{
		Rewrite:  func(r *httputil.ProxyRequest) { host := r.In.Host; r.SetURL(to); r.Out.Host = host },
		ErrorLog: log.New(io.Discard, "", 0),
	}
	writes = &atomic.Int32{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut || !strings.HasSuffix(r.URL.Path, key) {
			through.ServeHTTP(w, r)
			return
		}
		fault(int(writes.Add(1)), w, func(w http.ResponseWriter) { through.ServeHTTP(w, r) })
	}))
	t.Cleanup(server.Close)
	return server.URL, writes
}

// lost has the server do what was asked, and nobody hear of it.
func lost(w http.ResponseWriter, pass func(http.ResponseWriter)) {
	pass(httptest.NewRecorder())
	panic(http.ErrAbortHandler)
}

func answer(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<Error><Code>"+code+"</Code></Error>")
}

func put(t *testing.T, made *Target, staging *target.Staging, name, content string) error {
	t.Helper()
	f, temp, err := staging.Temp()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(content); err != nil {
		t.Fatal(err)
	}
	f.Close()
	sum := sha256.Sum256([]byte(content))
	file := target.File{Name: name, Temp: temp, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}
	if err := made.Prepare(t.Context(), file); err != nil {
		return err
	}
	return made.Commit(t.Context(), []target.File{file})[0]
}

func TestFaults(t *testing.T) {
	s := blobtest.Start(t)
	large := strings.Repeat("0123456789abcdef", 2<<20) // two parts
	for _, c := range []struct {
		behaviour string
		content   string
		fault     func(n int, w http.ResponseWriter, pass func(http.ResponseWriter))
		code      diag.Code
		again     bool
		writes    int // at most so many, where it says so
	}{
		{"the answer is lost", "small", func(n int, w http.ResponseWriter, pass func(http.ResponseWriter)) {
			if n == 1 {
				lost(w, pass)
			}
			pass(w)
		}, "", false, 2},
		{"the answer to a part is lost", large, func(n int, w http.ResponseWriter, pass func(http.ResponseWriter)) {
			if n == 1 {
				lost(w, pass)
			}
			pass(w)
		}, "", false, 3},
		{"the server is broken twice", "small", func(n int, w http.ResponseWriter, pass func(http.ResponseWriter)) {
			if n < 3 {
				answer(w, 500, "InternalError")
				return
			}
			pass(w)
		}, "", false, 3},
		{"the server is busy", "small", func(n int, w http.ResponseWriter, pass func(http.ResponseWriter)) {
			if n < 2 {
				answer(w, 503, "SlowDown")
				return
			}
			pass(w)
		}, "", false, 2},
		{"the server stays broken", "small", func(_ int, w http.ResponseWriter, _ func(http.ResponseWriter)) {
			answer(w, 500, "InternalError")
		}, diag.Target, true, 0},
		{"another upload is under way", "small", func(_ int, w http.ResponseWriter, _ func(http.ResponseWriter)) {
			answer(w, 409, "ConditionalRequestConflict")
		}, diag.Target, true, 0},
		{"412, and nothing is there", "small", func(_ int, w http.ResponseWriter, _ func(http.ResponseWriter)) {
			answer(w, 412, "PreconditionFailed")
		}, diag.Target, true, 0},
		{"no room", "small", func(_ int, w http.ResponseWriter, _ func(http.ResponseWriter)) {
			answer(w, 507, "InsufficientStorage")
		}, diag.TargetFull, false, 0},
		{"no right", "small", func(_ int, w http.ResponseWriter, _ func(http.ResponseWriter)) {
			answer(w, 403, "AccessDenied")
		}, diag.TargetDenied, false, 1},
		{"slow", "small", func(_ int, w http.ResponseWriter, pass func(http.ResponseWriter)) {
			time.Sleep(300 * time.Millisecond)
			pass(w)
		}, "", false, 1},
		{"cut before the answer begins", "small", func(n int, w http.ResponseWriter, pass func(http.ResponseWriter)) {
			if n == 1 {
				panic(http.ErrAbortHandler)
			}
			pass(w)
		}, "", false, 2},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			bucket := strings.ReplaceAll(strings.ReplaceAll(c.behaviour, " ", "-"), ",", "")
			_ = s.Address(t, bucket)
			endpoint, writes := proxy(t, s, "/a.bin", c.fault)
			made, staging := open(t, s.AddressBy(endpoint, bucket), false)
			defer func() {
				if err := errors.Join(made.Close(), staging.Close()); err != nil {
					t.Error(err)
				}
			}()
			err := put(t, made, staging, "a.bin", c.content)
			d := diag.From(err, "")
			if (d == nil) != (c.code == "") || d != nil && (d.Code != c.code || diag.Retryable(err) != c.again || d.Hint == "" && d.Mend() == "") {
				t.Errorf("got %v, worth another attempt: %v", err, diag.Retryable(err))
			}
			if c.writes > 0 && int(writes.Load()) > c.writes {
				t.Errorf("written %d times", writes.Load())
			}
			got, err := os.ReadFile(filepath.Join(s.Dir, bucket, "a.bin"))
			if c.code == "" && (err != nil || string(got) != c.content) || c.code != "" && err == nil {
				t.Errorf("the server holds %d bytes, %v", len(got), err)
			}
		})
	}
}

func TestWhatCannotBeReached(t *testing.T) {
	s := blobtest.Start(t)
	closed := httptest.NewServer(nil)
	closed.Close()
	for _, c := range []struct {
		behaviour, address string
		keys               blob.Credentials
		code               diag.Code
	}{
		{"a bucket that is gone", s.AddressBy(s.Endpoint, "gone"), blobtest.Credentials(), diag.TargetDenied},
		{"wrong credentials", s.Address(t, "bucket"), blob.Credentials{AccessKey: "tester", SecretKey: secret.New("canary-wrong")}, diag.TargetDenied},
		{"nobody listens", s.AddressBy(closed.URL, "bucket"), blobtest.Credentials(), diag.Target},
	} {
		made, staging := open(t, c.address, false)
		made.cfg.Credentials = func() (blob.Credentials, error) { return c.keys, nil }
		err := put(t, made, staging, "a", "x")
		if d := diag.From(err, ""); d == nil || d.Code != c.code || d.Hint == "" || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: put: %v", c.behaviour, err)
		}
		if _, err := made.Published(context.Background()); diag.From(err, "").Code != c.code {
			t.Errorf("%s: published: %v", c.behaviour, err)
		}
		if err := errors.Join(made.Close(), staging.Close()); err != nil {
			t.Error(err)
		}
	}
}

func TestSomebodyElsesObject(t *testing.T) {
	s := blobtest.Start(t)
	address := s.Address(t, "bucket")
	for _, name := range []string{"same", "other"} {
		if err := os.WriteFile(filepath.Join(s.Dir, "bucket", name), []byte("same"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	made, staging := open(t, address, false)
	if err := put(t, made, staging, "same", "same"); err != nil {
		t.Errorf("the same bytes: %v", err)
	}
	if err := put(t, made, staging, "other", "othe2"); diag.From(err, "").Code != diag.Target {
		t.Errorf("other bytes: %v", err)
	}
	fresh, more := open(t, address, true)
	if err := put(t, fresh, more, "other", "othe2"); err != nil {
		t.Errorf("overwritten: %v", err)
	}
	if got := read(t, filepath.Join(s.Dir, "bucket"))["other"]; got != "othe2" {
		t.Errorf("the server holds %q", got)
	}
	if err := errors.Join(made.Close(), staging.Close(), fresh.Close(), more.Close()); err != nil {
		t.Error(err)
	}
}
