package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/cmd/exportd/internal/config"
	"github.com/exportd/exportd/engine/compile"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/job"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/pipeline"
	"github.com/exportd/exportd/engine/strict"
	"github.com/exportd/exportd/stages"
)

func (a *app) lintCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "lint [FILE|DIR]...",
		Short: "Check pipelines, plans, jobs and configurations",
		Long:  "Check pipelines, compiled plans, jobs and configurations. A folder stands for every .toml file below it; without an argument the current folder is checked.",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"."}
			}
			found, checked, err := a.lint(args)
			switch {
			case err != nil && asJSON:
				return errors.Join(err, printJSON(a.stdout, lintResult{Diags: mended(diag.All(err, diag.FileRead))}))
			case err != nil:
				return err
			}
			return a.printLint(found, checked, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON document on stdout")
	return cmd
}

// lint checks every file named and gives what it found.
func (a *app) lint(args []string) (found diag.List, checked int, err error) {
	files, err := lintFiles(args)
	if err != nil {
		return nil, 0, err
	}
	cfg, err := a.loadConfig(".")
	if err != nil {
		found.Add(placed(diag.All(err, diag.KeyValue), configPath(a.config))...)
		cfg = &config.Config{Macros: modifier.NewMacros()}
	}
	for _, f := range files {
		if same(f, a.config) {
			continue
		}
		found.Add(placed(diag.All(lintFile(f, cfg), diag.KeyValue), f)...)
	}
	return found, len(files), nil
}

func same(a, b string) bool { return filepath.Clean(a) == filepath.Clean(configPath(b)) }

func configPath(named string) string {
	if named == "" {
		return config.DefaultFile
	}
	return named
}

// placed makes sure that every finding has a place that an editor can go to, and
// puts them in its order: a finding about a file as a whole stands at its
// beginning.
func placed(found diag.List, path string) diag.List {
	for _, d := range found {
		if d.File == "" {
			d.File = path
		}
		d.Line, d.Column = max(d.Line, 1), max(d.Column, 1)
	}
	slices.SortStableFunc(found, func(a, b *diag.Diag) int {
		return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Column-b.Column)
	})
	return found
}

// mended gives every finding its hint, also where it is that of its code.
func mended(found diag.List) diag.List {
	out := diag.List{}
	for _, d := range found {
		whole := *d
		whole.Hint = d.Mend()
		out = append(out, &whole)
	}
	return out
}

// lintFiles lists the files that the arguments stand for.
func lintFiles(args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		err := filepath.WalkDir(arg, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && path != arg && strings.HasPrefix(entry.Name(), "."):
				return filepath.SkipDir
			case entry.IsDir():
			case path == arg || filepath.Ext(path) == ".toml":
				files = append(files, path)
			}
			return nil
		})
		if errors.Is(err, fs.ErrNotExist) {
			return nil, diag.New(diag.FileMissing, "nothing at %s", arg)
		}
		if err != nil {
			return nil, diag.New(diag.FileRead, "read %s: %w", arg, err)
		}
	}
	return files, nil
}

// lintFile checks one file as what it looks like: a job has an exportJob, a
// pipeline has stages, anything else is a configuration.
func lintFile(path string, cfg *config.Config) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return diag.New(diag.FileRead, "read %s: %w", path, err)
	}
	if filepath.Ext(path) == ".json" {
		return lintJob(path, cfg)
	}
	limit := len(text) + 1
	if !bytes.Contains(text, []byte("exportJob")) {
		limit = pipeline.MaxBytes // only a job may be larger: the others are refused before they are parsed
	}
	doc, err := strict.Read(path, text, limit)
	if err != nil {
		return err
	}
	switch {
	case jobDocument(doc):
		return lintJob(path, cfg)
	case doc.Value("stage") != nil || doc.Value("version") != nil:
		registry, err := stages.Registry()
		if err != nil {
			return err
		}
		spec, err := pipeline.Parse(path, text, registry)
		if err != nil {
			return err
		}
		return compile.Check(spec, registry, cfg.Macros, cfg.Plugins)
	}
	own, err := config.Load(path, filepath.Dir(path))
	if err != nil {
		return err
	}
	return own.Close()
}

func lintJob(path string, cfg *config.Config) error {
	j, err := job.Read(path)
	if err != nil || j.Format != job.FormatConvert {
		return err
	}
	return compile.CheckJob(j, cfg.Macros, cfg.Plugins)
}

// lintResult is the document of --json (DESIGN 9).
type lintResult struct {
	OK    bool      `json:"ok"`
	Diags diag.List `json:"diags"`
}

func (a *app) printLint(found diag.List, checked int, asJSON bool) error {
	ok := found.Err() == nil
	if asJSON {
		if err := printJSON(a.stdout, lintResult{OK: ok, Diags: mended(found)}); err != nil {
			return err
		}
	} else {
		for _, d := range found {
			diag.Render(a.stdout, d)
		}
		fmt.Fprintf(a.stderr, "%d files checked, %d findings\n", checked, len(found))
	}
	if !ok {
		return exit(2)
	}
	return nil
}

// printJSON writes one document, as people and programs read it.
func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
