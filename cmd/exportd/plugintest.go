package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/plugins/plugintest"
)

func (a *app) pluginTestCommand() *cobra.Command {
	var asJSON bool
	var cfg plugintest.Config
	cmd := &cobra.Command{
		Use:   "test BINARY|FOLDER [CASE]...",
		Short: "Run the conformance kit against a plugin; exit 1 when a case fails",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := exactly("BINARY|FOLDER")(cmd, args[:min(1, len(args))]); err != nil {
				return err
			}
			cfg.Path = args[0]
			report, err := plugintest.Check(cmd.Context(), cfg, args[1:]...)
			if err != nil {
				return err
			}
			if asJSON {
				out := json.NewEncoder(a.stdout)
				out.SetIndent("", "  ")
				if err := out.Encode(report); err != nil {
					return err
				}
			} else {
				printConformance(a.stdout, report)
			}
			if report.Count(plugintest.Failed) > 0 {
				return exit(1)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	cmd.Flags().StringVar(&cfg.Configuration, "configuration", "", "JSON that the plugin is configured with")
	cmd.Flags().IntVar(&cfg.Calls, "calls", 1000, "calls that have to pass without growth")
	return cmd
}

// printConformance prints a report for people, a line a case.
func printConformance(w io.Writer, r *plugintest.Report) {
	words := map[plugintest.State]string{plugintest.Passed: "ok     ", plugintest.Failed: "FAILED ", plugintest.Without: "without"}
	for _, one := range r.Results {
		fmt.Fprintf(w, "%s  %-16s %s\n", words[one.State], one.Case, one.Promise)
		if one.Message != "" {
			fmt.Fprintf(w, "           %s\n", one.Message)
		}
		if one.Mend != "" {
			fmt.Fprintf(w, "           mend: %s\n", one.Mend)
		}
		for line := range strings.Lines(one.Log) {
			fmt.Fprintf(w, "           | %s\n", strings.TrimRight(line, "\n"))
		}
	}
	fmt.Fprintf(w, "\n%s %s: %d passed, %d failed, %d do not concern it (kit %s)\n",
		r.Plugin, r.Version, r.Count(plugintest.Passed), r.Count(plugintest.Failed), r.Count(plugintest.Without), r.Kit)
}
