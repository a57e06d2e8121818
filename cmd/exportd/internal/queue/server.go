package queue

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"golang.org/x/sys/unix"

	"github.com/exportd/exportd/engine/diag"
)

// embedded is a server inside the process, which listens nowhere.
type embedded struct {
	server *server.Server
	lock   *os.File
}

// startServer starts a server on a locked folder.
func startServer(c Config) (*embedded, error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, diag.New(diag.Queue, "make the queue's folder: %w", err)
	}
	lock, err := lockFolder(c.Dir)
	if err != nil {
		return nil, err
	}
	e := &embedded{lock: lock}
	if err := e.start(c); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return e, nil
}

// lockFolder holds the folder for this process. NATS does not: two servers on
// one folder overwrite each other's acknowledged messages.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "LOCK"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, diag.New(diag.Queue, "open the queue's lock: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, diag.New(diag.StateLocked, "another daemon has the queue in %s", dir).WithHint("stop it, or give this one a state folder of its own")
	}
	return f, nil
}

func (e *embedded) start(c Config) (err error) {
	e.server, err = server.NewServer(&server.Options{
		ServerName: "exportd", DontListen: true, NoSigs: true, NoLog: false,
		JetStream: true, StoreDir: c.Dir, SyncAlways: true, SyncInterval: 2 * time.Minute,
		JetStreamMaxStore: maxStore(c), JetStreamMaxMemory: maxMemory, MaxPayload: maxSize,
	})
	if err != nil {
		return diag.New(diag.Queue, "the queue's settings: %w", err)
	}
	e.server.SetLoggerV2(serverLog{c.Log}, false, false, false)
	e.server.Start()
	if !e.server.ReadyForConnections(patience) {
		e.server.Shutdown()
		return diag.New(diag.Queue, "the queue in %s did not start within %s", c.Dir, patience)
	}
	if !e.server.JetStreamEnabled() {
		e.server.Shutdown()
		return diag.New(diag.Queue, "the queue in %s cannot store anything", c.Dir).WithHint("make room on its disk, or check the folder's permissions")
	}
	return nil
}

// maxStore is never more than half of what is free, so that a full queue is
// refused by the server, which survives that, and not by the disk.
func maxStore(c Config) int64 {
	most := c.MaxStore
	if most == 0 {
		most = defaultStore
	}
	var fs unix.Statfs_t
	if unix.Statfs(c.Dir, &fs) == nil {
		most = min(most, int64(fs.Bavail)*fs.Bsize/2)
	}
	return max(most, 1<<20)
}

func (e *embedded) stop() error {
	e.server.Shutdown()
	e.server.WaitForShutdown()
	return e.lock.Close()
}

// serverLog passes the server's warnings on; what it says of itself is not for
// an operator of exportd.
type serverLog struct{ log *slog.Logger }

func (l serverLog) Noticef(string, ...any) {}
func (l serverLog) Debugf(string, ...any)  {}
func (l serverLog) Tracef(string, ...any)  {}
func (l serverLog) Warnf(format string, args ...any) {
	l.log.Warn("queue server", "message", line(format, args))
}
func (l serverLog) Errorf(format string, args ...any) {
	l.log.Error("queue server", "message", line(format, args))
}
func (l serverLog) Fatalf(format string, args ...any) {
	l.log.Error("queue server", "message", line(format, args))
}

func line(format string, args []any) string { return strings.TrimSpace(fmt.Sprintf(format, args...)) }
