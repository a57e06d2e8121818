package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/cmd/exportd/internal/config"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/job"
	"github.com/exportd/exportd/engine/pipeline"
	"github.com/exportd/exportd/stages"
)

// schemaNames are the files that have a schema.
var schemaNames = []string{"pipeline", "job", "config"}

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:       "schema " + strings.Join(schemaNames, "|"),
		Short:     "Print the JSON Schema of a pipeline, a job or the configuration, for editors",
		Args:      exactly("pipeline|job|config"),
		ValidArgs: schemaNames,
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := schemaOf(args[0])
			if err != nil {
				return err
			}
			return printJSON(a.stdout, s)
		},
	}
}

func schemaOf(name string) (map[string]any, error) {
	switch name {
	case "pipeline":
		registry, err := stages.Registry()
		if err != nil {
			return nil, err
		}
		return pipeline.Schema(registry), nil
	case "job":
		return job.Schema()
	case "config":
		return config.Schema()
	}
	return nil, diag.New(diag.Usage, "there is no schema of %q", name).
		WithHint("%s", diag.DidYouMean(name, schemaNames, "there are "+strings.Join(schemaNames, ", ")))
}
