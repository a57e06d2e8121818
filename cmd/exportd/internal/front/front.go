package front

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/exportd/exportd/cmd/exportd/internal/daemon"
	"github.com/exportd/exportd/engine/diag"
)

// Jobs is the daemon, as its doors see it.
type Jobs interface {
	Submit(context.Context, daemon.Submission) (daemon.Record, diag.List, error)
	List(daemon.Filter) []daemon.Record
	Job(id string) (daemon.Record, error)
	Stop(ctx context.Context, id string) (daemon.Record, error)
	Pause(ctx context.Context, id string) (daemon.Record, error)
	Resume(ctx context.Context, id string) (daemon.Record, error)
	Retry(ctx context.Context, id string) (daemon.Record, error)
	Delete(ctx context.Context, id string, files bool) error
	ReadLog(id string, offset int64, most int) (lines []byte, next int64, err error)
	Follow(id string) (more <-chan struct{}, done func())
	Ready(context.Context) error
	Stats() daemon.Stats
}

// Config is what the door needs.
type Config struct {
	Jobs   Jobs
	Listen []string // "unix:PATH"
	Log    *slog.Logger
}

// The limits of a connection.
const (
	headerTime = 10 * time.Second
	bodyTime   = 10 * time.Minute
	idleTime   = 2 * time.Minute
	maxHeader  = 32 << 10
	maxBody    = 256 << 20
)

// Front is an open door.
type Front struct {
	cfg       Config
	server    *http.Server
	listeners []net.Listener
	group     sync.WaitGroup
	closing   chan struct{} // ends what would never end: following a log
}

// Open listens. The caller closes.
func Open(cfg Config) (*Front, error) {
	f := &Front{cfg: cfg, closing: make(chan struct{})}
	f.server = &http.Server{
		Handler: f.handler(), ReadHeaderTimeout: headerTime, ReadTimeout: bodyTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(cfg.Log.Handler(), slog.LevelDebug),
	}
	for _, at := range cfg.Listen {
		l, err := listen(at)
		if err != nil {
			return nil, errors.Join(err, f.Close(context.Background()))
		}
		f.listeners = append(f.listeners, l)
	}
	for _, l := range f.listeners {
		f.group.Go(func() { _ = f.server.Serve(l) }) // it ends with the server
	}
	return f, nil
}

// listen opens one address.
func listen(at string) (net.Listener, error) {
	path, ok := cutUnix(at)
	if !ok {
		return nil, diag.New(diag.NotBuilt, "daemon.listen names %q: only Unix sockets are built", at).WithHint(`write "unix:exportd.sock"`)
	}
	if c, err := net.Dial("unix", path); err == nil {
		_ = c.Close()
		return nil, diag.New(diag.StateLocked, "another daemon listens at %s", path).WithHint("stop it, or give this one a socket of its own with daemon.listen")
	}
	_ = os.Remove(path) // nobody listens there; if it stays, listening says why
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, diag.New(diag.Daemon, "make the socket's folder: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, diag.New(diag.Daemon, "listen at %s: %w", path, err).WithHint("a socket's path has at most 107 bytes, and its folder must be writable")
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(diag.New(diag.Daemon, "close the socket to others: %w", err), l.Close())
	}
	return l, nil
}

// Close lets requests end until ctx does.
func (f *Front) Close(ctx context.Context) error {
	close(f.closing)
	err := f.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, f.server.Close())
	}
	for _, l := range f.listeners {
		_ = l.Close() // the server has closed those it served
	}
	f.group.Wait()
	return err
}

// handler is the table of what can be asked.
func (f *Front) handler() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("POST /v1/jobs", f.submit)
	m.HandleFunc("GET /v1/jobs", f.list)
	m.HandleFunc("GET /v1/jobs/{id}", f.show)
	m.HandleFunc("DELETE /v1/jobs/{id}", f.remove)
	m.HandleFunc("GET /v1/jobs/{id}/logs", f.logs)
	m.HandleFunc("POST /v1/jobs/{id}/stop", f.verb(f.cfg.Jobs.Stop))
	m.HandleFunc("POST /v1/jobs/{id}/pause", f.verb(f.cfg.Jobs.Pause))
	m.HandleFunc("POST /v1/jobs/{id}/resume", f.verb(f.cfg.Jobs.Resume))
	m.HandleFunc("POST /v1/jobs/{id}/retry", f.verb(f.cfg.Jobs.Retry))
	m.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	m.HandleFunc("GET /readyz", f.ready)
	m.Handle("GET /metrics", f.metrics())
	m.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, http.StatusNotFound, diag.List{diag.New(diag.Usage, "there is nothing at %s %s", r.Method, r.URL.Path).WithHint("the paths are in cmd/exportd/README.md")})
	})
	return m
}

func (f *Front) ready(w http.ResponseWriter, r *http.Request) {
	if err := f.cfg.Jobs.Ready(r.Context()); err != nil {
		fail(w, err)
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}
