package host

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/plugins/pin"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// describeTime bounds `PLUGIN describe`.
const describeTime = 10 * time.Second

// maxCard bounds what it prints, in bytes.
const maxCard = 1 << 20

// Describe asks a plugin what it is, without a handshake.
func Describe(ctx context.Context, c pin.Copy) (*pluginpb.DescribeResponse, error) {
	if err := c.Verify(); err != nil {
		return nil, err
	}
	path, args, err := c.Line()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", roomPattern)
	if err != nil {
		return nil, diag.New(diag.PluginStart, "no scratch folder for plugin %s: %w", c.Name, err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx, cancel := context.WithTimeout(ctx, describeTime)
	defer cancel()
	cmd := exec.Command(path, append(args, "describe")...)
	cmd.Dir, cmd.Env = dir, environment(nil, dir)
	logs := &lines{log: slog.New(slog.DiscardHandler)}
	p, err := newProcess(cmd, Options{}.filled(), logs)
	if err != nil {
		return nil, diag.New(diag.PluginStart, "plugin %s: %w", c.Name, err)
	}
	var text bytes.Buffer
	var read error
	p.readers.Go(func() {
		if _, read = text.ReadFrom(&limited{p.stdout, maxCard}); read != nil {
			_ = p.Kill(ctx)
		}
	})
	if err := p.Start(ctx); err != nil {
		return nil, diag.New(diag.PluginStart, "plugin %s cannot be started: %w", c.Name, err).
			WithHint("it has to be a program for this machine, and its folder on a file system that allows programs")
	}
	stop := context.AfterFunc(ctx, func() { _ = p.Kill(ctx) })
	defer stop()
	<-p.gone // by itself, or killed when its time is over; all it printed is read by then
	headline, all := stack(logs.kept())
	switch {
	case ctx.Err() != nil:
		return nil, diag.New(diag.PluginStart, "plugin %s did not describe itself within %s", c.Name, describeTime).WithHint("its author has to answer `describe` as plugin.proto says")
	case read != nil && !errors.Is(read, os.ErrClosed) || text.Len() == 0:
		return nil, diag.New(diag.PluginStart, "plugin %s does not describe itself: %w", c.Name, &crash{headline: plain(headline), how: "it printed nothing (" + p.how() + ")", stack: all}).
			WithHint("is it a plugin of exportd? its author has to answer `describe` as plugin.proto says")
	}
	card := &pluginpb.DescribeResponse{}
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(text.Bytes(), card); err != nil {
		first, _, _ := strings.Cut(text.String(), "\n")
		return nil, diag.New(diag.PluginStart, "plugin %s printed something else than its card: «%s»", c.Name, plain(first)).WithHint("nothing but JSON may come out of `describe`")
	}
	return card, CheckCard(card, c.Name)
}

// CheckCard says what is wrong with what a plugin says of itself; name is the one
// that it is known by.
func CheckCard(card *pluginpb.DescribeResponse, name string) error {
	wrong := func(format string, args ...any) error {
		return diag.New(diag.PluginRefused, "plugin "+name+": "+format, args...)
	}
	if card.GetName() != name {
		return diag.New(diag.PluginRefused, "plugin %s calls itself %q", name, plain(card.GetName())).WithHint("name its file or folder after it: %s%s", pluginpb.ExecutablePrefix, plain(card.GetName()))
	}
	if _, err := semver.StrictNewVersion(card.GetVersion()); err != nil {
		return wrong("its version %q is not of the form 1.2.3", plain(card.GetVersion()))
	}
	if len(card.GetMacros())+len(card.GetEncoders()) == 0 {
		return wrong("it has neither macros nor encoders")
	}
	seen := map[string]bool{}
	for _, e := range card.GetEncoders() {
		switch {
		case !pluginpb.ValidName(e.GetName()) || seen[e.GetName()]:
			return wrong("it has an encoder named %q", plain(e.GetName()))
		case e.GetFormat() != "" && !validToken(e.GetFormat()):
			return wrong("its encoder %s has the fmt token %q", e.GetName(), plain(e.GetFormat()))
		case !validToken(e.GetExtension()):
			return wrong("its encoder %s has the extension %q", e.GetName(), plain(e.GetExtension()))
		case len(e.GetSampleFormats()) == 0 || slices.ContainsFunc(e.GetSampleFormats(), func(f pluginpb.SampleFormat) bool { return pluginpb.SampleSize(f) == 0 }):
			return wrong("its encoder %s takes no sample format that exportd has", e.GetName())
		case len(e.GetColourSpaces()) == 0 || slices.ContainsFunc(e.GetColourSpaces(), func(s pluginpb.ColourSpace) bool { return pluginpb.Bands(s) == 0 }):
			return wrong("its encoder %s takes no colour space that exportd has", e.GetName())
		}
		if _, err := NewSchema(e.GetParamsSchema()); err != nil {
			return wrong("the params_schema of its encoder %s: %w", e.GetName(), err)
		}
		seen[e.GetName()] = true
	}
	for _, m := range card.GetMacros() {
		if !validPattern(m.GetName()) {
			return wrong("it has a macro named %q", plain(m.GetName()))
		}
	}
	if _, err := NewSchema(card.GetConfigSchema()); err != nil {
		return wrong("its config_schema: %w", err)
	}
	return nil
}

// Provides lists what a plugin has, as the lock file keeps it.
func Provides(card *pluginpb.DescribeResponse) []string {
	var all []string
	for _, e := range card.GetEncoders() {
		all = append(all, "encoder:"+e.GetName())
		if e.GetFormat() != "" {
			all = append(all, "fmt:"+e.GetFormat())
		}
	}
	for _, m := range card.GetMacros() {
		all = append(all, "macro:"+m.GetName())
	}
	return all
}

// validToken reports whether text can be a token of fmt= or an extension.
func validToken(text string) bool {
	return text != "" && len(text) <= 16 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" && text[0] != '-'
}

// validPattern reports whether text can be a macro's name, or a pattern of names.
func validPattern(text string) bool {
	return text != "" && len(text) <= 64 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-*") == ""
}

// limited is a reader that fails where it has read too much.
type limited struct {
	r interface{ Read([]byte) (int, error) }
	n int
}

// Read reads.
func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if l.n -= n; l.n < 0 {
		return n, errors.New("too long")
	}
	return n, err
}
