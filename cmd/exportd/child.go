package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/cmd/exportd/internal/config"
	"github.com/exportd/exportd/cmd/exportd/internal/runner"
	"github.com/exportd/exportd/cmd/exportd/internal/shelf"
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/stages"
)

// childName is the hidden command that a supervisor starts.
const childName = "pixel-child"

// childCommand is the process in which libvips runs. People do not call it.
func (a *app) childCommand() *cobra.Command {
	return &cobra.Command{
		Use:    childName,
		Hidden: true,
		Args:   exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			registry, err := stages.Registry()
			if err != nil {
				return err
			}
			dry, err := stages.DryRegistry()
			if err != nil {
				return err
			}
			events := os.NewFile(runner.EventFD, "events")
			if events == nil {
				return fmt.Errorf("%s is started by exportd itself", childName)
			}
			return runner.Child(cmd.Context(), runner.ChildConfig{
				Registry: registry, Dry: dry, Start: stages.StartLibvips, Open: openAssets, Plugins: openPlugins,
			}, os.Stdin, events)
		},
	}
}

// openAssets makes the function with which a child opens assets.
func openAssets(setup []byte) (func(context.Context, *asset.Asset) (asset.Source, error), error) {
	originals, err := config.OpenSetup(setup)
	if err != nil {
		return nil, err
	}
	return originals.Open, nil
}

// openPlugins makes the encoders of plugins ready in a child.
func openPlugins(ctx context.Context, plugins []byte, log *slog.Logger) (runner.Plugins, error) {
	return shelf.NewEncoders(ctx, plugins, log)
}

// childProcess is the command line of the child: this program again.
func childProcess() ([]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	return []string{self, childName}, nil
}
