package main

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

func (a *app) macroCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "macro", Short: "Show the command macros of the configuration and of plugins", Args: cobra.ArbitraryArgs}
	cmd.RunE = subcommands(cmd)
	cmd.AddCommand(a.macroListCommand(), a.macroShowCommand())
	return cmd
}

// listedMacro is a macro in the document of macro ls --json.
type listedMacro struct {
	Name string `json:"name"` // or the pattern of a plugin
	From string `json:"from"` // configuration, or plugin NAME
	// Definition is that of a macro of the configuration.
	Definition  string `json:"definition,omitempty"`
	PerAsset    bool   `json:"perAsset,omitempty"`
	Description string `json:"description,omitempty"`
}

func (a *app) macroListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "ls",
		Short: "List all macros; those of the configuration win over those of plugins",
		Args:  exactly(),
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.loadConfig(".")
			if err != nil {
				return err
			}
			all := []listedMacro{}
			for _, name := range cfg.Macros.Names() {
				definition, _ := cfg.Macros.Lookup(name)
				all = append(all, listedMacro{Name: name, From: "configuration", Definition: definition})
			}
			for _, e := range cfg.Plugins.Entries() {
				for _, m := range e.Card.GetMacros() {
					all = append(all, listedMacro{Name: m.GetName(), From: "plugin " + e.Name, PerAsset: m.GetPerAsset(), Description: m.GetDescription()})
				}
			}
			if asJSON {
				return printJSON(a.stdout, map[string]any{"macros": all})
			}
			t := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
			fmt.Fprintln(t, "MACRO\tFROM\tWHAT")
			for _, m := range all {
				fmt.Fprintf(t, "$%s$\t%s\t%s\n", m.Name, m.From, cmp.Or(m.Definition, m.Description, "-"))
			}
			return t.Flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON document on stdout")
	return cmd
}

func (a *app) macroShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show NAME",
		Short: "Show what a macro stands for: every command, and who gave it",
		Args:  exactly("NAME"),
		RunE: func(_ *cobra.Command, args []string) error {
			cfg, err := a.loadConfig(".")
			if err != nil {
				return err
			}
			name := strings.Trim(args[0], "$")
			program, err := modifier.Bind("", name, cfg.Macros)
			if err != nil {
				return err
			}
			by, perAsset := cfg.Plugins.Handles(name)
			if definition, ok := cfg.Macros.Lookup(name); ok {
				fmt.Fprintf(a.stdout, "$%s$ of the configuration: %s\n", name, definition)
				if by != "" {
					a.report(diag.List{diag.New(diag.CommandIgnored, "plugin %s has a macro of that name too; the configuration wins", by)})
				}
			} else if perAsset {
				_, err := fmt.Fprintf(a.stdout, "$%s$ of plugin %s: it depends on the asset; see exportd explain JOB HANDLE\n", name, by)
				return err
			}
			t := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
			for _, c := range program {
				fmt.Fprintf(t, "%s\t%s\n", c.Text, c.Origin)
			}
			return t.Flush()
		},
	}
}
