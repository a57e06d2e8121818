package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// process is one process of a plugin, as go-plugin wants a runner to be.
type process struct {
	cmd  *exec.Cmd
	opts Options
	logs *lines

	stdout, stderr     *os.File // what we read
	stdoutIn, stderrIn *os.File // what it writes
	head               head
	readers            sync.WaitGroup
	gone               chan struct{} // closed when it has ended and its group with it
}

// drainTime is how long the pipes of a process that has ended are read on: a child
// of its own may hold them open for ever.
const drainTime = time.Second

func newProcess(cmd *exec.Cmd, opts Options, logs *lines) (*process, error) {
	p := &process{cmd: cmd, opts: opts, logs: logs, gone: make(chan struct{})}
	var err error
	if p.stdout, p.stdoutIn, err = os.Pipe(); err != nil {
		return nil, err
	}
	if p.stderr, p.stderrIn, err = os.Pipe(); err != nil {
		return nil, errors.Join(err, p.stdout.Close(), p.stdoutIn.Close())
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = nil, p.stdoutIn, p.stderrIn
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	return p, nil
}

// Start starts the process. The parent-death signal is tied to the thread that
// forks, so a thread is kept for it as long as it lives.
func (p *process) Start(context.Context) error {
	started := make(chan error, 1)
	p.readers.Go(func() { p.logs.read(p.stderr) })
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(p.gone)
		err := p.cmd.Start()
		if err == nil {
			err = p.limit()
		}
		_, _ = p.stdoutIn.Close(), p.stderrIn.Close()
		started <- err
		if p.cmd.Process == nil {
			p.readers.Wait()
			p.closePipes()
			return
		}
		if err != nil {
			p.killGroup()
		}
		p.wait()
	}()
	return <-started
}

// wait waits for the end, and ends what the process leaves behind: as long as it
// is not reaped, its number stands for its group and for nothing else.
func (p *process) wait() {
	for {
		err := unix.Waitid(unix.P_PID, p.cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	p.killGroup()
	_ = p.cmd.Wait()
	stop := time.AfterFunc(drainTime, p.closePipes)
	p.readers.Wait()
	stop.Stop()
	p.closePipes()
}

func (p *process) closePipes() {
	_ = p.stdout.Close()
	_ = p.stderr.Close()
}

// limit bounds what the process may take. It began a moment ago, so the limits are
// set from outside; its children inherit them.
func (p *process) limit() error {
	for resource, most := range map[int]uint64{
		unix.RLIMIT_CORE:   0,
		unix.RLIMIT_NOFILE: 1024,
		unix.RLIMIT_DATA:   uint64(p.opts.Memory),
		unix.RLIMIT_FSIZE:  uint64(p.opts.Output),
	} {
		var had unix.Rlimit
		err := unix.Prlimit(p.cmd.Process.Pid, resource, nil, &had)
		if err == nil {
			most = min(most, had.Max) // only root may raise a limit
			err = unix.Prlimit(p.cmd.Process.Pid, resource, &unix.Rlimit{Cur: most, Max: most}, nil)
		}
		if err != nil && !errors.Is(err, unix.ESRCH) {
			return fmt.Errorf("limit the process: %w", err)
		}
	}
	return nil
}

func (p *process) killGroup() { _ = unix.Kill(-p.cmd.Process.Pid, unix.SIGKILL) }

// Kill ends the process and its group.
func (p *process) Kill(context.Context) error {
	if p.cmd.Process != nil && !p.ended() {
		p.killGroup()
	}
	return nil
}

// Wait waits for the end.
func (p *process) Wait(context.Context) error {
	<-p.gone
	return nil
}

func (p *process) ended() bool {
	select {
	case <-p.gone:
		return true
	default:
		return false
	}
}

// how says how the process ended: exit status 2, signal: killed.
func (p *process) how() string {
	if p.cmd.ProcessState == nil {
		return "it never ran"
	}
	return p.cmd.ProcessState.String()
}

// rss is its resident memory that is not shared, in bytes; 0 when it cannot be
// read. Mapped pixels are shared, and so not its own.
func (p *process) rss() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	var size, resident, shared int64
	if _, err := fmt.Sscan(string(text), &size, &resident, &shared); err != nil {
		return 0
	}
	return (resident - shared) * int64(os.Getpagesize())
}

// Stdout is for the handshake.
func (p *process) Stdout() io.ReadCloser {
	return struct {
		io.Reader
		io.Closer
	}{io.TeeReader(p.stdout, &p.head), p.stdout}
}

// Stderr is empty for go-plugin: lines are read here.
func (p *process) Stderr() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

// Name is what is run.
func (p *process) Name() string { return p.cmd.Path }

// ID is the process's number.
func (p *process) ID() string {
	if p.cmd.Process == nil {
		return ""
	}
	return fmt.Sprint(p.cmd.Process.Pid)
}

// Diagnose says nothing: see [process.explain].
func (p *process) Diagnose(context.Context) string { return "" }

// PluginToHost and HostToPlugin are for containers.
func (p *process) PluginToHost(network, address string) (string, string, error) {
	return network, address, nil
}

// HostToPlugin gives the address as it is.
func (p *process) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}

// head keeps the beginning of what a process writes.
type head struct {
	mu   sync.Mutex
	text []byte
}

// Write keeps the first bytes.
func (h *head) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if left := 512 - len(h.text); left > 0 {
		h.text = append(h.text, p[:min(len(p), left)]...)
	}
	return len(p), nil
}

func (h *head) first() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	line, _, _ := strings.Cut(string(h.text), "\n")
	return strings.TrimSpace(line)
}
