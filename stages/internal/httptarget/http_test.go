package httptarget

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/secret"
	"github.com/exportd/exportd/stages/deliver/target"
	"github.com/exportd/exportd/stages/deliver/target/targettest"
	"github.com/exportd/exportd/stages/internal/outbound"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// receiver is a server that keeps what it is sent by PUT, or POST with a name.
type receiver struct {
	*httptest.Server
	ca string // the path of its certificate

	mu      sync.Mutex
	files   map[string]string // by path
	headers []http.Header
	// fault may answer a request instead; it is called with its number, from 1.
	fault func(n int, w http.ResponseWriter) bool
	n     int
}

func newReceiver(t testing.TB) *receiver {
	t.Helper()
	r := &receiver{files: map[string]string{}}
	r.Server = httptest.NewTLSServer(r)
	t.Cleanup(r.Close)
	r.ca = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(r.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: r.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return r
}

func (s *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || r.ContentLength >= 0 && int64(len(body)) != r.ContentLength {
		return // a client that died: nothing whole has come
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	if s.fault != nil && s.fault(s.n, w) {
		return
	}
	name := r.URL.Path
	if r.Method == http.MethodPost {
		unescaped, err := url.PathUnescape(r.Header.Get("Exportd-Name"))
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		name += "/" + unescaped
	}
	old, there := s.files[name]
	switch {
	case r.Method == http.MethodGet && there:
		_, _ = io.WriteString(w, old)
	case r.Method == http.MethodGet:
		w.WriteHeader(http.StatusNotFound)
	case there && r.Header.Get("If-None-Match") == "*":
		w.WriteHeader(http.StatusPreconditionFailed)
	default:
		s.files[name] = string(body)
		s.headers = append(s.headers, r.Header.Clone())
		w.WriteHeader(http.StatusCreated)
	}
}

// below gives the files below a path, by their names there.
func (s *receiver) below(path string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[string]string{}
	for name, text := range s.files {
		if rest, ok := strings.CutPrefix(name, path+"/"); ok {
			all[rest] = text
		}
	}
	return all
}

func none() (secret.Value, error) { return secret.Value{}, nil }

// open makes a target below an address, which a certificate's path follows.
func open(t testing.TB, address string, hook bool) (*Target, *target.Staging) {
	t.Helper()
	address, ca, _ := strings.Cut(address, "|")
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	return New(Config{
		URL: u, Hook: hook, Job: "0123456789abcdef", CAFile: ca, Password: none, Token: none, SigningKey: none,
		Policy: outbound.Policy{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}},
	}), target.NewStaging(target.StagingConfig{Root: dir, Scratch: dir, Owner: "deliver"})
}

func TestTarget(t *testing.T) {
	var s *receiver
	n := 0
	targettest.Run(t, targettest.Config{
		Conflicts: true,
		Start: func(*testing.T) string {
			if s == nil {
				s = newReceiver(t)
			}
			n++
			return s.URL + "/dir" + strings.Repeat("x", n) + "|" + s.ca
		},
		Open: func(address string) (target.Target, *target.Staging, error) {
			made, staging := open(t, address, false)
			return made, staging, nil
		},
		Read: func(_ *testing.T, address string) map[string]string {
			address, _, _ = strings.Cut(address, "|")
			return s.below(strings.TrimPrefix(address, s.URL))
		},
	})
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

func closeAll(t *testing.T, made *Target, staging *target.Staging) {
	t.Helper()
	if err := errors.Join(made.Close(), staging.Close()); err != nil {
		t.Error(err)
	}
}

func TestAWebhookHearsOfEveryFileAndThenOfTheManifest(t *testing.T) {
	s := newReceiver(t)
	made, staging := open(t, s.URL+"/hook?tenant=1|"+s.ca, true)
	defer closeAll(t, made, staging)
	made.cfg.SigningKey = func() (secret.Value, error) { return secret.New("key"), nil }
	made.cfg.Token = func() (secret.Value, error) { return secret.New("canary"), nil }
	made.now = func() time.Time { return time.Unix(1_700_000_000, 0) }
	if err := put(t, made, staging, "ä/b.jpg", "bytes"); err != nil {
		t.Fatal(err)
	}
	h := s.headers[0]
	sum := "277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9" // printf bytes | sha256sum
	mac := hmac.New(sha256.New, []byte("key"))
	_, _ = io.WriteString(mac, "1700000000.POST./hook.%C3%A4/b.jpg."+sum)
	want := map[string]string{
		"Idempotency-Key": "0123456789abcdef/%C3%A4/b.jpg/" + sum, "Exportd-Name": "%C3%A4/b.jpg", "Content-Type": "image/jpeg",
		"Content-Digest": "sha-256=:J3CJ2RwL308uaGK6fkoHYFEZQx9dE/cm3TUrBvGyBqk=:", "Authorization": "Bearer canary", "If-None-Match": "",
		"Exportd-Signature": "t=1700000000,v1=" + hex.EncodeToString(mac.Sum(nil)),
	}
	got := map[string]string{}
	for name := range want {
		got[name] = h.Get(name)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	m := target.Manifest{File: filepath.Join(t.TempDir(), "m"), SHA256: sum}
	if err := errors.Join(os.WriteFile(m.File, []byte("bytes"), 0o600), made.Finish(t.Context(), m)); err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, h := range s.headers {
		names = append(names, h.Get("Exportd-Name"))
	}
	if diff := cmp.Diff([]string{"%C3%A4/b.jpg", "manifest.sha256", "manifest.ndjson"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestAnswers(t *testing.T) {
	s := newReceiver(t)
	for status, want := range map[int]struct {
		code  diag.Code
		again bool
	}{
		200: {"", false}, 204: {"", false}, 302: {diag.Target, false}, 400: {diag.Target, false}, 401: {diag.TargetDenied, false}, 403: {diag.TargetDenied, false},
		404: {diag.Target, false}, 408: {diag.Target, true}, 409: {diag.Target, false}, 413: {diag.Target, false}, 429: {diag.Target, true},
		500: {diag.Target, true}, 503: {diag.Target, true}, 507: {diag.TargetFull, false},
	} {
		s.fault = func(_ int, w http.ResponseWriter) bool { w.WriteHeader(status); return true }
		made, staging := open(t, s.URL+"/answers?token=canary|"+s.ca, false)
		err := put(t, made, staging, "a", "x")
		if d := diag.From(err, ""); (d == nil) != (want.code == "") || d != nil && (d.Code != want.code || diag.Retryable(err) != want.again || d.Mend() == "" || strings.Contains(err.Error(), "canary")) {
			t.Errorf("%d: %v, worth another attempt: %v", status, err, diag.Retryable(err))
		}
		closeAll(t, made, staging)
	}
}

func TestALostAnswerIsNoSecondFileAndNoFailure(t *testing.T) {
	s := newReceiver(t)
	made, staging := open(t, s.URL+"/lost|"+s.ca, false)
	defer closeAll(t, made, staging)
	s.fault = func(n int, _ http.ResponseWriter) bool {
		if n == 1 {
			s.files["/lost/a"] = "whole"
			panic(http.ErrAbortHandler) // what was done stays done
		}
		return false
	}
	err := put(t, made, staging, "a", "whole")
	if !diag.Retryable(err) {
		t.Fatalf("got %v", err)
	}
	if err := put(t, made, staging, "a", "whole"); err != nil {
		t.Errorf("the second attempt: %v", err)
	}
	if got := s.below("/lost"); len(got) != 1 || got["a"] != "whole" {
		t.Errorf("the receiver holds %v", got)
	}
}

func TestRedirectsOfADeliveryCarryItsBytes(t *testing.T) {
	s := newReceiver(t)
	s.fault = func(n int, w http.ResponseWriter) bool {
		if n == 1 {
			w.Header().Set("Location", "/moved/a")
			w.WriteHeader(http.StatusTemporaryRedirect)
			return true
		}
		return false
	}
	made, staging := open(t, s.URL+"/old|"+s.ca, false)
	defer closeAll(t, made, staging)
	if err := put(t, made, staging, "a", "bytes"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"a": "bytes"}, s.below("/moved")); diff != "" {
		t.Error(diff)
	}
}

func TestWhereNothingIsDelivered(t *testing.T) {
	s := newReceiver(t)
	away := ""
	s.fault = func(_ int, w http.ResponseWriter) bool {
		w.Header().Set("Location", away)
		w.WriteHeader(http.StatusTemporaryRedirect)
		return true
	}
	for _, c := range []struct {
		behaviour, location string
		change              func(*Target)
		code                diag.Code
	}{
		{"a private address", "", func(m *Target) { m.cfg.Policy = outbound.Policy{} }, diag.TargetDenied},
		{"sent on to the cloud's metadata", "https://169.254.169.254/latest", nil, diag.TargetDenied},
		{"sent on without TLS", "http://127.0.0.1/", nil, diag.TargetDenied},
		{"sent round and round", s.URL + "/", nil, diag.Target},
		{"a certificate of nobody", "", func(m *Target) { m.cfg.CAFile = "" }, diag.Target},
		{"a ca_file that is none", "", func(m *Target) { m.cfg.CAFile = "/dev/null/none" }, diag.TargetDenied},
		{"a secret that is not there", "", func(m *Target) {
			m.cfg.Token = func() (secret.Value, error) { return secret.Value{}, diag.New(diag.TargetDenied, "not set") }
		}, diag.TargetDenied},
	} {
		away = c.location
		made, staging := open(t, s.URL+"/x|"+s.ca, false)
		if c.change != nil {
			c.change(made)
		}
		err := put(t, made, staging, "a", "x")
		if d := diag.From(err, ""); d == nil || d.Code != c.code || d.Mend() == "" {
			t.Errorf("%s: %v", c.behaviour, err)
		}
		closeAll(t, made, staging)
	}
	if got := s.below(""); len(got) != 0 {
		t.Errorf("the receiver holds %v", maps.Keys(got))
	}
}

func TestASlowReceiverIsGivenUpWithTheStage(t *testing.T) {
	s := newReceiver(t)
	release := make(chan struct{})
	s.fault = func(int, http.ResponseWriter) bool { <-release; return false }
	defer close(release)
	made, staging := open(t, s.URL+"/slow|"+s.ca, false)
	defer closeAll(t, made, staging)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	f, temp, err := staging.Temp()
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := made.Prepare(ctx, target.File{Name: "a", Temp: temp, SHA256: strings.Repeat("0", 64)}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
