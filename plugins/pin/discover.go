package pin

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// Found is a plugin in a folder.
type Found struct {
	Name string
	// Path is the executable, or the folder with a plugin.toml.
	Path string
	// Manifest is that of a folder; nil for an executable.
	Manifest *Manifest
}

// Discover lists what the folders hold, by name: executables that are called
// exportd-plugin-NAME, and folders with a plugin.toml. Everything else there is
// none of its business. The list of diagnostics holds what looks like a plugin
// and cannot be one; what is found is found all the same.
func Discover(dirs []string) ([]Found, diag.List) {
	var all []Found
	var wrong diag.List
	for _, dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			wrong.Add(diag.New(diag.FileMissing, "the plugin folder cannot be read: %w", err).WithHint("correct plugins.dirs, or make the folder"))
			continue
		}
		for _, e := range entries {
			f, err := look(filepath.Join(dir, e.Name()))
			switch {
			case err != nil:
				wrong.Add(diag.From(err, diag.PluginRefused))
			case f == nil:
			default:
				if i := slices.IndexFunc(all, func(o Found) bool { return o.Name == f.Name }); i >= 0 {
					wrong.Add(diag.New(diag.PluginRefused, "two plugins are named %s: %s and %s", f.Name, all[i].Path, f.Path).WithHint("remove one of them"))
					continue
				}
				all = append(all, *f)
			}
		}
	}
	slices.SortFunc(all, func(a, b Found) int { return strings.Compare(a.Name, b.Name) })
	return all, wrong
}

// At looks at one executable or folder that somebody named, whatever it is called.
// The name is that of the manifest, or of the file without exportd-plugin-.
func At(path string) (*Found, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, diag.New(diag.FileMissing, "there is no plugin at %s", path)
	case err != nil:
		return nil, diag.New(diag.FileRead, "%w", err)
	case info.IsDir():
		m, err := readManifest(path, filepath.Base(path))
		if err != nil {
			return nil, err
		}
		return &Found{Name: m.Name, Path: path, Manifest: m}, nil
	}
	name := strings.TrimPrefix(filepath.Base(path), pluginpb.ExecutablePrefix)
	return &Found{Name: name, Path: path}, executable(path, name)
}

// look gives the plugin at path, nil when it is none.
func look(path string) (*Found, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, diag.New(diag.FileRead, "%w", err)
	}
	if info.IsDir() {
		if _, err := os.Lstat(filepath.Join(path, manifestFile)); err != nil {
			return nil, nil //nolint:nilerr // a folder of something else
		}
		m, err := readManifest(path, filepath.Base(path))
		if err != nil {
			return nil, err
		}
		return &Found{Name: m.Name, Path: path, Manifest: m}, nil
	}
	name, ok := strings.CutPrefix(filepath.Base(path), pluginpb.ExecutablePrefix)
	if !ok {
		return nil, nil
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return nil, diag.New(diag.PluginRefused, "plugin %s: %s is a symbolic link", name, path).WithHint("put the program itself there: exportd plugin add FILE")
	}
	return &Found{Name: name, Path: path}, executable(path, name)
}

// executable says why a file cannot be a plugin.
func executable(path, name string) error {
	if !pluginpb.ValidName(name) {
		return diag.New(diag.PluginRefused, "%s: %q cannot name a plugin", path, name).WithHint("name it with lower-case letters, digits and dashes, a letter first, at most %d", pluginpb.MaxName)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return diag.New(diag.PluginRefused, "plugin %s: %w", name, err)
	case !info.Mode().IsRegular():
		return diag.New(diag.PluginRefused, "plugin %s: %s is no regular file", name, path)
	case info.Mode().Perm()&0o111 == 0:
		return diag.New(diag.PluginRefused, "plugin %s: %s is not executable", name, path).WithHint("chmod +x %s", path)
	case info.Mode().Perm()&0o022 != 0:
		return diag.New(diag.PluginRefused, "plugin %s: %s can be written by others (%v)", name, path, info.Mode().Perm()).WithHint("chmod go-w %s", path)
	}
	return nil
}
