package main

import (
	"github.com/spf13/cobra"

	"github.com/exportd/exportd/pipelines"
)

func (a *app) compileCommand() *cobra.Command {
	var pipelineName string
	cmd := &cobra.Command{
		Use:   "compile JOB [-p PIPELINE]",
		Short: "Print the plan of a job as TOML",
		Args:  exactly("JOB"),
		RunE: func(_ *cobra.Command, args []string) error {
			l, err := a.load(args[0], pipelineName)
			if err != nil {
				return err
			}
			a.report(l.notes)
			_, err = a.stdout.Write(l.plan.TOML())
			return err
		},
	}
	addPipelineFlag(cmd, &pipelineName)
	return cmd
}

func addPipelineFlag(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVarP(name, "pipeline", "p", pipelines.Default, "pipeline: a file, a compiled plan, or a shipped one")
}
