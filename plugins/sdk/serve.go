package sdk

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"

	"github.com/exportd/exportd/plugins/pluginpb"
)

// Serve is the plugin's main: it serves the host that started the process, or
// does what the arguments say (describe, --debug), and does not return.
func Serve(p Plugin) { os.Exit(serve(&p, os.Args[1:])) }

// serve gives the exit status.
func serve(p *Plugin, args []string) int {
	if err := p.check(); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", filepath.Base(os.Args[0]), err)
		return 1
	}
	s := &server{plugin: p, log: newLogger(os.Stderr)}
	switch {
	case len(args) == 1 && args[0] == "describe":
		if err := p.describe(os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return 0
	case len(args) == 1 && args[0] == "--debug":
		return s.debug()
	case len(args) == 0 && os.Getenv(pluginpb.CookieKey) == pluginpb.CookieValue:
		if err := takeStdout(); err != nil {
			s.log.slog.Error(err.Error())
			return 1
		}
		goplugin.Serve(s.config())
		return 0
	}
	fmt.Fprintf(os.Stderr, `%s %s is a plugin of exportd: exportd starts it.
  %[3]s describe          what it is, as JSON
  %[3]s --debug           wait for an exportd, under a debugger
  exportd plugin test %[3]s
`, p.Name, p.Version, os.Args[0])
	return 2
}

// config is how go-plugin serves it.
func (s *server) config() *goplugin.ServeConfig {
	return &goplugin.ServeConfig{
		HandshakeConfig:  goplugin.HandshakeConfig{MagicCookieKey: pluginpb.CookieKey, MagicCookieValue: pluginpb.CookieValue},
		VersionedPlugins: map[int]goplugin.PluginSet{pluginpb.Protocol: {"exportd": wire{server: s}}},
		GRPCServer:       s.newGRPC,
		Logger:           hclog.NewNullLogger(),
	}
}

// debug serves whoever reads the line that it prints, until it is interrupted.
func (s *server) debug() int {
	folder, err := os.MkdirTemp("", pluginpb.ExecutablePrefix)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	if err := os.Setenv(goplugin.EnvUnixSocketDir, folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ready, closed := make(chan *goplugin.ReattachConfig, 1), make(chan struct{})
	config := s.config()
	config.Test = &goplugin.ServeTestConfig{Context: ctx, ReattachConfigCh: ready, CloseCh: closed}
	go goplugin.Serve(config)
	select {
	case at := <-ready:
		line, err := json.Marshal(map[string]pluginpb.Reattach{s.plugin.Name: {Network: at.Addr.Network(), Address: at.Addr.String(), Protocol: at.ProtocolVersion, PID: at.Pid}})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		fmt.Printf("export %s='%s'\n", pluginpb.ReattachVariable, line)
	case <-closed:
		fmt.Fprintln(os.Stderr, "the plugin could not listen on a socket below", folder)
		return 1
	}
	<-closed
	return 0
}
