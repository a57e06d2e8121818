package verify

import (
	"archive/zip"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"aead.dev/minisign"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/filename"
)

// Result is what was found, for `verify --json`. Lists are in the order of the
// manifest, Extra in that of names.
type Result struct {
	OK       bool     `json:"ok"`
	Manifest string   `json:"manifest"` // where it lies
	Files    int      `json:"files"`    // that the manifest names
	Bytes    int64    `json:"bytes"`    // of those that are as it says
	Signed   bool     `json:"signed"`   // by the key that was given
	Missing  []string `json:"missing"`
	Changed  []string `json:"changed"`
	Extra    []string `json:"extra"` // there, and not in the manifest
	Error    *Trouble `json:"error"` // of the manifest itself; null for none
}

// Trouble is a diagnostic of the manifest.
type Trouble struct {
	Code    diag.Code `json:"code"`
	Message string    `json:"message"`
	Hint    string    `json:"hint"`
}

// Run verifies a folder or an archive, and the signature where key is not nil.
// Errors are of what cannot be looked at; what is wrong is in the results, one for
// each manifest that was found.
func Run(ctx context.Context, path string, key *minisign.PublicKey) ([]*Result, error) {
	found, err := run(ctx, path, key)
	for _, r := range found {
		if r != nil {
			r.settle()
		}
	}
	return found, err
}

func run(ctx context.Context, path string, key *minisign.PublicKey) ([]*Result, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, diag.New(diag.FileMissing, "there is no %s", path)
	case err != nil:
		return nil, diag.New(diag.FileRead, "look at %s: %w", path, err)
	case !info.IsDir():
		r, err := archive(ctx, path, key)
		return []*Result{r}, err
	}
	if _, err := os.Lstat(filepath.Join(path, filename.Manifest)); errors.Is(err, fs.ErrNotExist) {
		if archives := archivesIn(path); len(archives) > 0 {
			return all(ctx, archives, key)
		}
	}
	r, err := folder(ctx, path, key)
	return []*Result{r}, err
}

func all(ctx context.Context, archives []string, key *minisign.PublicKey) ([]*Result, error) {
	var found []*Result
	for _, a := range archives {
		r, err := archive(ctx, a, key)
		if err != nil {
			return nil, err
		}
		found = append(found, r)
	}
	return found, nil
}

// folder verifies the folder of a file: target.
func folder(ctx context.Context, dir string, key *minisign.PublicKey) (*Result, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, diag.New(diag.FileRead, "open %s: %w", dir, err)
	}
	defer root.Close()
	c := newCheck(ctx, root.FS(), filepath.Join(dir, filename.Manifest))
	if err := c.run(key); err != nil {
		return nil, err
	}
	if c.result.Error != nil && c.result.Files == 0 {
		return c.result, nil // without a manifest everything is a stranger
	}
	return c.result, c.strangers()
}

// archive verifies one ZIP archive.
func archive(ctx context.Context, path string, key *minisign.PublicKey) (*Result, error) {
	r, err := zip.OpenReader(path)
	if errors.Is(err, fs.ErrPermission) {
		return nil, diag.New(diag.FileRead, "open %s: %w", path, err)
	}
	c := newCheck(ctx, nil, path)
	if err != nil {
		c.trouble(diag.New(diag.Manifest, "%s cannot be read as an archive: %w", path, err))
		return c.result, nil
	}
	defer r.Close()
	c.files = r
	if err := c.run(key); err != nil {
		return nil, err
	}
	for _, f := range r.File {
		if !c.known[f.Name] && !companion(f.Name) && !strings.HasSuffix(f.Name, "/") {
			c.result.Extra = append(c.result.Extra, f.Name)
		}
	}
	return c.result, nil
}

// archivesIn lists the archives in a folder that have a manifest beside them.
func archivesIn(dir string) []string {
	var found []string
	entries, _ := os.ReadDir(dir) // what cannot be listed is found missing
	for _, e := range entries {
		if ofArchive(entries, e.Name()) && strings.EqualFold(filepath.Ext(e.Name()), ".zip") {
			found = append(found, filepath.Join(dir, e.Name()))
		}
	}
	return found
}
