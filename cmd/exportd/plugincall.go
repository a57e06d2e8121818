package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // what plugin call reads
	_ "image/jpeg" // the same
	_ "image/png"  // the same
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/cmd/exportd/internal/shelf"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/plugins/host"
	"github.com/exportd/exportd/plugins/pluginpb"
)

func (a *app) pluginCallCommand() *cobra.Command {
	var params string
	cmd := &cobra.Command{
		Use:   "call NAME[/ENCODER] encode IN OUT | call NAME expand '$MACRO$'",
		Short: "Call a plugin by hand: encode a png, jpeg or gif, or expand a macro",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 4 && args[1] == "encode":
				return a.callEncode(cmd.Context(), args[0], args[2], args[3], params)
			case len(args) == 3 && args[1] == "expand":
				return a.callExpand(cmd.Context(), args[0], strings.Trim(args[2], "$"))
			}
			return diag.New(diag.Usage, "plugin call takes NAME encode IN OUT, or NAME expand MACRO").WithHint("usage: exportd plugin %s", cmd.Use)
		},
	}
	cmd.Flags().StringVar(&params, "params", "", "the encoder's params, a JSON object")
	return cmd
}

func (a *app) callEncode(ctx context.Context, name, in, out, params string) error {
	cfg, err := a.loadConfig(".")
	if err != nil {
		return err
	}
	name, encoder, _ := strings.Cut(name, "/")
	e, err := cfg.Plugins.Get(name)
	if err != nil {
		return err
	}
	info, err := e.Encoder(encoder)
	if err != nil {
		return err
	}
	if err := e.CheckParams(info, params); err != nil {
		return err
	}
	picture, err := readPicture(in)
	if err != nil {
		return err
	}
	f, err := os.Create(out)
	if err != nil {
		return diag.New(diag.TargetDenied, "%w", err)
	}
	warnings, err := cfg.Plugins.Host().Encode(ctx, host.Request{
		Plugin: name, Encoder: info.GetName(), Params: params, Wish: &pluginpb.Wish{Quality: 80}, Into: f,
		Call:  &pluginpb.CallContext{Job: "plugin call", Asset: in, Stage: "encode", Attempt: 1},
		Image: shelf.Header(info, shelf.Pixels{Width: picture.Rect.Dx(), Height: picture.Rect.Dy(), Space: pluginpb.ColourSpace_COLOUR_SPACE_RGB, Alpha: info.GetAlpha()}),
		Fill:  func(_ context.Context, dst []byte) error { return shelf.Convert(info, picture.Pix, 4, dst) },
	})
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(out))
	}
	for _, w := range warnings {
		a.report(diag.List{diag.New(diag.PluginWarning, "plugin %s: %s", name, w)})
	}
	done, err := os.Stat(out)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s: %d bytes, %s\n", out, done.Size(), info.GetMediaType())
	return err
}

// readPicture reads a picture as RGB with alpha, without libvips: it is for trying
// a plugin out.
func readPicture(path string) (*image.NRGBA, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, diag.New(diag.FileMissing, "%w", err)
	}
	defer f.Close()
	m, _, err := image.Decode(f)
	if err != nil {
		return nil, diag.New(diag.FileRead, "%s: %w", path, err).WithHint("plugin call reads png, jpeg and gif")
	}
	out := image.NewNRGBA(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			out.Set(x, y, m.At(m.Bounds().Min.X+x, m.Bounds().Min.Y+y))
		}
	}
	return out, nil
}

func (a *app) callExpand(ctx context.Context, name, macro string) error {
	cfg, err := a.loadConfig(".")
	if err != nil {
		return err
	}
	if _, err := cfg.Plugins.Get(name); err != nil {
		return err
	}
	commands, err := cfg.Plugins.Host().Expand(ctx, name, &pluginpb.ExpandRequest{Name: macro})
	if err != nil {
		return err
	}
	for _, c := range commands {
		if c.GetMacro() != "" {
			fmt.Fprintf(a.stdout, "$%s$\n", c.GetMacro())
			continue
		}
		fmt.Fprintf(a.stdout, "%s=%s\n", c.GetName(), c.GetValue())
	}
	return nil
}
