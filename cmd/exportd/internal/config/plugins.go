package config

import (
	"context"
	"encoding/json"
	"path/filepath"

	"github.com/exportd/exportd/cmd/exportd/internal/shelf"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/plugins/host"
	"github.com/exportd/exportd/plugins/pin"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// plugins is [plugins] as it is written.
type plugins struct {
	Dirs    []string                  `toml:"dirs"`
	Options map[string]host.Options   `toml:"options"`
	Config  map[string]map[string]any `toml:"config"`
}

// defaultState is the folder of daemon.state, relative to the configuration.
const defaultState = "state"

// plugins reads [plugins], and opens the shelf.
func (r *reader) plugins(c *Config) error {
	s := shelf.Settings{Options: r.file.Plugins.Options, Config: map[string]string{}, Lock: filepath.Join(r.dir, pin.LockFile), Dev: r.dev}
	absolute := func(path string) string {
		if filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(r.dir, path)
	}
	for _, dir := range r.file.Plugins.Dirs {
		s.Dirs = append(s.Dirs, absolute(dir))
	}
	state := r.file.Daemon.State
	if state == "" {
		state = defaultState
	}
	s.Store = filepath.Join(absolute(state), "plugins")
	var found diag.List
	for name, o := range s.Options {
		found.Add(r.pluginName("options", name)...)
		if o.Processes < 0 || o.Memory < 0 || o.Calls < 0 || o.Time < 0 || o.Output < 0 {
			found.Add(diag.New(diag.KeyValue, "plugins.options.%s has a number below 0", name).At(r.doc.Place("plugins", "options", name)))
		}
	}
	for name, values := range r.file.Plugins.Config {
		found.Add(r.pluginName("config", name)...)
		text, err := json.Marshal(values)
		if err != nil {
			found.Add(diag.New(diag.KeyValue, "plugins.config.%s: %w", name, err).At(r.doc.Place("plugins", "config", name)))
		}
		s.Config[name] = string(text)
	}
	if err := found.Err(); err != nil {
		return err
	}
	return c.open(s)
}

func (r *reader) pluginName(table, name string) diag.List {
	if pluginpb.ValidName(name) {
		return nil
	}
	return diag.List{diag.New(diag.KeyValue, "%q cannot name a plugin", name).At(r.doc.Place("plugins", table, name))}
}

// open opens the shelf.
func (c *Config) open(s shelf.Settings) (err error) {
	if c.Plugins, err = shelf.Open(context.Background(), s); err == nil {
		c.Macros.HandleBy(c.Plugins)
	}
	return err
}

// Close ends what the configuration has started: plugins.
func (c *Config) Close() error { return c.Plugins.Close() }
