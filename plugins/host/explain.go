package host

import (
	"errors"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/plugins/pluginpb"
)

func unixAddr(path string) net.Addr { return &net.UnixAddr{Name: path, Net: "unix"} }

// explain says why a plugin did not start. go-plugin's own words guess; what the
// process wrote and how it ended say it.
func (in *instance) explain(err error) error {
	name := in.pool.plugin.Name
	if in.proc == nil {
		return diag.New(diag.PluginStart, "plugin %s: no connection to the process under the debugger: %w", name, err).
			WithHint("start it again with --debug and set %s anew", pluginpb.ReattachVariable)
	}
	var execErr *exec.Error
	var errno syscall.Errno
	if in.proc.cmd.Process == nil && (errors.As(err, &execErr) || errors.As(err, &errno)) {
		return diag.New(diag.PluginStart, "plugin %s cannot be started: %w", name, err).
			WithHint("it has to be a program for this machine, and its folder on a file system that allows programs")
	}
	first := in.proc.head.first()
	parts := strings.Split(first, "|")
	version, number := 0, error(nil)
	if len(parts) >= 4 {
		version, number = strconv.Atoi(parts[1])
	}
	switch {
	case first != "" && (len(parts) < 4 || number != nil):
		return diag.New(diag.PluginStart, "plugin %s wrote to its standard output before the handshake: «%s»", name, plain(first)).
			WithHint("standard output belongs to the handshake: its author has to print to standard error, and in Go call sdk.Serve first")
	case first != "" && parts[0] != "1":
		return diag.New(diag.PluginStart, "plugin %s has version %s of go-plugin's handshake, this exportd has 1", name, plain(parts[0])).
			WithHint("its author has to build it with another go-plugin")
	case first != "" && version > pluginpb.Protocol:
		return diag.New(diag.PluginStart, "plugin %s speaks version %d of the protocol, this exportd speaks %d", name, version, pluginpb.Protocol).
			WithHint("use a newer exportd, or an older version of the plugin")
	case first != "" && version != pluginpb.Protocol:
		return diag.New(diag.PluginStart, "plugin %s speaks version %d of the protocol, this exportd speaks %d", name, version, pluginpb.Protocol).
			WithHint("use a newer version of the plugin")
	case first != "" && (len(parts) < 5 || parts[4] != "grpc"):
		return diag.New(diag.PluginStart, "plugin %s does not speak gRPC", name).WithHint("its author has to serve gRPC")
	case first == "" && strings.Contains(err.Error(), "timeout"):
		return diag.New(diag.PluginStart, "plugin %s did not answer within %s of its start", name, in.pool.host.cfg.StartTimeout).
			WithHint("it has to write its line of the handshake first, and get ready afterwards")
	case first == "":
		headline, all := stack(in.proc.logs.kept())
		return diag.New(diag.PluginStart, "plugin %s ended before its handshake: %w", name, &crash{headline: plain(headline), how: in.proc.how(), stack: all}).
			WithHint("is it a plugin of exportd? One expects %s=%s in its environment", pluginpb.CookieKey, pluginpb.CookieValue)
	}
	return diag.New(diag.PluginStart, "plugin %s: the connection could not be made: %w", name, err)
}
