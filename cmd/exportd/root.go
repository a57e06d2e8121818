package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/cmd/exportd/internal/config"
	"github.com/exportd/exportd/engine/diag"
)

// app is what every command shares: the two streams and the path of the
// configuration. stdout carries a command's result and nothing else.
type app struct {
	stdout, stderr io.Writer
	config         string
	// devPlugins are plugins that run unlocked, NAME=PATH.
	devPlugins []string
	opened     []*config.Config // to be closed
	// failpoint is set in tests only; see [export.Options].
	failpoint func(step string)
}

// exit is an error that has been reported already and only ends the program.
type exit int

// Error names the exit code.
func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// execute runs one command line and gives the exit code of DESIGN 9. It is the
// only place where an error becomes text.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return (&app{stdout: stdout, stderr: stderr}).execute(ctx, args)
}

func (a *app) execute(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(singleDash(args))
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	err := root.ExecuteContext(ctx)
	err = errors.Join(err, a.closeConfigs())
	var done exit
	switch {
	case err == nil:
		return 0
	case errors.As(err, &done):
		return int(done)
	}
	found := diag.All(err, diag.InternalError)
	for _, d := range found {
		diag.Render(a.stderr, d)
	}
	return worst(found)
}

// worst gives the exit code of the first error in the list.
func worst(found diag.List) int {
	for _, d := range found {
		if d.Severity() == diag.Error {
			return d.Code.Exit()
		}
	}
	return 1
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "exportd",
		Short:         "Export many assets of a store, as they came or converted",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			var names []string
			for _, c := range cmd.Commands() {
				names = append(names, c.Name())
			}
			return diag.New(diag.Usage, "exportd has no command %q", args[0]).
				WithHint("%s", diag.DidYouMean(args[0], names, "see exportd --help"))
		},
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.PersistentFlags().StringVarP(&a.config, "config", "c", "", "configuration file (default ./exportd.toml where there is one)")
	root.PersistentFlags().StringArrayVar(&a.devPlugins, "dev-plugin", nil, "run a plugin where it lies, unlocked: NAME=PATH")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return diag.New(diag.Usage, "%w", err).WithHint("see %s --help", cmd.CommandPath())
	})
	root.AddCommand(
		a.runCommand(), a.renderCommand(), a.compileCommand(), a.planCommand(), a.explainCommand(), a.treeCommand(), a.graphCommand(),
		a.lintCommand(), a.testCommand(), a.schemaCommand(), a.doctorCommand(), a.versionCommand(), a.verifyCommand(), a.childCommand(),
		a.pluginCommand(), a.macroCommand(),
		a.serveCommand(), a.workerCommand(), a.jobsCommand(),
	)
	return root
}

// exactly wants n arguments and names them in its error.
func exactly(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == len(names) {
			return nil
		}
		return diag.New(diag.Usage, "%s takes %d arguments, found %d", cmd.CommandPath(), len(names), len(args)).
			WithHint("usage: exportd %s", cmd.Use)
	}
}
