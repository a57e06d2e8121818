package pin

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/strict"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// manifestFile makes a folder a plugin.
const manifestFile = "plugin.toml"

// maxManifest bounds it, in bytes.
const maxManifest = 64 << 10

// searchPath is where the command of a manifest is looked for, and what a plugin
// gets as PATH.
const searchPath = "/usr/local/bin:/usr/bin:/bin"

// Manifest is plugin.toml: how the program of a folder is started. What begins
// with ./ is a file of the folder.
type Manifest struct {
	// Name is the plugin's, by default the folder's name without exportd-plugin-.
	Name string `toml:"name"`
	// Command is a program of the system, such as python3, or a file of the folder.
	Command string `toml:"command"`
	// Args come before those that exportd adds.
	Args []string `toml:"args"`
}

// readManifest reads the manifest of a folder; name is the plugin's where the
// manifest gives none.
func readManifest(folder, name string) (*Manifest, error) {
	path := filepath.Join(folder, manifestFile)
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, diag.New(diag.FileMissing, "%s is no plugin: %w", folder, err).WithHint("a folder is a plugin when it has a %s", manifestFile)
	}
	doc, err := strict.Read(path, data, maxManifest)
	if err != nil {
		return nil, err
	}
	m := Manifest{Name: strings.TrimPrefix(name, pluginpb.ExecutablePrefix)}
	if err := doc.Decode(&m); err != nil {
		return nil, err
	}
	if !pluginpb.ValidName(m.Name) {
		return nil, diag.New(diag.KeyValue, "%q cannot name a plugin", m.Name).At(doc.Place("name")).
			WithHint("name it with lower-case letters, digits and dashes, a letter first, at most %d", pluginpb.MaxName)
	}
	if m.Command == "" {
		return nil, diag.New(diag.KeyMissing, "the plugin has no command").At(doc.Place()).WithHint(`add command = "python3" and args = ["./main.py"]`)
	}
	for _, word := range append([]string{m.Command}, m.Args...) {
		if inner, ok := strings.CutPrefix(word, "./"); ok && !filepath.IsLocal(inner) {
			return nil, diag.New(diag.KeyValue, "%q is not inside of the folder", word).At(doc.Place("command"))
		}
	}
	return &m, nil
}

// line gives the command line for the program in folder.
func (m *Manifest) line(folder string) (path string, args []string, err error) {
	own := func(word string) string {
		if inner, ok := strings.CutPrefix(word, "./"); ok {
			return filepath.Join(folder, inner)
		}
		return word
	}
	for _, a := range m.Args {
		args = append(args, own(a))
	}
	path = own(m.Command)
	if filepath.IsAbs(path) {
		return path, args, nil
	}
	if !strings.Contains(path, "/") {
		for dir := range strings.SplitSeq(searchPath, ":") {
			full := filepath.Join(dir, path)
			if info, err := os.Stat(full); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0 {
				return full, args, nil
			}
		}
	}
	return "", nil, diag.New(diag.PluginRefused, "plugin %s: its command %q is in none of %s", m.Name, m.Command, searchPath).WithHint("install it, or name a file of the folder with ./")
}
