package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/cmd/exportd/internal/render"
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/pipelines"
	"github.com/exportd/exportd/stages"
)

func (a *app) renderCommand() *cobra.Command {
	var macro, out string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "render SOURCE MODIFIER -o FILE [-m '$macro$']",
		Short: "Make one picture, without a job",
		Long: "Make one picture of a file or a catalog handle. The format comes from the modifier,\n" +
			"never from the name of FILE; without fmt= it is JPEG.",
		Example: "  exportd render photo.jpg 'wid=800&fmt=webp&qlt=80' -o photo.webp",
		Args:    exactly("SOURCE", "MODIFIER"),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := a.render(cmd.Context(), args[0], args[1], macro, out)
			if asJSON {
				return a.renderJSON(r, out, err)
			}
			if err != nil {
				return err
			}
			a.report(r.Warnings)
			d := r.Delivered
			fmt.Fprintf(a.stdout, "%s: %s, %d x %d, %s\n", out, d.Format, d.Width, d.Height, size(d.Bytes))
			if d.Colour != nil {
				fmt.Fprintf(a.stdout, "colour: %s\n", oneLine(d.Colour.String()))
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&macro, "macro", "m", "", "macro, which wins over the modifier")
	cmd.Flags().StringVarP(&out, "out", "o", "", "file to write")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON document on stdout")
	return cmd
}

func (a *app) render(ctx context.Context, source, modifier, macro, out string) (*render.Result, error) {
	if out == "" {
		return nil, diag.New(diag.Usage, "render does not know where to write").WithHint("name a file with -o")
	}
	if err := stages.HasLibvips(); err != nil {
		return nil, err
	}
	registry, err := stages.Registry()
	if err != nil {
		return nil, err
	}
	cfg, err := a.loadConfig(".")
	if err != nil {
		return nil, err
	}
	spec, err := readPipeline(pipelines.Default, registry)
	if err != nil {
		return nil, err
	}
	child, err := childProcess()
	if err != nil {
		return nil, err
	}
	ctx, signalled := cancelOnSignal(ctx)
	r, err := render.Run(ctx, render.Options{
		Source: source, Modifier: modifier, Macro: macro, Out: out,
		Spec: spec, Config: cfg, Registry: registry, Child: child,
	})
	if n := signalled(); n > 0 && err != nil {
		return r, exit(128 + n)
	}
	return r, err
}

// rendered is the document of render --json (DESIGN 9).
type rendered struct {
	OK       bool           `json:"ok"`
	Output   *renderedFile  `json:"output"`
	Warnings diag.List      `json:"warnings"`
	Error    *renderedError `json:"error"`
}

type renderedFile struct {
	Path   string `json:"path"`
	Format string `json:"format"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	// Colour is the colour ledger.
	Colour *asset.Colour `json:"colour,omitempty"`
}

type renderedError struct {
	Code    diag.Code `json:"code"`
	Message string    `json:"message"`
	Hint    string    `json:"hint"`
}

func (a *app) renderJSON(r *render.Result, out string, err error) error {
	doc := rendered{OK: err == nil, Warnings: diag.List{}}
	if r != nil && r.Warnings != nil {
		doc.Warnings = r.Warnings
	}
	if err == nil {
		path, abs := filepath.Abs(out)
		if abs != nil {
			path = out
		}
		d := r.Delivered
		doc.Output = &renderedFile{Path: path, Format: d.Format, Width: d.Width, Height: d.Height, Bytes: d.Bytes, SHA256: d.SHA256, Colour: d.Colour}
	} else {
		d := diag.From(err, diag.InternalError)
		doc.Error = &renderedError{Code: d.Code, Message: d.Error(), Hint: d.Mend()}
	}
	if printing := printJSON(a.stdout, doc); printing != nil {
		return printing
	}
	return err
}
