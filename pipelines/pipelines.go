// Package pipelines holds the pipelines that exportd ships, embedded in the
// binary. README.md explains each.
package pipelines

import (
	"embed"
	"io/fs"
	"path"
	"slices"
	"strings"
)

//go:embed *.toml
var files embed.FS

// Default is the pipeline of a run that names none.
const Default = "default"

// Names lists the shipped pipelines.
func Names() []string {
	found, _ := fs.Glob(files, "*.toml") // the pattern is constant and well formed
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = strings.TrimSuffix(f, path.Ext(f))
	}
	slices.Sort(names)
	return names
}

// Read gives the text of a shipped pipeline; ok is false when there is none of
// that name.
func Read(name string) (text []byte, ok bool) {
	text, err := files.ReadFile(name + ".toml")
	return text, err == nil
}
