package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/plugins/pluginpb"
	"github.com/exportd/exportd/plugins/scaffold"
)

func (a *app) pluginNewCommand() *cobra.Command {
	var c scaffold.Config
	cmd := &cobra.Command{
		Use:   "new --lang go|python encoder|macro NAME",
		Short: "Write the beginning of a plugin, which builds and passes the tests at once",
		Args:  exactly("encoder|macro", "NAME"),
		RunE: func(_ *cobra.Command, args []string) error {
			c.Kind, c.Name = args[0], args[1]
			c.Folder = pluginpb.ExecutablePrefix + c.Name
			names, err := scaffold.Write(c)
			if err != nil {
				return err
			}
			for _, name := range names {
				fmt.Fprintln(a.stdout, filepath.Join(c.Folder, filepath.FromSlash(name)))
			}
			next := "exportd plugin test " + c.Folder
			if c.Language == "go" {
				next = fmt.Sprintf("cd %s && go build && exportd plugin test ./%s", c.Folder, c.Folder)
			}
			fmt.Fprintf(a.stderr, "next: %s\nthen: exportd plugin add, which copies it into the plugin folder and locks it\n", next)
			return nil
		},
	}
	cmd.Flags().StringVar(&c.Language, "lang", "go", "go or python")
	cmd.Flags().StringVar(&c.Checkout, "exportd", "", "folder with exportd's source, for Go; found by itself where it is near")
	return cmd
}
