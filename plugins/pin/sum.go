package pin

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/exportd/exportd/engine/diag"
)

// The bounds of a folder that is a plugin.
const (
	maxFiles = 20_000
	maxBytes = 2 << 30
)

// sumPrefix comes before the hex digits of a sum.
const sumPrefix = "sha256:"

// Sum is the sum of what the plugin is now: that of the executable's bytes, or of
// a listing of the folder's files, each with its sum. Python's __pycache__ is left
// out, for it changes by itself.
func (f Found) Sum() (string, error) { return sumOf(f.Path, nil) }

// sumOf sums a file or a folder. Each file that it reads it gives to keep, which
// may be nil, so that a copy is of the very bytes that were summed.
func sumOf(path string, keep keeper) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", diag.New(diag.PluginRefused, "%w", err)
	}
	h := sha256.New()
	if !info.IsDir() {
		if err := sumFile(h, path, ".", info.Mode(), keep); err != nil {
			return "", err
		}
		return sumPrefix + hex.EncodeToString(h.Sum(nil)), nil
	}
	files, size := 0, int64(0)
	err = filepath.WalkDir(path, func(at string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(path, at)
		if err != nil {
			return err
		}
		info, err := e.Info()
		switch {
		case err != nil:
			return err
		case e.IsDir() && e.Name() == "__pycache__":
			return fs.SkipDir
		case e.IsDir():
			return nil
		case !info.Mode().IsRegular():
			return diag.New(diag.PluginRefused, "%s is no regular file", at).WithHint("a plugin's folder holds files and folders, no links")
		}
		if files, size = files+1, size+info.Size(); files > maxFiles || size > maxBytes {
			return diag.New(diag.PluginRefused, "%s has more than %d files or %d bytes", path, maxFiles, int64(maxBytes))
		}
		one := sha256.New()
		if err := sumFile(one, at, name, info.Mode(), keep); err != nil {
			return err
		}
		mode := "-"
		if info.Mode().Perm()&0o111 != 0 {
			mode = "x"
		}
		_, err = fmt.Fprintf(h, "%s %x %q\n", mode, one.Sum(nil), filepath.ToSlash(name))
		return err
	})
	if err != nil {
		return "", diag.From(err, diag.PluginRefused)
	}
	return sumPrefix + hex.EncodeToString(h.Sum(nil)), nil
}

// keeper makes the place where the bytes of a file go as well.
type keeper func(name string, mode fs.FileMode) (io.WriteCloser, error)

func sumFile(h hash.Hash, path, name string, mode fs.FileMode, keep keeper) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if keep == nil {
		_, err = io.Copy(h, f)
		return err
	}
	w, err := keep(name, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.MultiWriter(h, w), f)
	if closed := w.Close(); err == nil {
		err = closed
	}
	return err
}
