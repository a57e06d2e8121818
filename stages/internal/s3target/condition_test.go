package s3target

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/internal/blob/blobtest"
)

// TestAServerThatKnowsTheCondition has a proxy refuse what the header asks it to,
// as Amazon's server does and rclone's does not: then nothing is looked up first.
func TestAServerThatKnowsTheCondition(t *testing.T) {
	s := blobtest.Start(t)
	to, err := url.Parse(s.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	_ = s.Address(t, "bucket")
	through := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { host := r.In.Host; r.SetURL(to); r.Out.Host = host }}
	var looks, conditions atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodHead {
			looks.Add(1)
		}
		if r.Method == http.MethodPut && r.Header.Get("If-None-Match") == "*" {
			conditions.Add(1)
			if _, err := os.Stat(filepath.Join(s.Dir, filepath.FromSlash(r.URL.Path))); err == nil {
				answer(w, 412, "PreconditionFailed")
				return
			}
		}
		through.ServeHTTP(w, r)
	}))
	defer server.Close()
	made, staging := open(t, s.AddressBy(server.URL, "bucket"), false)
	if err := put(t, made, staging, "a/x", "first"); err != nil || looks.Load() != 0 {
		t.Errorf("%v, after %d looks", err, looks.Load())
	}
	if err := put(t, made, staging, "a/x", "first"); err != nil || looks.Load() != 1 {
		t.Errorf("the same again: %v, after %d looks", err, looks.Load())
	}
	if err := put(t, made, staging, "a/x", "other"); diag.From(err, "").Code != diag.Target || diag.Retryable(err) {
		t.Errorf("other bytes: %v", err)
	}
	if got := read(t, filepath.Join(s.Dir, "bucket")); len(got) != 1 || got["a/x"] != "first" {
		t.Errorf("the bucket holds %v", got)
	}
	if conditions.Load() != 5 { // two of the probe, one of each file
		t.Errorf("%d writes had the condition", conditions.Load())
	}
	if err := errors.Join(made.Close(), staging.Close()); err != nil {
		t.Error(err)
	}
}
