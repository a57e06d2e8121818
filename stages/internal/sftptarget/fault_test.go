package sftptarget

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/secret"
	"github.com/exportd/exportd/stages/deliver/target"
)

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

// cutter stands before the server and cuts its first connections after so many
// bytes from the client.
func cutter(t *testing.T, host string, after int64, cuts int32) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var pipes sync.WaitGroup
	var seen atomic.Int32
	pipes.Go(func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", host)
			if err != nil {
				in.Close()
				continue
			}
			var from io.Reader = in
			if seen.Add(1) <= cuts {
				from = io.LimitReader(in, after)
			}
			pipes.Go(func() { _, _ = io.Copy(out, from); out.Close(); in.Close() })
			pipes.Go(func() { _, _ = io.Copy(in, out); in.Close() })
		}
	})
	t.Cleanup(func() { l.Close(); pipes.Wait() })
	return l.Addr().String()
}

// trust makes a known_hosts that has the server's key under another address.
func trust(t *testing.T, s *server, address string) string {
	t.Helper()
	text, err := os.ReadFile(s.knownHosts)
	if err != nil {
		t.Fatal(err)
	}
	_, key, _ := strings.Cut(string(text), " ")
	file := filepath.Join(t.TempDir(), "known_hosts")
	if err := os.WriteFile(file, []byte(knownhosts.Normalize(address)+" "+key), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAConnectionThatIsCutAtAnyPhase(t *testing.T) {
	s := startServer(t)
	content := strings.Repeat("0123456789", 50_000)
	for _, after := range []int64{0, 20, 500, 2_000, 3_000, 4_000, 20_000, 200_000, 499_000, 505_000} {
		t.Run(fmt.Sprint("after ", after, " bytes"), func(t *testing.T) {
			root := t.TempDir()
			host := cutter(t, s.host, after, 1)
			l := s.login(t)
			l.KnownHosts = trust(t, s, host)
			made, staging := open(t, host, root, l)
			err := put(t, made, staging, "a/b.bin", content)
			if err != nil && !diag.Retryable(err) {
				t.Errorf("got %v", err)
			}
			if err != nil { // the stage tries again
				err = put(t, made, staging, "a/b.bin", content)
			}
			if got := read(t, root); err != nil || len(got) != 1 || got["a/b.bin"] != content {
				t.Errorf("%v, the server holds %d files", err, len(got))
			}
			text := `{"name":"a/b.bin"}` + "\n"
			m := target.Manifest{File: filepath.Join(t.TempDir(), "m"), SHA256: strings.Repeat("0", 64)}
			if err := errors.Join(os.WriteFile(m.File, []byte(text), 0o600), made.Finish(t.Context(), m), made.Close(), staging.Close()); err != nil {
				t.Error(err)
			}
			if left, _ := filepath.Glob(filepath.Join(root, "*", ".exp-*")); len(left) != 0 {
				t.Errorf("%v is left", left)
			}
		})
	}
}

func TestWhoIsNotLetIn(t *testing.T) {
	s := startServer(t)
	dir := t.TempDir()
	other := filepath.Join(dir, "other")
	otherKey := newKey(t, other)
	empty, changed := filepath.Join(dir, "empty"), filepath.Join(dir, "changed")
	if err := errors.Join(os.WriteFile(empty, nil, 0o600), os.WriteFile(changed, []byte(knownhosts.Line([]string{s.host}, otherKey)+"\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		behaviour string
		change    func(*Login)
		says      string
	}{
		{"no known_hosts", func(l *Login) { l.KnownHosts = filepath.Join(dir, "none") }, "known_hosts cannot be read"},
		{"a server that known_hosts does not name", func(l *Login) { l.KnownHosts = empty }, "does not name this server"},
		{"a server with another key", func(l *Login) { l.KnownHosts = changed }, "not the one in known_hosts"},
		{"a key that the server does not know", func(l *Login) { l.Identity = other }, "does not accept"},
		{"no key at all", func(l *Login) { l.Identity = "" }, "does not accept"},
		{"a wrong password", func(l *Login) {
			l.Identity = ""
			l.Password = func() (secret.Value, error) { return secret.New("canary-password"), nil }
		}, "does not accept"},
		{"an identity that is none", func(l *Login) { l.Identity = empty }, "no private key"},
		{"a secret that is not there", func(l *Login) {
			l.Password = func() (secret.Value, error) { return secret.Value{}, diag.New(diag.TargetDenied, "not set") }
		}, "not set"},
	} {
		l := s.login(t)
		c.change(&l)
		made, staging := open(t, s.host, t.TempDir(), l)
		err := put(t, made, staging, "a", "x")
		if d := diag.From(err, ""); d == nil || d.Code != diag.TargetDenied || d.Mend() == "" || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", c.behaviour, err)
		}
		if err := errors.Join(made.Close(), staging.Close()); err != nil {
			t.Error(err)
		}
	}
}

func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	s := startServer(t)
	made, staging := open(t, l.Addr().String(), ".", s.login(t))
	if err := put(t, made, staging, "a", "x"); diag.From(err, "").Code != diag.Target || !diag.Retryable(err) {
		t.Errorf("got %v", err)
	}
	_ = errors.Join(made.Close(), staging.Close())
}

func TestAServerThatDoesNotAnswerIsGivenUp(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // it accepts and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s := startServer(t)
	made, staging := open(t, l.Addr().String(), ".", s.login(t))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		conn, err := l.Accept()
		if err == nil {
			defer conn.Close()
		}
		cancel()
		<-t.Context().Done()
	}()
	f, temp, err := staging.Temp()
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := made.Prepare(ctx, target.File{Name: "a", Temp: temp, SHA256: strings.Repeat("0", 64)}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	_ = errors.Join(made.Close(), staging.Close())
}

// TestAServerWithoutPosixRename is one in this process that lacks the extension.
func TestAServerWithoutPosixRename(t *testing.T) {
	if err := sftp.SetSFTPExtensions("hardlink@openssh.com"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = sftp.SetSFTPExtensions("hardlink@openssh.com", "posix-rename@openssh.com", "statvfs@openssh.com")
	})
	here, there := net.Pipe()
	server, err := sftp.NewServer(there)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve() }()
	c, err := sftp.NewClientPipe(here, here)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"old": "old", "new": "new"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := replace(c, filepath.Join(dir, "new"), filepath.Join(dir, "old")); err != nil {
		t.Error(err)
	}
	if err := replace(c, filepath.Join(dir, "new"), filepath.Join(dir, "old")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what is gone was renamed: %v", err)
	}
	if got := read(t, dir); len(got) != 1 || got["old"] != "new" {
		t.Errorf("the folder holds %v", got)
	}
	here.Close()
	<-done
}
