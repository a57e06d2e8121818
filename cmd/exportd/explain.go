package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/cmd/exportd/internal/explain"
	"github.com/exportd/exportd/cmd/exportd/internal/export"
	"github.com/exportd/exportd/cmd/exportd/internal/preview"
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/stages"
)

func (a *app) explainCommand() *cobra.Command {
	var pipelineName string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "explain JOB HANDLE [-p PIPELINE] | CODE",
		Short: "Say what a job does to an asset and why, or what a code means",
		Long: "With a job and a handle: every command that applies to the asset, where it was written, what\n" +
			"overrode or ignored it, and the geometry before and after. With a code: its meaning and its mend.",
		Example: "  exportd explain E-LIMIT-PIXELS\n  exportd explain job.toml photos/a.jpg",
		Args:    jobHandleOrCode,
		RunE: func(cmd *cobra.Command, args []string) error {
			err := a.explain(cmd.Context(), args, pipelineName, asJSON)
			if asJSON {
				return a.commandError(err)
			}
			return err
		},
	}
	addPipelineFlag(cmd, &pipelineName)
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON document on stdout")
	return cmd
}

// jobHandleOrCode wants one argument or two.
func jobHandleOrCode(cmd *cobra.Command, args []string) error {
	if len(args) == 1 {
		if _, err := os.Stat(args[0]); err == nil {
			return diag.New(diag.Usage, "explain takes a job and a handle of it").WithHint("exportd explain %s HANDLE", args[0])
		}
	}
	if len(args) == 1 || len(args) == 2 {
		return nil
	}
	return exactly("JOB", "HANDLE")(cmd, args)
}

func (a *app) explain(ctx context.Context, args []string, pipelineName string, asJSON bool) error {
	if len(args) == 1 {
		return a.explainCode(args[0], asJSON)
	}
	x, err := a.explainAsset(ctx, args[0], asset.Handle(args[1]), pipelineName)
	if err != nil {
		return err
	}
	if asJSON {
		return printJSON(a.stdout, x)
	}
	return x.print(a.stdout)
}

// explained is the document of explain JOB HANDLE --json: the fate of the asset
// as plan says it, and its renditions.
type explained struct {
	preview.Row
	Type       asset.Type          `json:"type"`
	Renditions []explain.Rendition `json:"renditions"`
	// Unseen says why the source could not be looked at, empty when it could.
	Unseen string `json:"unseen,omitempty"`
}

func (a *app) explainAsset(ctx context.Context, jobPath string, handle asset.Handle, pipelineName string) (*explained, error) {
	l, err := a.load(jobPath, pipelineName)
	if err != nil {
		return nil, err
	}
	assets, err := export.NewPlanning(l.plan, l.job, l.config, l.registry)
	if err != nil {
		return nil, err
	}
	defer assets.Close()
	entry, err := explain.Find(ctx, assets, handle)
	if err != nil {
		return nil, err
	}
	x := &explained{Renditions: []explain.Rendition{}}
	if x.Row, x.Unseen, err = a.look(ctx, l, entry); err != nil {
		return nil, err
	}
	if entry.Asset == nil {
		return x, nil
	}
	x.Type = entry.Asset.Type
	raw := entry.Asset // what stands in for a missing asset is known to planning alone
	if raw.StandIn == nil {
		if raw, err = assets.Resolve(ctx, handle); err != nil {
			return nil, err
		}
	}
	if x.Renditions, err = explain.Renditions(l.plan, entry, raw, l.config.Macros); err != nil {
		return nil, err
	}
	for i, r := range x.Renditions {
		if g, ok := x.Geometry[r.Stage]; ok {
			x.Renditions[i].Geometry = explain.GeometryOf(g)
		}
	}
	return x, nil
}

// look gives the fate of an asset: by its header, or by its record where no
// header can be read; unseen then says why.
func (a *app) look(ctx context.Context, l *loaded, entry planning.Entry) (row preview.Row, unseen string, err error) {
	_, err = a.preview(ctx, l, 1, entry.Handle, func(r preview.Row) error { row = r; return nil })
	var d *diag.Diag
	switch {
	case err == nil && row.Source == nil && row.Outcome == asset.Failed:
		return row, fmt.Sprintf("%s: %s", row.Code, row.Message), nil
	case err == nil:
		return row, "", nil
	case !errors.As(err, &d) || d.Code != diag.NoLibvips && d.Code != diag.ChildStart:
		return row, "", err
	}
	row, err = byRecord(ctx, l, entry)
	return row, fmt.Sprintf("%s: %s", d.Code, d.Message), err
}

// byRecord judges an asset without opening it.
func byRecord(ctx context.Context, l *loaded, entry planning.Entry) (preview.Row, error) {
	row := preview.Row{Handle: entry.Handle, Outcome: asset.Exported, Files: []preview.File{}}
	dry, err := stages.DryRegistry()
	if err != nil {
		return row, err
	}
	judge, err := preview.NewJudge(l.plan, dry, l.config)
	if err != nil {
		return row, err
	}
	files, why := judge.Files(ctx, entry)
	for _, f := range files {
		row.Files = append(row.Files, preview.File{Stage: f.Stage, Rendition: f.Rendition, Name: f.Name, Wanted: f.Wanted, Format: f.Format})
	}
	if why != nil {
		row.Code, row.Message, row.Hint = why.Code, why.Message, why.Mend()
		row.Outcome = asset.Failed
		if why.Severity() == diag.Warning {
			row.Outcome = asset.Skipped
		}
	}
	return row, nil
}

// print writes the explanation for people.
func (x *explained) print(w io.Writer) error {
	fmt.Fprintf(w, "%s", x.Handle)
	if x.Type != "" {
		fmt.Fprintf(w, ", %s", x.Type)
	}
	if s := x.Source; s != nil {
		fmt.Fprintf(w, ", %s %dx%d %s", s.Format, s.Width, s.Height, s.Space)
		if s.Shrink > 1 {
			fmt.Fprintf(w, ", loaded at 1/%d", s.Shrink)
		}
	}
	fate := string(x.Outcome)
	if x.Outcome == asset.Failed {
		fate = "would fail"
	}
	fmt.Fprintf(w, "\n%s", fate)
	if x.Code != "" {
		fmt.Fprintf(w, ": %s %s\n  hint: %s", x.Code, x.Message, x.Hint)
	}
	fmt.Fprintln(w)
	for _, f := range x.Files {
		fmt.Fprintf(w, "  %s%s\n", f.Name, takenBy(f))
		if f.Colour != nil {
			fmt.Fprintf(w, "    colour: %s\n", oneLine(f.Colour.String()))
		}
	}
	for _, r := range x.Renditions {
		if err := printRendition(w, r); err != nil {
			return err
		}
	}
	if len(x.Renditions) == 0 && x.Outcome == asset.Exported {
		fmt.Fprintln(w, "\nit leaves as it came: no command applies")
	}
	if x.Unseen != "" && len(x.Renditions) > 0 {
		fmt.Fprintf(w, "\nno geometry, because the source could not be looked at: %s\n", x.Unseen)
	}
	return nil
}

func takenBy(f preview.File) string {
	if f.Wanted == "" {
		return ""
	}
	return fmt.Sprintf(" (%s is taken)", f.Wanted)
}

func printRendition(w io.Writer, r explain.Rendition) error {
	fmt.Fprintf(w, "\n%s\n", r.Stage)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "    COMMAND\tORIGIN\tWHAT BECAME OF IT")
	for _, c := range r.Commands {
		text := c.Name
		if c.Value != "" || c.Origin == "attribute" {
			text += "=" + c.Value
		}
		state := c.State
		if c.Note != "" {
			state += "; " + c.Note
		}
		fmt.Fprintf(table, "    %s\t%s\t%s\n", oneLine(text), c.Origin, state)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, d := range r.Diags {
		fmt.Fprintf(w, "  %s %s: %s\n", d.Severity(), d.Code, d.Message)
	}
	if r.Geometry != nil {
		fmt.Fprintln(w, "  geometry")
		r.Geometry.Print(w)
	}
	return nil
}

// oneLine keeps control characters of a value out of the table.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
}
