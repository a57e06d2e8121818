package sftptarget

import (
	"bufio"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/exportd/exportd/engine/secret"
)

// server is Debian's openssh-server on an unprivileged port of loopback.
type server struct {
	host       string // with the port
	identity   string // the path of a private key that it takes
	knownHosts string // a file that names it
}

// newKey makes a key pair: the private one is written to a file.
func newKey(t testing.TB, path string) ssh.PublicKey {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "test")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// startServer starts a server that ends with the test.
func startServer(t testing.TB) *server {
	t.Helper()
	sshd, err := exec.LookPath("/usr/sbin/sshd")
	if err != nil {
		t.Fatal("sshd is not there; mend: sh .ci/setup-test, or apt-get install openssh-server")
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	s := &server{identity: at("identity"), knownHosts: at("known_hosts")}
	hostKey := newKey(t, at("host"))
	user := newKey(t, s.identity)
	if err := os.WriteFile(at("authorized"), ssh.MarshalAuthorizedKey(user), 0o600); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil { // where sshd gives up its rights
			t.Fatal(err)
		}
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.host = free.Addr().String()
	_, port, _ := net.SplitHostPort(s.host)
	free.Close()
	config := fmt.Sprintf("Port %s\nListenAddress 127.0.0.1\nHostKey %s\nAuthorizedKeysFile %s\nPidFile none\nUsePAM no\nStrictModes no\n"+
		"PasswordAuthentication no\nPermitRootLogin yes\nSubsystem sftp internal-sftp\nMaxStartups 100\nLogLevel INFO\n", port, at("host"), at("authorized"))
	if err := os.WriteFile(at("config"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.knownHosts, []byte(knownhosts.Line([]string{s.host}, hostKey)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), sshd, "-D", "-e", "-f", at("config"))
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready, drained := make(chan bool, 1), make(chan struct{})
	go func() {
		defer close(drained)
		said := bufio.NewScanner(stderr)
		for said.Scan() {
			if strings.Contains(said.Text(), "Server listening") {
				ready <- true
			}
		}
		ready <- false
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-drained
		_ = cmd.Wait() // it says that it was ended by a signal
	})
	if !<-ready {
		t.Fatal("sshd did not start")
	}
	return s
}

func none() (secret.Value, error) { return secret.Value{}, nil }

// login is how a target gets into the server.
func (s *server) login(t testing.TB) Login {
	t.Helper()
	user := os.Getenv("USER")
	if out, err := exec.Command("id", "-un").Output(); err == nil {
		user = strings.TrimSpace(string(out))
	}
	return Login{User: user, Password: none, Identity: s.identity, Passphrase: none, KnownHosts: s.knownHosts}
}
