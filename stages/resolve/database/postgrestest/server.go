// Package postgrestest starts a real PostgreSQL for tests, of Debian's package.
package postgrestest

import (
	"bytes"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx
)

// Password is that of the user postgres.
const Password = "opensesame-42"

// Server is a database server of its own data, on a port of its own.
type Server struct {
	bin, dir string
	port     int
	as       *syscall.Credential // PostgreSQL refuses to be root
	server   *exec.Cmd
	log      *bytes.Buffer
}

// Start makes a cluster and starts its server, which ends with the test.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{bin: binaries(t), as: unprivileged(t)}
	var err error
	if s.dir, err = os.MkdirTemp("", "exportd-postgres-"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(s.dir) })
	password := filepath.Join(s.dir, "password")
	if err := os.WriteFile(password, []byte(Password), 0o644); err != nil {
		t.Fatal(err)
	}
	if s.as != nil {
		if err := os.Chown(s.dir, int(s.as.Uid), int(s.as.Gid)); err != nil {
			t.Fatal(err)
		}
	}
	s.run(t, "initdb", "-D", s.data(), "-U", "postgres", "--auth=scram-sha-256", "--pwfile="+password, "--no-sync", "-E", "UTF8", "--locale=C")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = listener.Addr().(*net.TCPAddr).Port
	_ = listener.Close() // the port is all that is wanted
	s.Up(t)
	t.Cleanup(func() { s.Down(t) })
	return s
}

// binaries finds the folder with initdb and postgres.
func binaries(t testing.TB) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // the pattern is right
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1])
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		t.Fatal("PostgreSQL is not there; mend: sh .ci/setup-test, or apt-get install postgresql")
	}
	return filepath.Dir(path)
}

// unprivileged gives the user to run as where the test is root.
func unprivileged(t testing.TB) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	t.Fatal("there is neither a user postgres nor nobody")
	return nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, program), args...)
	cmd.Dir, cmd.Env = s.dir, []string{"LC_ALL=C", "PATH=/usr/bin:/bin"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	return cmd
}

func (s *Server) run(t testing.TB, program string, args ...string) {
	t.Helper()
	if out, err := s.command(program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", program, err, out)
	}
}

// Up starts the server and waits until it answers.
func (s *Server) Up(t testing.TB) {
	t.Helper()
	s.log = &bytes.Buffer{}
	s.server = s.command("postgres", "-D", s.data(), "-p", strconv.Itoa(s.port), "-h", "127.0.0.1", "-k", s.dir, "-c", "fsync=off")
	s.server.Stdout, s.server.Stderr = s.log, s.log
	if err := s.server.Start(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("pgx", s.DSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for range 300 {
		if err = db.PingContext(t.Context()); err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("PostgreSQL did not start: %v\n%s", err, s.log)
}

// Down stops the server as a restart does: who is connected is thrown out.
func (s *Server) Down(t testing.TB) {
	t.Helper()
	if s.server == nil {
		return
	}
	_ = s.server.Process.Signal(syscall.SIGINT) // "fast"
	_ = s.server.Wait()
	s.server = nil
}

// DSN is the address of a database, with its password.
func (s *Server) DSN(database string) string {
	return fmt.Sprintf("postgres://postgres:%s@127.0.0.1:%d/%s?sslmode=disable", Password, s.port, database)
}

// Exec runs statements in the database postgres.
func (s *Server) Exec(t testing.TB, statements ...string) {
	t.Helper()
	db, err := sql.Open("pgx", s.DSN("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, statement := range statements {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%s: %v", strings.SplitN(statement, "\n", 2)[0], err)
		}
	}
}
