package config

import (
	"path/filepath"
	"strings"
	"time"

	"github.com/exportd/exportd/engine/diag"
)

// Daemon is [daemon]: where `exportd serve` keeps its things and how much it does
// at once.
type Daemon struct {
	State   string        `toml:"state"`   // absolute once read
	Out     string        `toml:"out"`     // absolute once read; a job's root is Out/<job.id>
	Listen  []string      `toml:"listen"`  // "unix:PATH", absolute once read, or "host:port"
	Workers int           `toml:"workers"` // local worker processes
	Images  int           `toml:"images"`  // at once in each of them; 0 shares the cores out
	Drain   time.Duration `toml:"drain"`
	Idle    time.Duration `toml:"idle"`
}

// Queue is [queue]: where units of work wait.
type Queue struct {
	URL         string        `toml:"url"` // "" for the embedded server
	Hold        time.Duration `toml:"hold"`
	Replicas    int           `toml:"replicas"`
	MaxStore    int64         `toml:"max_store"`   // bytes
	Credentials string        `toml:"credentials"` // this and the paths below are absolute once read
	CA          string        `toml:"ca"`
	Cert        string        `toml:"cert"`
	Key         string        `toml:"key"`
}

// maxWorkers bounds processes, and images in each.
const maxWorkers = 1024

// unixScheme begins an address that is a Unix socket.
const unixScheme = "unix:"

func defaultDaemon() Daemon {
	return Daemon{State: "state", Out: "exports", Listen: []string{unixScheme + "exportd.sock"}, Workers: 2, Drain: 20 * time.Second, Idle: 10 * time.Second}
}

func defaultQueue() Queue { return Queue{Hold: 30 * time.Second} }

// below makes relative paths absolute.
func (d *Daemon) below(dir string) {
	d.State, d.Out = under(dir, d.State), under(dir, d.Out)
	listen := make([]string, len(d.Listen))
	for i, at := range d.Listen {
		listen[i] = at
		if path, ok := strings.CutPrefix(at, unixScheme); ok {
			listen[i] = unixScheme + under(dir, path)
		}
	}
	d.Listen = listen
}

func under(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// Socket gives the path of the first Unix socket that the daemon listens at, ""
// when there is none.
func (d Daemon) Socket() string {
	for _, at := range d.Listen {
		if path, ok := strings.CutPrefix(at, unixScheme); ok {
			return path
		}
	}
	return ""
}

func (r *reader) daemon(c *Config) error {
	c.Daemon = r.file.Daemon
	c.Daemon.below(r.dir)
	d := c.Daemon
	var found diag.List
	check := func(ok bool, key, what string) {
		if !ok {
			found.Add(diag.New(diag.KeyValue, "daemon.%s %s", key, what).At(r.doc.Place("daemon", key)))
		}
	}
	check(d.State != "", "state", "names no folder")
	check(d.Out != "", "out", "names no folder")
	check(len(d.Listen) > 0, "listen", "names no address")
	check(d.Workers >= 0 && d.Workers <= maxWorkers, "workers", "must be 0 to 1024")
	check(d.Workers > 0 || r.file.Queue.URL != "", "workers", "is 0, and without queue.url nobody else can work")
	check(d.Images >= 0 && d.Images <= maxWorkers, "images", "must be 0 to 1024")
	check(d.Drain > 0, "drain", "must be more than 0")
	check(d.Idle > 0, "idle", "must be more than 0")
	for _, at := range d.Listen {
		path, ok := strings.CutPrefix(at, unixScheme)
		check(!ok || path != "", "listen", `has "unix:" without a path`)
		check(ok || strings.Contains(at, ":"), "listen", `takes "unix:PATH" or "host:port"`)
	}
	return found.Err()
}

func (r *reader) queue(c *Config) error {
	c.Queue = r.file.Queue
	q := &c.Queue
	for _, path := range []*string{&q.Credentials, &q.CA, &q.Cert, &q.Key} {
		*path = under(r.dir, *path)
	}
	var found diag.List
	check := func(ok bool, key, what string) {
		if !ok {
			found.Add(diag.New(diag.KeyValue, "queue.%s %s", key, what).At(r.doc.Place("queue", key)))
		}
	}
	check(q.Hold >= time.Second, "hold", "must be at least 1s")
	check(q.Replicas == 0 || q.Replicas == 1 || q.Replicas == 3 || q.Replicas == 5, "replicas", "must be 1, 3 or 5")
	check(q.MaxStore >= 0, "max_store", "must not be negative")
	check((q.Cert == "") == (q.Key == ""), "cert", "and queue.key belong together")
	for u := range strings.SplitSeq(q.URL, ",") {
		scheme, _, ok := strings.Cut(strings.TrimSpace(u), "://")
		check(q.URL == "" || ok && (scheme == "nats" || scheme == "tls"), "url", `takes nats://… or tls://…`)
	}
	return found.Err()
}
