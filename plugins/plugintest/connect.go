package plugintest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/exportd/exportd/plugins/pluginpb"
)

// startTime is how long a plugin may take from its start to its handshake.
const startTime = 10 * time.Second

// process is a plugin that runs.
type process struct {
	cmd     *exec.Cmd
	client  *goplugin.Client
	plugin  pluginpb.PluginServiceClient
	encoder pluginpb.EncoderServiceClient
	macro   pluginpb.MacroServiceClient
	folder  string // of scratch and sockets
	scratch string
}

// command is the plugin's command line in an environment like exportd's.
func (k *kit) command(folder string) (*exec.Cmd, error) {
	path, args, err := k.copy.Line()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = folder
	cmd.Env = []string{
		"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8", "HOME=" + folder, "TMPDIR=" + folder,
		"PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1",
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.WaitDelay = time.Second
	return cmd, nil
}

// start starts the plugin and connects to it. Close ends it.
func (k *kit) start(ctx context.Context) (*process, error) {
	folder, err := os.MkdirTemp("", "plugintest-*")
	if err != nil {
		return nil, err
	}
	cmd, err := k.command(folder)
	if err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, folder: folder, scratch: folder + "/scratch"}
	if err := os.Mkdir(p.scratch, 0o700); err != nil {
		return nil, err
	}
	p.client = goplugin.NewClient(&goplugin.ClientConfig{
		HandshakeConfig:  goplugin.HandshakeConfig{MagicCookieKey: pluginpb.CookieKey, MagicCookieValue: pluginpb.CookieValue},
		VersionedPlugins: map[int]goplugin.PluginSet{pluginpb.Protocol: {"exportd": wire{}}},
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
		Cmd:              cmd, SkipHostEnv: true, StartTimeout: startTime, Stderr: k.log, Logger: hclog.NewNullLogger(),
		UnixSocketConfig: &goplugin.UnixSocketConfig{TempDir: folder},
	})
	if err := p.connect(); err != nil {
		p.close()
		return nil, breaks("print the one line of the handshake, flushed, and nothing before it; see the head of plugin.proto", "it does not start: %s", oneLine(err))
	}
	if err := k.configure(ctx, p); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *process) connect() error {
	protocol, err := p.client.Client()
	if err != nil {
		return err
	}
	if err := protocol.Ping(); err != nil {
		return fmt.Errorf("it does not answer to the health check of the service plugin: %w", err)
	}
	raw, err := protocol.Dispense("exportd")
	if err != nil {
		return err
	}
	conn, ok := raw.(*grpc.ClientConn)
	if !ok {
		return errors.New("no connection")
	}
	p.plugin, p.encoder, p.macro = pluginpb.NewPluginServiceClient(conn), pluginpb.NewEncoderServiceClient(conn), pluginpb.NewMacroServiceClient(conn)
	return nil
}

// configure makes the first call.
func (k *kit) configure(ctx context.Context, p *process) error {
	config := k.cfg.Configuration
	if config == "" {
		config = "{}"
	}
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	_, err := p.plugin.Configure(ctx, &pluginpb.ConfigureRequest{ConfigJson: config, ScratchFolder: p.scratch, Host: "plugintest " + Version, LogLevel: "debug"})
	if err != nil {
		return breaks("take an empty configuration, or give the kit one that works", "Configure failed: %s", oneLine(err))
	}
	return nil
}

func (p *process) pid() int {
	if p.cmd.Process == nil {
		return 0
	}
	return p.cmd.Process.Pid
}

// close ends the plugin and whatever it has started.
func (p *process) close() {
	if pid := p.pid(); pid > 0 {
		_ = syscall.Kill(-pid, syscall.SIGKILL)
	}
	p.client.Kill()
	_ = os.RemoveAll(p.folder)
}

// exits waits for the end.
func (p *process) exits(within time.Duration) bool {
	for deadline := time.Now().Add(within); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if p.client.Exited() {
			return true
		}
	}
	return p.client.Exited()
}

// wire gives the connection itself.
type wire struct {
	goplugin.NetRPCUnsupportedPlugin
}

// GRPCServer is for plugins.
func (wire) GRPCServer(*goplugin.GRPCBroker, *grpc.Server) error {
	return errors.New("the kit is no plugin")
}

// GRPCClient gives the connection.
func (wire) GRPCClient(_ context.Context, _ *goplugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return conn, nil
}

// tail keeps the end of what a plugin writes to its standard error.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

// maxTail is how much is kept, in bytes.
const maxTail = 4 << 10

// Write keeps the end.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if n := len(t.buf) - maxTail; n > 0 {
		t.buf = bytes.Clone(t.buf[n:])
	}
	return len(b), nil
}

func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.buf))
}

// oneLine is the first line of an error.
func oneLine(err error) string {
	first, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	return first
}
