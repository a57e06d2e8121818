// Package blobtest starts a real S3 server for tests: rclone, serving a folder.
package blobtest

import (
	"bufio"
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/exportd/exportd/engine/secret"
	"github.com/exportd/exportd/stages/internal/blob"
)

// The keys that the server knows.
const (
	AccessKey = "tester"
	SecretKey = "not-for-anybody-else"
)

// Server is a running server. Its buckets are the folders in Dir.
type Server struct {
	Endpoint string // http://127.0.0.1:PORT
	Dir      string
}

// Rclone finds the program that .ci/setup-test builds.
func Rclone(t testing.TB) string {
	t.Helper()
	if cache, err := os.UserCacheDir(); err == nil {
		path := filepath.Join(cache, "exportd-test", "bin", "rclone")
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	path, err := exec.LookPath("rclone")
	if err != nil {
		t.Fatal("rclone is not there; mend: sh .ci/setup-test")
	}
	return path
}

// Start starts a server of an empty folder. It ends with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	return StartIn(t, t.TempDir())
}

// StartIn starts a server whose buckets are the folders of a folder.
func StartIn(t testing.TB, dir string) *Server {
	t.Helper()
	s := &Server{Dir: dir}
	cmd := exec.CommandContext(t.Context(), Rclone(t), "serve", "s3", s.Dir, "--addr", "127.0.0.1:0",
		"--auth-key", AccessKey+","+SecretKey, "--config", os.DevNull, "--dir-cache-time", "0s", "--vfs-cache-mode", "off")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address := make(chan string, 1)
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			if _, rest, ok := strings.Cut(lines.Text(), "Starting s3 server on ["); ok {
				address <- strings.TrimRight(rest, "/]")
			}
		}
		close(address)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-drained
		_ = cmd.Wait() // it says that it was ended by a signal
	})
	if s.Endpoint = <-address; s.Endpoint == "" {
		t.Fatal("rclone serve s3 did not start")
	}
	return s
}

// Address gives the URL of a bucket, which is made.
func (s *Server) Address(t testing.TB, bucket string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(s.Dir, bucket), 0o755); err != nil {
		t.Fatal(err)
	}
	return s.AddressBy(s.Endpoint, bucket)
}

// AddressBy gives the URL of a bucket by another endpoint, such as a proxy's.
func (s *Server) AddressBy(endpoint, bucket string) string {
	return blob.Scheme + bucket + "?endpoint=" + url.QueryEscape(endpoint)
}

// Credentials open the server's buckets.
func Credentials() blob.Credentials {
	return blob.Credentials{AccessKey: AccessKey, SecretKey: secret.New(SecretKey)}
}

// Bucket opens a bucket, which is made.
func (s *Server) Bucket(t testing.TB, bucket string) *blob.Bucket {
	t.Helper()
	b, err := blob.Open(s.Address(t, bucket), Credentials())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	if err := b.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	return b
}
