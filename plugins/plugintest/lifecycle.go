package plugintest

import (
	"bufio"
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/exportd/exportd/plugins/host"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// describes looks at the card twice.
func describes(ctx context.Context, k *kit) error {
	again, err := host.Describe(ctx, k.copy)
	if err != nil {
		return err
	}
	if cardText(again) != cardText(k.card) {
		return breaks("let nothing in the card depend on the time, on chance or on the order of a map", "describe prints something else the second time")
	}
	return nil
}

// wantsCookie starts it as a person would.
func wantsCookie(ctx context.Context, k *kit) error {
	line, code, err := k.bare(ctx, nil)
	switch {
	case err != nil:
		return err
	case strings.Count(line, "|") >= 4:
		return breaks("check "+pluginpb.CookieKey+" before anything else", "started without a host it serves all the same: %s", line)
	case code == 0:
		return breaks("print to standard error that exportd starts this program, and exit with a status that is not 0", "started without a host it ends with status 0")
	}
	return nil
}

// offersVersions speaks of a protocol that nobody has.
func offersVersions(ctx context.Context, k *kit) error {
	line, code, err := k.bare(ctx, []string{pluginpb.CookieKey + "=" + pluginpb.CookieValue, "PLUGIN_PROTOCOL_VERSIONS=99"})
	if err != nil {
		return err
	}
	parts := strings.Split(line, "|")
	if len(parts) < 5 {
		if code == 0 {
			return breaks("end with a status that is not 0 and say why, or offer a protocol of your own", "to a host of protocol 99 it says nothing, and ends with status 0")
		}
		return nil
	}
	if parts[1] == "99" {
		return breaks("offer the highest version that both sides speak, and never one that you do not", "it offers protocol 99")
	}
	return nil
}

// bareTime is how long a start without a host may take.
const bareTime = 5 * time.Second

// bare starts the plugin without go-plugin and gives its first line of output. A
// plugin that stays is ended, its status is then -1.
func (k *kit) bare(ctx context.Context, env []string) (line string, code int, err error) {
	folder, err := os.MkdirTemp("", "plugintest-*")
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	cmd, err := k.command(folder)
	if err != nil {
		return "", 0, err
	}
	cmd.Env = append(cmd.Env, append(env, "PLUGIN_UNIX_SOCKET_DIR="+folder)...)
	cmd.Stderr = k.log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", 0, err
	}
	if err := cmd.Start(); err != nil {
		return "", 0, err
	}
	kill := func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	ctx, cancel := context.WithTimeout(ctx, bareTime)
	defer cancel()
	stop := context.AfterFunc(ctx, kill)
	line, _ = bufio.NewReader(out).ReadString('\n')
	if strings.Count(line, "|") >= 4 {
		kill() // it serves, and would go on
	}
	_ = cmd.Wait()
	stop()
	if ctx.Err() != nil {
		return "", 0, breaks("end at once when there is nothing to do", "it neither serves nor ends within %s", bareTime)
	}
	return strings.TrimSpace(line), cmd.ProcessState.ExitCode(), nil
}

// starts compares what it says over the wire with what it prints.
func starts(ctx context.Context, k *kit) error {
	p, err := k.start(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	card, err := p.plugin.Describe(ctx, &pluginpb.DescribeRequest{})
	if err != nil {
		return breaks("serve PluginService.Describe", "Describe failed: %s", oneLine(err))
	}
	if cardText(card) != cardText(k.card) {
		return breaks("make both from one place", "Describe says something else than describe prints")
	}
	return nil
}

// configures gives it a key that it cannot know.
func configures(ctx context.Context, k *kit) error {
	p, err := k.start(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	_, err = p.plugin.Configure(ctx, &pluginpb.ConfigureRequest{ConfigJson: `{"no-such-key": 1}`, ScratchFolder: p.scratch, Host: "plugintest"})
	switch status.Code(err) {
	case codes.InvalidArgument:
		return nil
	case codes.OK:
		return breaks("refuse unknown keys with INVALID_ARGUMENT: a slip in a name must not pass in silence", `it takes a configuration with "no-such-key"`)
	}
	return breaks("refuse a wrong configuration with INVALID_ARGUMENT", "for an unknown key Configure fails with %v: %s", status.Code(err), oneLine(err))
}

// shutdownTime is the protocol's two seconds.
const shutdownTime = 2 * time.Second

// shutsDown ends it gently.
func shutsDown(ctx context.Context, k *kit) error {
	p, err := k.start(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	if err := k.exercise(ctx, p); err != nil {
		return err
	}
	group := p.pid()
	if _, err := p.plugin.Shutdown(ctx, &pluginpb.ShutdownRequest{}); err != nil {
		return breaks("answer Shutdown before ending", "Shutdown failed: %s", oneLine(err))
	}
	if !p.exits(shutdownTime) {
		return breaks("end after Shutdown, with no thread or child left to wait for", "it is still there %s after Shutdown", shutdownTime)
	}
	if code := p.cmd.ProcessState.ExitCode(); code != 0 {
		return breaks("end with status 0 after Shutdown", "after Shutdown it ended with %s", p.cmd.ProcessState)
	}
	if err := syscall.Kill(-group, 0); !errors.Is(err, syscall.ESRCH) {
		return breaks("end and wait for every process that you start", "it left processes of its own behind")
	}
	return nil
}

// restarts kills it.
func restarts(ctx context.Context, k *kit) error {
	p, err := k.start(ctx)
	if err != nil {
		return err
	}
	_ = syscall.Kill(-p.pid(), syscall.SIGKILL)
	gone := p.exits(shutdownTime)
	p.close()
	if !gone {
		return breaks("", "it is there after SIGKILL")
	}
	if p, err = k.start(ctx); err != nil {
		return breaks("leave no locks or sockets that the next start trips over", "after SIGKILL it does not start again: %v", err)
	}
	defer p.close()
	return k.exercise(ctx, p)
}

// exercise makes one ordinary call of each kind.
func (k *kit) exercise(ctx context.Context, p *process) error {
	for _, e := range k.card.GetEncoders() {
		if _, err := p.encode(ctx, call{encoder: e.GetName(), picture: usual(e, 32), params: exampleOf(e)}); err != nil {
			return breaks("see the case pictures", "encoder %s: %v", e.GetName(), err)
		}
	}
	for _, m := range k.card.GetMacros() {
		for _, name := range examplesOf(m) {
			if _, err := p.expand(ctx, m, name); err != nil {
				return err
			}
		}
	}
	return nil
}
