package main

import (
	"bufio"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// The servers that scenarios deliver to. Each is real, ends with its scenario, and
// leaves its address in a variable.

// launch starts a server and waits for the line that says it is ready; it gives
// what follows the text in that line.
func launch(ts *testscript.TestScript, text, program string, args ...string) string {
	cmd := exec.Command(program, args...)
	stderr, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ready, drained := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(drained)
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			if _, rest, ok := strings.Cut(lines.Text(), text); ok {
				select {
				case ready <- rest:
				default:
				}
			}
		}
		close(ready)
	}()
	ts.Defer(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-drained
		_ = cmd.Wait() // it says that it was ended by a signal
	})
	rest, ok := <-ready
	if !ok {
		ts.Fatalf("%s did not start", program)
	}
	return rest
}

// s3server DIR: serves the folders in DIR as buckets, at $S3.
func s3server(ts *testscript.TestScript, _ bool, args []string) {
	cache, err := os.UserCacheDir()
	ts.Check(err)
	if home := os.Getenv("HOME"); cache == "" || strings.HasPrefix(cache, "/no-home") {
		cache = filepath.Join(home, ".cache")
	}
	rclone := filepath.Join(cache, "exportd-test", "bin", "rclone")
	if _, err := os.Stat(rclone); err != nil {
		ts.Fatalf("rclone is not there; mend: sh .ci/setup-test")
	}
	rest := launch(ts, "Starting s3 server on [", rclone, "serve", "s3", ts.MkAbs(args[0]), "--addr", "127.0.0.1:0",
		"--auth-key", "tester,canary-s3-secret", "--config", os.DevNull, "--dir-cache-time", "0s", "--vfs-cache-mode", "off")
	ts.Setenv("S3", strings.TrimRight(rest, "/]"))
}

// sshserver DIR: an SFTP server at $SSH for $SSHUSER, who comes in with
// DIR/identity; DIR/known_hosts names the server.
func sshserver(ts *testscript.TestScript, _ bool, args []string) {
	const sshd = "/usr/sbin/sshd"
	if _, err := os.Stat(sshd); err != nil {
		ts.Fatalf("sshd is not there; mend: sh .ci/setup-test, or apt-get install openssh-server")
	}
	at := func(name string) string { return filepath.Join(ts.MkAbs(args[0]), name) }
	ts.Check(os.MkdirAll(at("."), 0o700))
	host, user := sshKey(ts, at("host")), sshKey(ts, at("identity"))
	ts.Check(os.WriteFile(at("authorized"), ssh.MarshalAuthorizedKey(user), 0o600))
	if os.Geteuid() == 0 {
		ts.Check(os.MkdirAll("/run/sshd", 0o755))
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	address := free.Addr().String()
	_, port, _ := net.SplitHostPort(address)
	ts.Check(free.Close())
	config := fmt.Sprintf("Port %s\nListenAddress 127.0.0.1\nHostKey %s\nAuthorizedKeysFile %s\nPidFile none\nUsePAM no\nStrictModes no\n"+
		"PasswordAuthentication no\nPermitRootLogin yes\nSubsystem sftp internal-sftp\n", port, at("host"), at("authorized"))
	ts.Check(os.WriteFile(at("config"), []byte(config), 0o600))
	ts.Check(os.WriteFile(at("known_hosts"), []byte(knownhosts.Line([]string{address}, host)+"\n"), 0o600))
	launch(ts, "Server listening", sshd, "-D", "-e", "-f", at("config"))
	me, err := exec.Command("id", "-un").Output()
	ts.Check(err)
	ts.Setenv("SSH", address)
	ts.Setenv("SSHUSER", strings.TrimSpace(string(me)))
}

func sshKey(ts *testscript.TestScript, path string) ssh.PublicKey {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	ts.Check(err)
	block, err := ssh.MarshalPrivateKey(private, "test")
	ts.Check(err)
	ts.Check(os.WriteFile(path, pem.EncodeToMemory(block), 0o600))
	key, err := ssh.NewPublicKey(public)
	ts.Check(err)
	return key
}

// receiver DIR: takes PUT and POST requests with the token canary-token into the
// files of DIR, at $HTTPS; ca.pem is its certificate.
func receiver(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer canary-token" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		body, err := io.ReadAll(r.Body)
		name := filepath.Join(dir, filepath.FromSlash(r.Header.Get("Exportd-Name")))
		if err == nil {
			err = os.MkdirAll(filepath.Dir(name), 0o755)
		}
		if err == nil {
			err = os.WriteFile(name, body, 0o644)
		}
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	ts.Defer(s.Close)
	ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o644))
	ts.Setenv("HTTPS", s.URL)
}

// fill FILE…: puts the values of variables into files.
func fill(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		text := os.Expand(ts.ReadFile(name), func(v string) string {
			if value := ts.Getenv(v); value != "" && v != "PATH" {
				return value
			}
			return "${" + v + "}"
		})
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(text), 0o644))
	}
}
