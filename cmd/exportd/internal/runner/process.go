package runner

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// The child's extra files; EventFD is for the program that calls [Child].
const (
	EventFD = 3 // events, child to parent
	lockFD  = 4 // the state's lock, held as long as the child lives
)

// Arenas is the setting of glibc's allocator that halves a child's memory at the
// same speed.
const Arenas = "MALLOC_ARENA_MAX=2"

// childTitle is what a child is called in a list of processes.
const childTitle = "exportd"

// process is one living child.
type process struct {
	cmd    *exec.Cmd
	orders *sender
	stdin  interface{ Close() error }
	events <-chan event
	exited chan struct{} // closed once the process is gone and its events are read
	tail   *tail
}

// start launches a child. It dies with its parent: the parent-death signal is
// tied to the thread that forked, so that thread waits for it.
func start(cfg Config) (*process, error) {
	read, write, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe: %w", err)
	}
	cmd := exec.Command(cfg.Command[0], cfg.Command[1:]...)
	cmd.Args[0] = childTitle
	cmd.Env = append(os.Environ(), "VIPS_BLOCK_UNTRUSTED=1", Arenas, "G_DEBUG=")
	cmd.Env = append(cmd.Env, cfg.Env...)
	cmd.ExtraFiles = []*os.File{write}
	if cfg.Lock != nil {
		cmd.ExtraFiles = append(cmd.ExtraFiles, cfg.Lock)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	lastWords := &tail{}
	cmd.Stderr = lastWords
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, errors.Join(err, read.Close(), write.Close())
	}
	started := make(chan error, 1)
	gone := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait() // no bye is what tells a crash, not the exit code
		}
		close(gone)
	}()
	err = <-started
	_ = write.Close()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the pixel child: %w", err), read.Close())
	}
	p := &process{cmd: cmd, orders: newSender(stdin), stdin: stdin, exited: make(chan struct{}), tail: lastWords}
	p.events = p.read(read, gone)
	return p, p.orders.send(order{Setup: &cfg.Setup})
}

// read passes the child's events on until the pipe ends.
func (p *process) read(pipe *os.File, gone <-chan struct{}) <-chan event {
	events := make(chan event, 64)
	go func() {
		defer close(p.exited)
		defer close(events)
		if err := receive(pipe, parseEvent, func(e event) error { events <- e; return nil }); err != nil {
			_, _ = p.tail.Write([]byte(err.Error() + "\n"))
			p.kill()
		}
		_ = pipe.Close()
		<-gone
	}()
	return events
}

// kill ends the child at once.
func (p *process) kill() { _ = p.cmd.Process.Kill() }

// rss is the child's resident memory in bytes, 0 when it cannot be read.
func (p *process) rss() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(text), &size, &resident); err != nil {
		return 0
	}
	return resident * int64(os.Getpagesize())
}
