package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/cmd/exportd/internal/preview"
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages"
)

type planFlags struct {
	pipeline string
	workers  int
	json     bool
}

func (a *app) planCommand() *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use:   "plan JOB [-p PIPELINE]",
		Short: "Dry run: what would become of every asset",
		Long: "Dry run: resolves every asset and reads the headers of the pictures, decodes nothing and\n" +
			"writes nothing. The code is 4 when some assets would fail, 1 when none would be exported.",
		Args: exactly("JOB"),
		RunE: func(cmd *cobra.Command, args []string) error {
			err := a.plan(cmd.Context(), args[0], f)
			if f.json {
				return a.commandError(err)
			}
			return err
		},
	}
	addPipelineFlag(cmd, &f.pipeline)
	cmd.Flags().IntVar(&f.workers, "workers", 0, "headers at once, and the workers that memory is added up for (default: one a core)")
	cmd.Flags().BoolVar(&f.json, "json", false, "one JSON document on stdout")
	return cmd
}

// planned is the document of plan --json.
type planned struct {
	State string `json:"state"` // as a run would end
	Job   string `json:"job"`   // the job.id that a run would have
	preview.Totals
	Assets []preview.Row `json:"assets"`
}

func (a *app) plan(ctx context.Context, jobPath string, f planFlags) error {
	if err := (runFlags{workers: f.workers}).validate(); err != nil {
		return err
	}
	l, err := a.load(jobPath, f.pipeline)
	if err != nil {
		return err
	}
	a.report(l.notes)
	doc := planned{Job: l.plan.RunID(), Assets: []preview.Row{}}
	table := newFates(a.stdout, a.stderr)
	each := table.add
	if f.json {
		each = func(r preview.Row) error { doc.Assets = append(doc.Assets, r); return nil }
	}
	totals, err := a.preview(ctx, l, f.workers, "", each)
	if err != nil {
		return err
	}
	doc.Totals, doc.State = *totals, string(totals.Counts.State())
	if f.json {
		err = printJSON(a.stdout, doc)
	} else {
		err = table.end(totals)
	}
	if err == nil && totals.Counts.Failed > 0 {
		return exit(wouldFail)
	}
	return err
}

// wouldFail is the exit code of a plan in which some assets, or all, would fail.
const wouldFail = 4

// preview looks at the assets of a job without touching pixels.
func (a *app) preview(ctx context.Context, l *loaded, workers int, only asset.Handle, each func(preview.Row) error) (*preview.Totals, error) {
	if err := stages.HasLibvips(); err != nil {
		return nil, err
	}
	child, err := childProcess()
	if err != nil {
		return nil, err
	}
	ctx, signalled := cancelOnSignal(ctx)
	totals, err := preview.Run(ctx, preview.Options{
		Plan: l.plan, Job: l.job, Config: l.config, Registry: l.registry, Child: child, Workers: workers, Handle: only,
	}, each)
	if n := signalled(); n > 0 {
		return nil, exit(128 + n)
	}
	return totals, err
}

// fates prints a table as it comes, so that a job of any size can be shown.
type fates struct {
	out, why io.Writer
	table    *tabwriter.Writer
	rows     int
	said     int
}

// fateRows is after how many rows the columns are laid out anew, fateReasons how
// many failures are explained; --json has all of them.
const (
	fateRows    = 200
	fateReasons = 50
)

func newFates(w, why io.Writer) *fates {
	f := &fates{out: w, why: why, table: tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)}
	fmt.Fprintln(f.table, "ASSET\tFATE\tFILE\tREPLY\tSOURCE\tMEMORY")
	return f
}

// add prints one asset, a line for each file and one for what would go wrong.
func (f *fates) add(r preview.Row) error {
	handle, source, memory := string(r.Handle), "", ""
	if s := r.Source; s != nil {
		source, memory = fmt.Sprintf("%s %dx%d", s.Format, s.Width, s.Height), size(s.Memory)
	}
	fate := string(r.Outcome)
	if r.Outcome == asset.Failed {
		fate = "would fail"
	}
	if r.Code != "" {
		f.explain(r)
		fmt.Fprintf(f.table, "%s\t%s\t%s\t\t%s\t%s\n", handle, fate, r.Code, source, memory)
		handle, fate, source, memory = "", "", "", ""
	}
	for _, file := range r.Files {
		name, reply := file.Name, ""
		if file.Wanted != "" {
			name += " (renamed)"
		}
		if file.Width > 0 {
			reply = fmt.Sprintf("%s %dx%d", file.Format, file.Width, file.Height)
		}
		fmt.Fprintf(f.table, "%s\t%s\t%s\t%s\t%s\t%s\n", handle, fate, name, reply, source, memory)
		handle, fate, source, memory = "", "", "", ""
	}
	if f.rows++; f.rows%fateRows == 0 {
		return f.table.Flush()
	}
	return nil
}

// explain says why an asset would fail or be skipped.
func (f *fates) explain(r preview.Row) {
	if f.said++; f.said > fateReasons {
		return
	}
	fmt.Fprintf(f.why, "%s: %s %s: %s\n", r.Handle, r.Code.Severity(), r.Code, r.Message)
	if r.Hint != "" {
		fmt.Fprintf(f.why, "  hint: %s\n", r.Hint)
	}
}

func (f *fates) end(t *preview.Totals) error {
	if err := f.table.Flush(); err != nil {
		return err
	}
	c := t.Counts
	parts := []string{fmt.Sprintf("%d files", t.Files)}
	if t.Pixels > 0 {
		parts = append(parts, fmt.Sprintf("%.1f million reply pixels", float64(t.Pixels)/1e6))
	}
	if t.Memory > 0 {
		parts = append(parts, fmt.Sprintf("at most %s for one asset and %s for all workers", size(t.Largest), size(t.Memory)))
	}
	_, err := fmt.Fprintf(f.out, "\n%d would be exported, %d skipped, %d would fail, %d in all\n%s\n", c.Exported, c.Skipped, c.Failed, c.Total, strings.Join(parts, ", "))
	return err
}

// commandFailed is the document of --json of a command that could not do its
// work.
type commandFailed struct {
	OK    bool       `json:"ok"`
	Error *diag.Diag `json:"error"`
}

// commandError makes sure that --json leaves a document whatever happens. The
// error itself goes its usual way to stderr.
func (a *app) commandError(err error) error {
	if _, reported := err.(exit); err == nil || reported { //nolint:errorlint // exit is never wrapped here
		return err
	}
	d := *diag.From(err, diag.InternalError)
	d.Hint = d.Mend()
	if printing := printJSON(a.stdout, commandFailed{Error: &d}); printing != nil {
		return printing
	}
	return err
}
