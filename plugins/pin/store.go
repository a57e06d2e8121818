package pin

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// Store is the folder with the copies that run: state/plugins.
type Store struct{ Dir string }

// Copy is a plugin as it is run. It crosses process edges as JSON.
type Copy struct {
	Name string `json:"name"`
	Sum  string `json:"sum"` // "" for one that is run where it lies (--dev-plugin)
	// Path is the executable, or the folder of a manifest.
	Path     string    `json:"path"`
	Manifest *Manifest `json:"manifest,omitempty"`
}

// Take copies a plugin into the store, unless it is there, and makes sure that the
// copy has the sum. When the plugin does not, the error is [diag.PluginChanged].
func (s Store) Take(f Found, sum string) (Copy, error) {
	c := s.at(f, sum)
	if err := c.Verify(); err == nil {
		return c.withManifest()
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return c, s.denied(f, err)
	}
	tmp, err := os.MkdirTemp(s.Dir, ".take-*")
	if err != nil {
		return c, s.denied(f, err)
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	got, err := sumOf(f.Path, func(name string, mode fs.FileMode) (io.WriteCloser, error) {
		if name == "." {
			name = pluginpb.ExecutablePrefix + f.Name
		}
		at := filepath.Join(tmp, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o700); err != nil {
			return nil, err
		}
		return os.OpenFile(at, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o400|mode.Perm()&0o100)
	})
	if err != nil {
		return c, s.denied(f, err)
	}
	if got != sum {
		return c, Changed(f, sum, got)
	}
	into := filepath.Join(s.Dir, strings.TrimPrefix(sum, sumPrefix))
	// What is there was not what its name says, or another process was faster.
	if err := errors.Join(os.RemoveAll(into), os.Rename(tmp, into)); err != nil && c.Verify() != nil {
		return c, s.denied(f, err)
	}
	return c.withManifest()
}

// withManifest reads the manifest of the copy, which alone is what was locked.
func (c Copy) withManifest() (Copy, error) {
	if c.Manifest == nil {
		return c, nil
	}
	m, err := readManifest(c.Path, c.Name)
	c.Manifest = m
	return c, err
}

// at says where the copy of a plugin lies.
func (s Store) at(f Found, sum string) Copy {
	dir := filepath.Join(s.Dir, strings.TrimPrefix(sum, sumPrefix))
	if f.Manifest == nil {
		dir = filepath.Join(dir, pluginpb.ExecutablePrefix+f.Name)
	}
	return Copy{Name: f.Name, Sum: sum, Path: dir, Manifest: f.Manifest}
}

func (s Store) denied(f Found, err error) error {
	var d *diag.Diag
	if errors.As(err, &d) {
		return d
	}
	return diag.New(diag.PluginRefused, "plugin %s cannot be copied into %s: %w", f.Name, s.Dir, err).WithHint("make the folder writable, or name another with daemon.state")
}

// Changed says that a plugin is not what was locked.
func Changed(f Found, locked, found string) *diag.Diag {
	return diag.New(diag.PluginChanged, "plugin %s: %s is not what was locked: locked %s, found %s", f.Name, f.Path, short(locked), short(found)).
		WithHint("if you changed it yourself, lock it again: exportd plugin lock %s; else put the old one back", f.Name)
}

// short is enough of a sum for people.
func short(sum string) string {
	return sum[:min(len(sum), len(sumPrefix)+12)]
}

// Verify makes sure that the copy is what its sum says. It is called before every
// start.
func (c Copy) Verify() error {
	if c.Sum == "" {
		return nil
	}
	path := c.Path
	got, err := sumOf(path, nil)
	if err != nil {
		return err
	}
	if got != c.Sum {
		return diag.New(diag.PluginChanged, "plugin %s: its copy %s is not what was locked: locked %s, found %s", c.Name, c.Path, short(c.Sum), short(got)).
			WithHint("somebody changed exportd's own copy: remove it and find out who")
	}
	return nil
}

// Line is the command line that starts the copy.
func (c Copy) Line() (path string, args []string, err error) {
	if c.Manifest == nil {
		return c.Path, nil, nil
	}
	return c.Manifest.line(c.Path)
}

// As gives a plugin that is run where it lies, unlocked and under this name.
func (f Found) As(name string) Copy { return Copy{Name: name, Path: f.Path, Manifest: f.Manifest} }
