package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/cmd/exportd/internal/export"
	"github.com/exportd/exportd/cmd/exportd/internal/preview"
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/stages"
)

func (a *app) treeCommand() *cobra.Command {
	var pipelineName string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "tree JOB [-p PIPELINE]",
		Short: "Show the tree of files that a job will deliver",
		Long: "Show the tree of files that a job will deliver, as planning names them. No picture is opened:\n" +
			"what only its header or its pixels show is not known yet, see exportd plan.",
		Args: exactly("JOB"),
		RunE: func(cmd *cobra.Command, args []string) error {
			t, err := a.tree(cmd.Context(), args[0], pipelineName)
			switch {
			case asJSON && err != nil:
				return a.commandError(err)
			case err != nil:
				return err
			case asJSON:
				return printJSON(a.stdout, t)
			}
			return t.print(a.stdout)
		},
	}
	addPipelineFlag(cmd, &pipelineName)
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON document on stdout")
	return cmd
}

// deliveredTree is the document of tree --json. Targets stand in the plan's
// order, files in the order of their names, what is left out in the job's.
type deliveredTree struct {
	Targets []treeTarget `json:"targets"`
	Without []leftOut    `json:"without"`
}

type treeTarget struct {
	To    string     `json:"to"`
	Files []treeFile `json:"files"`
}

type treeFile struct {
	Name      string       `json:"name"`
	Wanted    string       `json:"wanted,omitempty"` // the name that another file has already
	Handle    asset.Handle `json:"handle"`
	Rendition string       `json:"rendition,omitempty"`
}

// leftOut is an asset that will leave fewer files than its branches.
type leftOut struct {
	Handle  asset.Handle `json:"handle"`
	Code    diag.Code    `json:"code"`
	Message string       `json:"message"`
	Hint    string       `json:"hint,omitempty"`
}

// tree plans the assets of a job and gathers their names.
func (a *app) tree(ctx context.Context, jobPath, pipelineName string) (*deliveredTree, error) {
	l, err := a.load(jobPath, pipelineName)
	if err != nil {
		return nil, err
	}
	a.report(l.notes)
	dry, err := stages.DryRegistry()
	if err != nil {
		return nil, err
	}
	judge, err := preview.NewJudge(l.plan, dry, l.config)
	if err != nil {
		return nil, err
	}
	assets, err := export.NewPlanning(l.plan, l.job, l.config, l.registry)
	if err != nil {
		return nil, err
	}
	defer assets.Close()
	t := newTree(l)
	for e, err := range assets.Entries(ctx) {
		if err != nil {
			return nil, err
		}
		files, why := judge.Files(ctx, e)
		t.add(l, e, files, why)
	}
	for i := range t.Targets {
		slices.SortStableFunc(t.Targets[i].Files, func(a, b treeFile) int {
			return slices.Compare(strings.Split(a.Name, "/"), strings.Split(b.Name, "/"))
		})
	}
	return t, nil
}

func newTree(l *loaded) *deliveredTree {
	t := &deliveredTree{Targets: []treeTarget{}, Without: []leftOut{}}
	for _, b := range planning.Branches(l.plan) {
		if t.target(b.To) == nil {
			t.Targets = append(t.Targets, treeTarget{To: b.To, Files: []treeFile{}})
		}
	}
	return t
}

func (t *deliveredTree) target(to string) *treeTarget {
	i := slices.IndexFunc(t.Targets, func(tt treeTarget) bool { return tt.To == to })
	if i < 0 {
		return nil
	}
	return &t.Targets[i]
}

func (t *deliveredTree) add(l *loaded, e planning.Entry, files []planning.File, why *diag.Diag) {
	for _, f := range files {
		to, _ := l.plan.Stage(f.Stage).Params["to"].(string)
		target := t.target(to)
		target.Files = append(target.Files, treeFile{Name: f.Name, Wanted: f.Wanted, Handle: e.Handle, Rendition: f.Rendition})
	}
	if why != nil {
		t.Without = append(t.Without, leftOut{e.Handle, why.Code, why.Message, why.Mend()})
	}
}

// print draws the tree, each folder once.
func (t *deliveredTree) print(w io.Writer) error {
	n := 0
	for _, target := range t.Targets {
		fmt.Fprintln(w, target.To)
		var open []string // the folders around the line above
		for _, f := range target.Files {
			parts := strings.Split(f.Name, "/")
			dirs, name := parts[:len(parts)-1], parts[len(parts)-1]
			same := 0
			for same < min(len(open), len(dirs)) && open[same] == dirs[same] {
				same++
			}
			for i := same; i < len(dirs); i++ {
				fmt.Fprintf(w, "%s%s/\n", strings.Repeat("  ", i+1), dirs[i])
			}
			open = dirs
			fmt.Fprintf(w, "%s%s%s\n", strings.Repeat("  ", len(dirs)+1), name, f.remark())
			n++
		}
	}
	for i, o := range t.Without {
		if i == 0 {
			fmt.Fprintln(w, "\nwithout:")
		}
		fmt.Fprintf(w, "  %s  %s: %s\n", o.Handle, o.Code, o.Message)
	}
	_, err := fmt.Fprintf(w, "\n%d files\n", n)
	return err
}

// remark says of a renamed file what it would have been called, and whose it is.
func (f treeFile) remark() string {
	if f.Wanted == "" {
		return ""
	}
	return fmt.Sprintf("   <- %s (%s is taken)", f.Handle, f.Wanted)
}
