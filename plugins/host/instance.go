package host

import (
	"context"
	"errors"
	"log/slog"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// maxMessage bounds one message of a plugin, in bytes. It is low on purpose:
// whoever sends more sends it wrongly.
const maxMessage = 4 << 20

// instance is one process of a plugin and the connection to it.
type instance struct {
	pool   *pool
	proc   *process // nil when it runs under a debugger
	client *goplugin.Client
	conn   *grpc.ClientConn

	plugin  pluginpb.PluginServiceClient
	encoder pluginpb.EncoderServiceClient
	macro   pluginpb.MacroServiceClient

	users, calls int  // of the pool
	retired      bool // of the pool: no further calls
}

// start starts a process and configures it.
func (p *pool) start(ctx context.Context) (*instance, error) {
	in := &instance{pool: p}
	config := &goplugin.ClientConfig{
		HandshakeConfig:  goplugin.HandshakeConfig{MagicCookieKey: pluginpb.CookieKey, MagicCookieValue: pluginpb.CookieValue},
		VersionedPlugins: map[int]goplugin.PluginSet{pluginpb.Protocol: {"exportd": dialled{in: in}}},
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
		Logger:           hclog.NewNullLogger(),
		StartTimeout:     p.host.cfg.StartTimeout,
		GRPCDialOptions:  []grpc.DialOption{grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage))},
	}
	if p.plugin.Reattach != nil {
		in.reattach(config)
	} else if err := in.launch(config); err != nil {
		return nil, err
	}
	in.client = goplugin.NewClient(config)
	protocol, err := in.client.Client()
	if err != nil {
		in.end()
		return nil, in.explain(err)
	}
	if _, err := protocol.Dispense("exportd"); err != nil {
		in.end()
		return nil, in.explain(err)
	}
	if err := in.configure(ctx); err != nil {
		in.end()
		return nil, err
	}
	return in, nil
}

// launch prepares the process that go-plugin starts.
func (in *instance) launch(config *goplugin.ClientConfig) error {
	p := in.pool
	if err := p.plugin.Verify(); err != nil {
		return err
	}
	path, args, err := p.plugin.Line()
	if err != nil {
		return err
	}
	config.SkipHostEnv = true
	config.UnixSocketConfig = &goplugin.UnixSocketConfig{TempDir: p.host.room.dir}
	config.SyncStdout = &lines{log: p.log}
	config.SyncStderr = &lines{log: p.log}
	config.RunnerFunc = func(_ hclog.Logger, spec *exec.Cmd, _ string) (runner.Runner, error) {
		cmd := exec.Command(path, args...)
		cmd.Dir = p.scratch.dir
		cmd.Env = append(environment(p.plugin.Options.Env, p.scratch.dir), spec.Env...)
		made, err := newProcess(cmd, p.plugin.Options, &lines{log: p.log})
		in.proc = made
		return made, err
	}
	return nil
}

// configure is the first call.
func (in *instance) configure(ctx context.Context) error {
	p := in.pool
	caller := ctx
	ctx, cancel := context.WithTimeout(ctx, p.host.cfg.StartTimeout)
	defer cancel()
	var trailer metadata.MD
	text := p.plugin.Config
	if text == "" {
		text = "{}"
	}
	level := slog.LevelInfo
	if p.log.Enabled(ctx, slog.LevelDebug) {
		level = slog.LevelDebug
	}
	_, err := in.plugin.Configure(ctx, &pluginpb.ConfigureRequest{
		ConfigJson: text, ScratchFolder: p.scratch.dir, Host: "exportd " + p.host.cfg.Version, LogLevel: strings.ToLower(level.String()),
	}, grpc.Trailer(&trailer))
	if err == nil {
		return in.know(ctx)
	}
	if caller.Err() != nil {
		return caller.Err()
	}
	err = in.failed(ctx, err, trailer)
	var d *diag.Diag
	if errors.As(err, &d) && d.Code == diag.PluginParam {
		return d
	}
	return diag.New(diag.PluginStart, "plugin %s could not be configured: %w", p.plugin.Name, err)
}

// know asks the plugin what it is, which it has to know itself.
func (in *instance) know(ctx context.Context) error {
	card, err := in.plugin.Describe(ctx, &pluginpb.DescribeRequest{})
	if err != nil {
		return diag.New(diag.PluginStart, "plugin %s does not describe itself: %w", in.pool.plugin.Name, err)
	}
	if err := CheckCard(card, in.pool.plugin.Name); err != nil {
		return err
	}
	in.pool.learn(card)
	return nil
}

// dialled takes the connection from go-plugin.
type dialled struct {
	goplugin.NetRPCUnsupportedPlugin
	in *instance
}

// GRPCServer is for plugins; this is the host.
func (d dialled) GRPCServer(*goplugin.GRPCBroker, *grpc.Server) error {
	return errors.New("the host serves nothing")
}

// GRPCClient keeps the connection.
func (d dialled) GRPCClient(_ context.Context, _ *goplugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	d.in.conn = conn
	d.in.plugin, d.in.encoder, d.in.macro = pluginpb.NewPluginServiceClient(conn), pluginpb.NewEncoderServiceClient(conn), pluginpb.NewMacroServiceClient(conn)
	return d.in, nil
}

// healthy asks the standard health service.
func (in *instance) healthy(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	resp, err := healthpb.NewHealthClient(in.conn).Check(ctx, &healthpb.HealthCheckRequest{Service: goplugin.GRPCServiceName})
	return err == nil && resp.GetStatus() == healthpb.HealthCheckResponse_SERVING
}

// ended reports whether the process has ended.
func (in *instance) ended() bool { return in.proc != nil && in.proc.ended() }

// noticed is how long the end of a process may come behind that of its connection.
const noticed = 500 * time.Millisecond

// ending reports whether the process has ended or is about to: its connection
// breaks a moment earlier.
func (in *instance) ending() bool {
	if in.proc == nil {
		return false
	}
	select {
	case <-in.proc.gone:
		return true
	case <-time.After(noticed):
		return false
	}
}

// stopTime is what a plugin gets to stop by itself.
const stopTime = 2 * time.Second

// stop asks the plugin to end, and ends it if it does not.
func (in *instance) stop() {
	if in.proc != nil && !in.ended() {
		ctx, cancel := context.WithTimeout(context.Background(), stopTime)
		if _, err := in.plugin.Shutdown(ctx, &pluginpb.ShutdownRequest{}); err == nil {
			_ = in.conn.Close()
			select {
			case <-in.proc.gone:
			case <-ctx.Done():
			}
		}
		cancel()
	}
	in.end()
}

// end ends the process at once, and waits for it.
func (in *instance) end() {
	if in.proc != nil {
		_ = in.proc.Kill(context.Background())
		if in.proc.cmd.Process != nil {
			<-in.proc.gone
		}
	}
	if in.client != nil && in.proc != nil {
		in.client.Kill() // frees what go-plugin holds
	}
	if in.conn != nil {
		_ = in.conn.Close()
	}
}

// reattach finds a process that runs already.
func (in *instance) reattach(config *goplugin.ClientConfig) {
	at := in.pool.plugin.Reattach
	config.Reattach = &goplugin.ReattachConfig{
		Protocol: goplugin.ProtocolGRPC, ProtocolVersion: at.Protocol, Pid: at.PID, Test: true,
		Addr: unixAddr(at.Address),
	}
	config.Plugins = config.VersionedPlugins[pluginpb.Protocol]
	in.pool.log.Warn("the plugin runs under a debugger: its sum, its time and its end are not looked after", "address", filepath.Base(at.Address))
}
