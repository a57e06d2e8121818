// Package config reads exportd.toml (DESIGN 9): where handles resolve, who
// calls, what a picture may cost, and the macros. Relative paths in it are
// relative to the file.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/exportd/exportd/cmd/exportd/internal/shelf"
	"github.com/exportd/exportd/cmd/exportd/internal/signing"
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/secret"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/engine/strict"
	"github.com/exportd/exportd/stages/deliver/target"
	"github.com/exportd/exportd/stages/resolve"
)

// DefaultFile is read when no configuration is named and it exists.
const DefaultFile = "exportd.toml"

// maxBytes bounds the file.
const maxBytes = 1 << 20

// Config is the whole configuration, every default filled in.
type Config struct {
	File       string // "" when there is none
	Catalog    Catalog
	Caller     resolve.Caller
	Attributes modifier.Attributes
	Macros     *modifier.Macros
	Limits     stage.Limits
	Loaders    []asset.Format
	Durable    bool
	Manifest   signing.Config
	// Targets are the settings of [targets], which deliver stages understand.
	Targets  secret.Value
	Profiles []string // folders with ICC profiles, absolute
	Plugins  *shelf.Shelf
	Daemon   Daemon
	Queue    Queue

	Credentials Credentials
}

// file is the text of exportd.toml.
type file struct {
	Catalog     catalogText           `toml:"catalog"`
	Credentials map[string]credential `toml:"credentials"`
	Caller      caller                `toml:"caller"`
	Attributes  map[string]any        `toml:"attributes"`
	Macros      map[string]string     `toml:"macros"`
	MacroFiles  struct {
		Paths []string `toml:"paths"`
	} `toml:"macro-files"`
	Limits  stage.Limits `toml:"limits"`
	Loaders struct {
		Allow []string `toml:"allow"`
	} `toml:"loaders"`
	Colour struct {
		Profiles []string `toml:"profiles"`
	} `toml:"colour"`
	Deliver struct {
		Durable bool `toml:"durable"`
	} `toml:"deliver"`
	Targets  map[string]target.Settings `toml:"targets"`
	Manifest signing.Config             `toml:"manifest"`
	Plugins  plugins                    `toml:"plugins"`
	Daemon   Daemon                     `toml:"daemon"`
	Queue    Queue                      `toml:"queue"`
	Mail     struct {
		SMTP string `toml:"smtp"`
		From string `toml:"from"`
	} `toml:"mail"`
}

type caller struct {
	Company string   `toml:"company"`
	User    string   `toml:"user"`
	Roles   []string `toml:"roles"`
}

// Load reads the configuration at path. An empty path means [DefaultFile] where
// there is one, and else the defaults with handles below fallbackRoot. dev are
// plugins that run unlocked, NAME=PATH. The caller closes what it gets. No error
// shows a secret.
func Load(path, fallbackRoot string, dev ...string) (*Config, error) {
	c, err := read(path, fallbackRoot, dev)
	return c, masked(err)
}

func read(path, fallbackRoot string, dev []string) (*Config, error) {
	named := path != ""
	if !named {
		path = DefaultFile
	}
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !named:
		return defaults(fallbackRoot, dev...)
	case errors.Is(err, fs.ErrNotExist):
		return nil, diag.New(diag.FileMissing, "no configuration at %s", path).WithHint("name an existing file with -c")
	case err != nil:
		return nil, diag.New(diag.FileRead, "read the configuration: %w", err)
	}
	doc, err := strict.Read(path, data, maxBytes)
	if err != nil {
		return nil, err
	}
	if err := dotted(doc); err != nil {
		return nil, err
	}
	f := file{Limits: stage.DefaultLimits()}
	f.Deliver.Durable = true
	f.Daemon, f.Queue = defaultDaemon(), defaultQueue()
	if err := doc.Decode(&f); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("find the configuration's folder: %w", err)
	}
	r := reader{doc: doc, file: f, dir: dir, dev: dev}
	return r.config(path)
}

// defaults is the configuration of a run without a file.
func defaults(root string, dev ...string) (*Config, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("find the catalog's root: %w", err)
	}
	c := &Config{
		Catalog:    FolderCatalog(abs),
		Attributes: modifier.DefaultAttributes(),
		Macros:     modifier.NewMacros(),
		Limits:     stage.DefaultLimits(),
		Durable:    true,
		Profiles:   []string{abs},
		Daemon:     defaultDaemon(),
		Queue:      defaultQueue(),
	}
	cwd, err := filepath.Abs(".")
	if err != nil {
		return nil, fmt.Errorf("find the current folder: %w", err)
	}
	c.Daemon.below(cwd)
	return c, nil
}
