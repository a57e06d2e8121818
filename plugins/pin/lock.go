package pin

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/strict"
)

// LockFile lies beside the configuration.
const LockFile = "exportd.lock"

// maxLock bounds it, in bytes.
const maxLock = 1 << 20

// Lock is exportd.lock: which plugins may run, by name.
type Lock struct {
	File    string
	Plugins map[string]Locked
}

// Locked is what the lock file says of one plugin.
type Locked struct {
	Version  string   `toml:"version"`
	Sum      string   `toml:"sum"`      // sha256:…
	Provides []string `toml:"provides"` // encoder:NAME, fmt:TOKEN, macro:PATTERN
}

// ReadLock reads the lock file; one that does not exist locks nothing.
func ReadLock(path string) (*Lock, error) {
	l := &Lock{File: path, Plugins: map[string]Locked{}}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return nil, diag.New(diag.FileRead, "read the lock file: %w", err)
	}
	doc, err := strict.Read(path, data, maxLock)
	if err != nil {
		return nil, err
	}
	var text struct {
		Version int               `toml:"version"`
		Plugin  map[string]Locked `toml:"plugin"`
	}
	if err := doc.Decode(&text); err != nil {
		return nil, err
	}
	if text.Version != 1 {
		return nil, diag.New(diag.KeyValue, "the lock file has version %d, this exportd reads version 1", text.Version).At(doc.Place("version")).
			WithHint("use the exportd that wrote it, or lock again: exportd plugin lock")
	}
	for name, p := range text.Plugin {
		if hex, ok := strings.CutPrefix(p.Sum, sumPrefix); !ok || len(hex) != 64 {
			return nil, diag.New(diag.KeyValue, "the sum of plugin %s is no sha256", name).At(doc.Place("plugin", name, "sum")).WithHint("lock it again: exportd plugin lock %s", name)
		}
		l.Plugins[name] = p
	}
	return l, nil
}

// Write puts the lock file in place whole.
func (l *Lock) Write() error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Which plugins may run: exportd plugin lock writes this file, exportd plugin verify checks it.\nversion = 1\n")
	for _, name := range slices.Sorted(maps.Keys(l.Plugins)) {
		p := l.Plugins[name]
		fmt.Fprintf(&b, "\n[plugin.%s]\nversion  = %s\nsum      = %s\nprovides = [", name, strconv.Quote(p.Version), strconv.Quote(p.Sum))
		for i, what := range p.Provides {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(strconv.Quote(what))
		}
		b.WriteString("]\n")
	}
	tmp, err := os.CreateTemp(filepath.Dir(l.File), ".exportd.lock-*")
	if err != nil {
		return diag.New(diag.TargetDenied, "write the lock file: %w", err)
	}
	_, err = tmp.Write(b.Bytes())
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), l.File)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
		return diag.New(diag.TargetDenied, "write the lock file: %w", err)
	}
	return nil
}
