package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/stages"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of exportd, Go and libvips",
		Args:  exactly(),
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintf(a.stdout, "exportd %s\ngo      %s %s/%s\nlibvips %s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH, stages.LibvipsVersion())
			return nil
		},
	}
}
