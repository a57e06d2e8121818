package blob_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/secret"
	"github.com/exportd/exportd/stages/internal/blob"
	"github.com/exportd/exportd/stages/internal/blob/blobtest"
)

func noise(n int) []byte {
	data := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(data)
	return data
}

func read(t *testing.T, b *blob.Bucket, key string, o blob.ReadOptions) []byte {
	t.Helper()
	r, err := b.NewReader(t.Context(), key, o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestObjectsAreWrittenReadListedAndRemoved(t *testing.T) {
	b := blobtest.Start(t).Bucket(t, "pictures")
	ctx := t.Context()
	small, large := []byte("hello, object"), noise(40<<20+7)
	for key, data := range map[string][]byte{"a/ü 1.txt": small, "a/large": large, "b": nil} {
		sum := sha256.Sum256(data)
		if _, err := b.Put(ctx, key, bytes.NewReader(data), int64(len(data)), blob.PutOptions{SHA256: hex.EncodeToString(sum[:])}); err != nil {
			t.Fatal(key, err)
		}
		got, err := b.Attributes(ctx, key)
		if err != nil || got.Size != int64(len(data)) || got.ETag == "" || got.Modified.IsZero() {
			t.Errorf("%s: %+v, %v", key, got, err)
		}
		if read := read(t, b, key, blob.ReadOptions{ETag: got.ETag}); !bytes.Equal(read, data) {
			t.Errorf("%s: read %d bytes that differ", key, len(read))
		}
	}
	if got := read(t, b, "a/large", blob.ReadOptions{Offset: 5, Length: 3}); !bytes.Equal(got, large[5:8]) {
		t.Errorf("a range gave %v", got)
	}
	if got := read(t, b, "a/large", blob.ReadOptions{Offset: 40 << 20}); !bytes.Equal(got, large[40<<20:]) {
		t.Errorf("the end gave %v", got)
	}
	if got := read(t, b, "a/ü 1.txt", blob.ReadOptions{Length: 3072}); !bytes.Equal(got, small) {
		t.Errorf("a range beyond the end gave %q", got)
	}
	var keys []string
	for o, err := range b.List(ctx, "a/") {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, fmt.Sprintf("%s %d", o.Key, o.Size))
	}
	slices.Sort(keys)
	if diff := cmp.Diff([]string{fmt.Sprintf("a/large %d", len(large)), "a/ü 1.txt 13"}, keys); diff != "" {
		t.Error(diff)
	}
	for range 2 {
		if err := b.Delete(ctx, "b"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Attributes(ctx, "b"); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("a removed object: %v", err)
	}
}

func TestKeysAreBelowThePrefix(t *testing.T) {
	s := blobtest.Start(t)
	s.Bucket(t, "pictures")
	address := strings.Replace(s.Address(t, "pictures"), "pictures", "pictures/2026/spring/", 1)
	b, err := blob.Open(address, blobtest.Credentials())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err := b.Put(t.Context(), "a", strings.NewReader("x"), 1, blob.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(s.Dir, "pictures", "2026", "spring", "a")); err != nil {
		t.Error(err)
	}
	for o, err := range b.List(t.Context(), "") {
		if err != nil || o.Key != "a" {
			t.Errorf("%+v %v", o, err)
		}
	}
}

func TestErrorsHaveAKindAndNoSecrets(t *testing.T) {
	s := blobtest.Start(t)
	b := s.Bucket(t, "pictures")
	if _, err := b.Put(t.Context(), "a", strings.NewReader("x"), 1, blob.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	open := func(address string, c blob.Credentials) *blob.Bucket {
		b, err := blob.Open(address, c)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { b.Close() })
		return b
	}
	reader := func(b *blob.Bucket, key, etag string) error {
		_, err := b.NewReader(t.Context(), key, blob.ReadOptions{ETag: etag})
		return err
	}
	wrong := open(s.Address(t, "pictures"), blob.Credentials{AccessKey: blobtest.AccessKey, SecretKey: secret.New("guessed")})
	nobody := open(s.Address(t, "pictures"), blob.Credentials{AccessKey: "nobody", SecretKey: secret.New("guessed")})
	gone := open(s.AddressBy(s.Endpoint, "gone"), blobtest.Credentials())
	for _, c := range []struct {
		behaviour string
		err       error
		want      error
	}{
		{"no such object", reader(b, "none", ""), blob.ErrNotFound},
		{"another object", reader(b, "a", "0123"), blob.ErrChanged},
		{"a wrong key", wrong.Check(t.Context()), blob.ErrCredentials},
		{"an unknown user", reader(nobody, "a", ""), blob.ErrCredentials},
		{"no such bucket", gone.Check(t.Context()), blob.ErrNoBucket},
	} {
		if !errors.Is(c.err, c.want) || blob.Retryable(c.err) {
			t.Errorf("%s: %v", c.behaviour, c.err)
			continue
		}
		if strings.Contains(c.err.Error(), "guessed") || strings.Contains(c.err.Error(), "RequestID") || len(c.err.Error()) > 200 {
			t.Errorf("%s: %s", c.behaviour, c.err)
		}
	}
}

func TestWhatIsDownIsRetryable(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	down := "http://" + listener.Addr().String()
	listener.Close()
	busy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	defer busy.Close()
	for _, endpoint := range []string{down, busy.URL} {
		b, err := blob.Open("s3://x?endpoint="+url.QueryEscape(endpoint), blobtest.Credentials())
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Check(t.Context()); err == nil || !blob.Retryable(err) {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
}

// TestReadingGoesOnWhereTheConnectionBroke cuts every body after a few bytes.
func TestReadingGoesOnWhereTheConnectionBroke(t *testing.T) {
	s := blobtest.Start(t)
	data := noise(300_000)
	b := s.Bucket(t, "pictures")
	if _, err := b.Put(t.Context(), "a", bytes.NewReader(data), int64(len(data)), blob.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	target, err := url.Parse(s.Endpoint)
	if err != nil {
		t.Fatal(err)
	}
	var requests atomic.Int64
	proxy := httputil.NewSingleHostReverseProxy(target)
	director := proxy.Director
	proxy.Director = func(r *http.Request) { host := r.Host; director(r); r.Host = host }
	proxy.FlushInterval = -1
	proxy.ErrorLog = log.New(io.Discard, "", 0)
	proxy.ModifyResponse = func(r *http.Response) error {
		requests.Add(1)
		if r.ContentLength <= 100_000 {
			return nil
		}
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(io.LimitReader(r.Body, 100_000), broken{}), r.Body}
		return nil
	}
	server := httptest.NewServer(proxy)
	defer server.Close()
	through, err := blob.Open(s.AddressBy(server.URL, "pictures"), blobtest.Credentials())
	if err != nil {
		t.Fatal(err)
	}
	defer through.Close()
	if got := read(t, through, "a", blob.ReadOptions{}); !bytes.Equal(got, data) {
		t.Errorf("read %d bytes that differ", len(got))
	}
	if requests.Load() < 3 {
		t.Errorf("%d requests: nothing was cut", requests.Load())
	}
	r, err := through.NewReader(t.Context(), "a", blob.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.CopyN(io.Discard, r, 1000); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Put(t.Context(), "a", strings.NewReader("other"), 5, blob.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, r); !errors.Is(err, blob.ErrChanged) {
		t.Errorf("an object that was replaced while it was read: %v", err)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("cut") }

func TestTheProbeLeavesNothing(t *testing.T) {
	s := blobtest.Start(t)
	b := s.Bucket(t, "pictures")
	known, err := b.Conditional(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("this server knows If-None-Match: %t", known)
	if entries, err := os.ReadDir(filepath.Join(s.Dir, "pictures")); err != nil || len(entries) != 0 {
		t.Errorf("left %v, %v", entries, err)
	}
	knows := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut && r.Header.Get("If-None-Match") == "*" {
			w.WriteHeader(http.StatusPreconditionFailed)
		}
	}))
	defer knows.Close()
	other, err := blob.Open(s.AddressBy(knows.URL, "x"), blobtest.Credentials())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if known, err := other.Conditional(t.Context()); err != nil || !known {
		t.Errorf("a server that knows it: %t, %v", known, err)
	}
}

func TestAddresses(t *testing.T) {
	for _, address := range []string{
		"", "pictures", "s3:pictures", "s3://", "http://pictures", "s3://ann:hunter2@pictures", "s3://pictures?reggion=x",
		"s3://pictures?endpoint=127.0.0.1:9000", "s3://pictures?endpoint=ftp://a", "s3://%zz", "s3://p?endpoint=http://ann:hunter2@h",
	} {
		b, err := blob.Open(address, blob.Credentials{})
		if err == nil {
			t.Errorf("%q was opened as %s", address, b.Address())
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", address, err)
		}
	}
	b, err := blob.Open("s3://pictures/2026?region=eu-central-1", blob.Credentials{})
	if err != nil || b.Address() != "s3://pictures/2026/" {
		t.Errorf("%v %v", b, err)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add("s3://pictures/a?endpoint=http://h:1&region=x")
	f.Add("s3://a@b:c/?#")
	f.Fuzz(func(t *testing.T, address string) {
		b, err := blob.Open(address, blob.Credentials{})
		if err == nil && !strings.HasPrefix(b.Address(), blob.Scheme) {
			t.Errorf("%q is %q", address, b.Address())
		}
	})
}
