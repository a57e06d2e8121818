package scaffold

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/plugins/pluginpb"
	"github.com/exportd/exportd/plugins/python"
)

//go:embed templates
var templates embed.FS

// Config says what to write.
type Config struct {
	Language string // go or python
	Kind     string // encoder or macro
	Name     string // of the plugin
	Folder   string // where to; must not exist
	// Checkout is a folder with exportd's own source, for Go; "" is searched for
	// from the program and from the current folder upward.
	Checkout string
}

// Validate says what is wrong.
func (c Config) Validate() error {
	switch {
	case c.Language != "go" && c.Language != "python":
		return diag.New(diag.Usage, "there is no scaffold in %q", c.Language).WithHint("use --lang go or --lang python")
	case c.Kind != "encoder" && c.Kind != "macro":
		return diag.New(diag.Usage, "a plugin is an encoder or a macro, not %q", c.Kind).WithHint("exportd plugin new --lang go encoder NAME")
	case !pluginpb.ValidName(c.Name):
		return diag.New(diag.Usage, "%q cannot name a plugin", c.Name).
			WithHint("use lower-case letters, digits and inner dashes, a letter first, at most %d", pluginpb.MaxName)
	}
	return nil
}

// Write writes the folder and gives the names of its files. A folder that is there
// is left alone: E-FILE-EXISTS.
func Write(c Config) ([]string, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(c.Folder); !errors.Is(err, fs.ErrNotExist) {
		return nil, diag.New(diag.Usage, "%s is there already", c.Folder).WithHint("choose another name, or remove it")
	}
	files, err := c.files()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range files {
		to := filepath.Join(c.Folder, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return nil, diag.New(diag.TargetDenied, "%w", err)
		}
		if err := os.WriteFile(to, f.text, 0o644); err != nil {
			return nil, diag.New(diag.TargetDenied, "%w", err)
		}
		names = append(names, f.name)
	}
	return names, nil
}

// file is one file to be written.
type file struct {
	name string // below the folder
	text []byte
}

// files fills the templates in, and adds what a language needs beside them.
func (c Config) files() ([]file, error) {
	vars := map[string]string{"Name": c.Name, "Version": "0.1.0"}
	var all []file
	if c.Language == "go" {
		m, err := c.module()
		if err != nil {
			return nil, err
		}
		all = append(all, m...)
	}
	for _, dir := range []string{"templates/" + c.Language, "templates/" + c.Language + "-" + c.Kind} {
		entries, err := templates.ReadDir(dir)
		if err != nil {
			return nil, fmt.Errorf("the scaffold's own files: %w", err)
		}
		for _, e := range entries {
			text, err := templates.ReadFile(path.Join(dir, e.Name()))
			if err != nil {
				return nil, fmt.Errorf("the scaffold's own files: %w", err)
			}
			t, err := template.New(e.Name()).Delims("[[", "]]").Parse(string(text))
			if err != nil {
				return nil, fmt.Errorf("the scaffold's own files: %w", err)
			}
			var out bytes.Buffer
			if err := t.Execute(&out, vars); err != nil {
				return nil, fmt.Errorf("the scaffold's own files: %w", err)
			}
			all = append(all, file{strings.TrimSuffix(e.Name(), ".tmpl"), out.Bytes()})
		}
	}
	if c.Language == "python" {
		kit, err := read(python.Kit())
		if err != nil {
			return nil, err
		}
		all = append(all, kit...)
	}
	return all, nil
}

// read takes every file of a tree.
func read(tree fs.FS) ([]file, error) {
	var all []file
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(tree, name)
		all = append(all, file{name, text})
		return err
	})
	return all, err
}
