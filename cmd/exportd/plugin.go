package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/exportd/exportd/cmd/exportd/internal/config"
	"github.com/exportd/exportd/engine/diag"
)

// loadConfig reads the configuration, and remembers to close it.
func (a *app) loadConfig(fallbackRoot string) (*config.Config, error) {
	cfg, err := config.Load(a.config, fallbackRoot, a.devPlugins...)
	if err != nil {
		return nil, err
	}
	a.opened = append(a.opened, cfg)
	cfg.Plugins.LogTo(a.logger())
	for _, dev := range a.devPlugins {
		a.report(diag.List{diag.New(diag.PluginDev, "plugin %s runs unlocked, as --dev-plugin asks", dev)})
	}
	return cfg, nil
}

// closeConfigs ends what the configurations have started.
func (a *app) closeConfigs() error {
	var errs []error
	for _, cfg := range a.opened {
		errs = append(errs, cfg.Close())
	}
	a.opened = nil
	return errors.Join(errs...)
}

func (a *app) pluginCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plugin",
		Short: "Look after plugins: encoders and macros that are programs of their own",
		Args:  cobra.ArbitraryArgs,
	}
	cmd.RunE = subcommands(cmd)
	cmd.AddCommand(
		a.pluginListCommand(), a.pluginShowCommand(), a.pluginAddCommand(),
		a.pluginLockCommand(), a.pluginVerifyCommand(), a.pluginCallCommand(),
		a.pluginNewCommand(), a.pluginTestCommand(),
	)
	return cmd
}

// subcommands makes a command that is nothing without one of its own.
func subcommands(cmd *cobra.Command) func(*cobra.Command, []string) error {
	return func(_ *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		var names []string
		for _, c := range cmd.Commands() {
			names = append(names, c.Name())
		}
		return diag.New(diag.Usage, "%s has no command %q", cmd.CommandPath(), args[0]).
			WithHint("%s", diag.DidYouMean(args[0], names, "see "+cmd.CommandPath()+" --help"))
	}
}

func (a *app) pluginAddCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "add FILE|FOLDER",
		Short: "Copy a plugin into the plugin folder and lock it",
		Args:  exactly("FILE|FOLDER"),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := a.loadConfig(".")
			if err != nil {
				return err
			}
			name, err := cfg.Plugins.Add(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if cfg, err = a.loadConfig("."); err != nil { // it is there now
				return err
			}
			return a.lockPlugins(cmd.Context(), cfg, name)
		},
	}
}

func (a *app) pluginLockCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "lock [NAME]...",
		Short: "Pin the plugins of the configured folders by their sums, all of them or those named",
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := a.loadConfig(".")
			if err != nil {
				return err
			}
			return a.lockPlugins(cmd.Context(), cfg, args...)
		},
	}
}

// lockPlugins pins plugins and says what it pinned.
func (a *app) lockPlugins(ctx context.Context, cfg *config.Config, names ...string) error {
	if cfg.File == "" {
		return noPluginFolder()
	}
	pinned, err := cfg.Plugins.Lock(ctx, names...)
	if err != nil {
		return err
	}
	return printPinned(a.stdout, pinned)
}

func noPluginFolder() error {
	return diag.New(diag.Usage, "there is no configuration, so there is no plugin folder").
		WithHint(`write [plugins] dirs = ["plugins"] into %s`, filepath.Base(config.DefaultFile))
}

func (a *app) pluginVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "Compare the plugins with the lock file; exit 3 when anything differs",
		Args:  exactly(),
		RunE: func(*cobra.Command, []string) error {
			cfg, err := a.loadConfig(".")
			if err != nil {
				return err
			}
			found := cfg.Plugins.Verify()
			for _, d := range found {
				diag.Render(a.stderr, d)
			}
			if len(found) > 0 {
				return exit(3)
			}
			return a.printVerified(cfg.Plugins.Entries())
		},
	}
}
