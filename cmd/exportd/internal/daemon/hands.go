package daemon

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// hands are the local workers: processes that are started when there are units
// for them, and that end by themselves when there are none.
type hands struct {
	command []string
	most    int
	lock    *os.File
	log     *slog.Logger
	died    func(name string)
	broken  chan error

	mu       sync.Mutex
	living   map[string]*exec.Cmd
	wanted   int
	serial   int
	closing  bool
	failures int // workers in a row that ended badly and early
	retry    *time.Timer
	group    sync.WaitGroup
}

func newHands(cfg Config, lock *os.File, died func(string)) *hands {
	return &hands{
		command: cfg.Worker, most: cfg.Config.Daemon.Workers, lock: lock, log: cfg.Log, died: died,
		broken: make(chan error, 1), living: map[string]*exec.Cmd{},
	}
}

// need says that so many units are out: as many workers are of use.
func (h *hands) need(out int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wanted = min(out, h.most)
	h.fill()
}

// fill starts the workers that are missing. The lock is held.
func (h *hands) fill() {
	for !h.closing && h.retry == nil && len(h.living) < h.wanted {
		if err := h.start(); err != nil {
			h.log.Error("starting a worker", "error", err)
			h.later()
		}
	}
}

// The wait after workers that ended badly and early doubles between these.
const (
	soon  = 100 * time.Millisecond
	never = 30 * time.Second
)

// early is how long a worker lives that is none of those.
const early = 2 * time.Second

// later fills after a while. The lock is held.
func (h *hands) later() {
	wait := min(soon<<min(h.failures, 10), never)
	h.retry = time.AfterFunc(wait, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.retry = nil
		h.fill()
	})
}

// start starts one worker. It dies with the daemon: the parent-death signal is
// tied to the thread that forked, so that thread waits for it.
func (h *hands) start() error {
	h.serial++
	name := fmt.Sprintf("local-%d-%d", os.Getpid(), h.serial)
	cmd := exec.Command(h.command[0], append(h.command[1:len(h.command):len(h.command)], "--name", name)...)
	cmd.Stderr = os.Stderr
	cmd.ExtraFiles = []*os.File{h.lock}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	started := make(chan error, 1)
	begun := time.Now()
	h.group.Go(func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			h.ended(name, cmd.Wait(), begun)
		}
	})
	if err := <-started; err != nil {
		return err
	}
	h.living[name] = cmd
	h.log.Info("worker started", "worker", name, "pid", cmd.Process.Pid)
	return nil
}

// ended buries a worker and starts another where there is still work.
func (h *hands) ended(name string, err error, begun time.Time) {
	if err != nil {
		h.log.Warn("worker died", "worker", name, "error", err)
		h.died(name)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.living, name)
	if err == nil || time.Since(begun) > early {
		h.failures = 0
	} else {
		h.failures++
	}
	if h.failures > 1 && h.retry == nil && !h.closing {
		h.later()
	}
	h.fill()
}

// fail ends the daemon: something is broken that only a restart mends.
func (h *hands) fail(err error) {
	select {
	case h.broken <- err:
	default:
	}
}

// drain asks every worker to end, and waits.
func (h *hands) drain(ctx context.Context) {
	h.mu.Lock()
	h.closing = true
	for _, cmd := range h.living {
		_ = cmd.Process.Signal(syscall.SIGTERM) // or it has ended by itself
	}
	h.mu.Unlock()
	done := make(chan struct{})
	go func() { h.group.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
		h.kill()
		<-done
	}
}

// kill ends every worker at once.
func (h *hands) kill() {
	h.mu.Lock()
	h.closing = true
	if h.retry != nil {
		h.retry.Stop()
	}
	for _, cmd := range h.living {
		_ = cmd.Process.Kill()
	}
	h.mu.Unlock()
	h.group.Wait()
}

// count is how many workers live.
func (h *hands) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.living)
}
