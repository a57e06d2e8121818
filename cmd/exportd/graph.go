package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/cmd/exportd/internal/figures"
	"github.com/exportd/exportd/engine/compile"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/strict"
	"github.com/exportd/exportd/stages"
)

// graphForms are the languages of a drawing.
var graphForms = []string{"mermaid", "dot"}

type graphFlags struct{ pipeline, as, run string }

func (a *app) graphCommand() *cobra.Command {
	var f graphFlags
	cmd := &cobra.Command{
		Use:   "graph PIPELINE|JOB [-p PIPELINE] [--as mermaid|dot] [--run REPORT]",
		Short: "Draw a pipeline, or the plan of a job",
		Long: "Draw a pipeline as its file says it, or the plan that a job and its pipeline compile to.\n" +
			"--run adds what a run left at every stage: REPORT is its output folder or its journal.",
		Example: "  exportd graph default | mmdc -i - -o default.svg\n  exportd graph job.toml --as dot --run out | dot -Tsvg",
		Args:    exactly("PIPELINE|JOB"),
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := a.graph(args[0], f)
			if err != nil {
				return err
			}
			_, err = a.stdout.Write([]byte(text))
			return err
		},
	}
	addPipelineFlag(cmd, &f.pipeline)
	cmd.Flags().StringVar(&f.as, "as", graphForms[0], "mermaid or dot")
	cmd.Flags().StringVar(&f.run, "run", "", "a run whose counts and seconds are added: its output folder or its journal")
	return cmd
}

func (a *app) graph(name string, f graphFlags) (string, error) {
	draw := (*plan.Plan).Mermaid
	switch f.as {
	case "mermaid":
	case "dot":
		draw = (*plan.Plan).DOT
	default:
		return "", diag.New(diag.Usage, "a graph cannot be drawn as %q", f.as).
			WithHint("%s", diag.DidYouMean(f.as, graphForms, "draw it as mermaid or dot"))
	}
	registry, err := stages.Registry()
	if err != nil {
		return "", err
	}
	p, id, err := a.drawn(name, f.pipeline)
	switch {
	case err != nil:
		return "", err
	case f.run == "":
		return draw(p, nil), nil
	}
	journal, err := figures.Find(f.run, id)
	if err != nil {
		return "", err
	}
	counts, err := figures.Read(journal, p, registry)
	if err != nil {
		return "", err
	}
	return draw(p, counts), nil
}

// drawn gives the plan to draw: that of a job, a compiled one, or the outline of
// a pipeline; id is that of its run, "" where none is known.
func (a *app) drawn(name, pipelineName string) (p *plan.Plan, id string, err error) {
	if isJob(name) {
		l, err := a.load(name, pipelineName)
		if err != nil {
			return nil, "", err
		}
		a.report(l.notes)
		return l.plan, l.plan.RunID(), nil
	}
	registry, err := stages.Registry()
	if err != nil {
		return nil, "", err
	}
	spec, err := readPipeline(name, registry)
	if err != nil {
		return nil, "", err
	}
	if spec.Plan != nil {
		p = compile.FromSpec(spec)
		return p, p.RunID(), nil
	}
	p, err = compile.Outline(spec, registry)
	return p, "", err
}

// isJob tells a job from a pipeline by its keys.
func isJob(path string) bool {
	text, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	if filepath.Ext(path) == ".json" {
		return true
	}
	doc, err := strict.Read(path, text, len(text)+1)
	return err == nil && jobDocument(doc)
}

func jobDocument(doc *strict.Document) bool {
	return doc.Value("exportJob") != nil || doc.Value("jobName") != nil
}
