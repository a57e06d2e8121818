package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/cmd/exportd/internal/config"
	"github.com/exportd/exportd/engine/diag"
)

// finding is one line of the doctor's: a fact, and the mend when it is bad.
type finding struct {
	ok        bool
	what, say string
	mend      string
}

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check this machine: libvips, its loaders, the configuration, the folders",
		Args:  exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			bad := false
			for _, f := range a.examine(cmd.Context()) {
				mark := "ok  "
				if !f.ok {
					mark, bad = "BAD ", true
				}
				fmt.Fprintf(a.stdout, "%s %-15s %s\n", mark, f.what, f.say)
				if !f.ok && f.mend != "" {
					fmt.Fprintf(a.stdout, "     %-15s mend: %s\n", "", f.mend)
				}
			}
			if bad {
				return exit(3)
			}
			return nil
		},
	}
}

// examine looks at everything a run depends on.
func (a *app) examine(ctx context.Context) []finding {
	all := []finding{
		{ok: true, what: "exportd", say: version + ", " + runtime.Version()},
		examineThreads(runtime.NumCPU()),
	}
	cfg, err := a.loadConfig(".")
	all = append(all, judge("configuration", configName(cfg), err))
	if cfg != nil && err == nil {
		all = append(all, examineCatalog(ctx, cfg))
		all = append(all, examineLibvips(cfg.Loaders)...)
	} else {
		all = append(all, examineLibvips(nil)...)
	}
	return append(all, examineFolder("."))
}

func configName(cfg *config.Config) string {
	if cfg == nil || cfg.File == "" {
		return "none, the defaults hold"
	}
	return cfg.File
}

// judge makes a finding of an error, or of none.
func judge(what, say string, err error) finding {
	if err == nil {
		return finding{ok: true, what: what, say: say}
	}
	d := diag.From(err, diag.InternalError)
	return finding{what: what, say: strings.SplitN(d.Error(), "\n", 2)[0], mend: d.Mend()}
}

// examineCatalog opens the catalog and asks it whether it can be used.
func examineCatalog(ctx context.Context, cfg *config.Config) finding {
	catalog, err := cfg.Catalog.Open()
	if err == nil {
		err = errors.Join(catalog.Check(ctx), catalog.Close())
	}
	return judge("catalog", cfg.Catalog.String(), err)
}

// examineFolder tries to write where a run would.
func examineFolder(dir string) finding {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return judge("this folder", "", err)
	}
	probe, err := os.MkdirTemp(abs, ".exp-doctor-")
	if err == nil {
		err = os.Remove(probe)
	}
	if err != nil {
		err = diag.New(diag.TargetDenied, "%w", err).WithHint("run in a folder that can be written, or name one with -o")
	}
	return judge("this folder", abs+" can be written", err)
}
