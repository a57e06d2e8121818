package verify

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/stages/deadletter"
)

// companion reports whether a name is the manifest's or one that lies beside it.
func companion(name string) bool {
	return slices.Contains([]string{filename.Manifest, filename.ManifestSum, filename.ManifestSignature}, name)
}

// strangers walks over a folder and notes what no line of the manifest names.
// What exportd itself keeps there is no stranger: its state, temporary files of a
// run that goes on, dead letters, and other targets with manifests of their own.
func (c *check) strangers() error {
	err := fs.WalkDir(c.files, ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case c.ctx.Err() != nil:
			return diag.New(diag.Stopped, "stopped while the folder was listed")
		case err != nil:
			return diag.New(diag.FileRead, "list the folder: %w", err)
		case e.IsDir():
			if name != "." && c.own(name, e) {
				return fs.SkipDir
			}
			return nil
		case c.known[name], path.Dir(name) == "." && companion(name), strings.HasPrefix(e.Name(), filename.TempPrefix):
			return nil
		}
		if !strings.Contains(strings.ToLower(e.Name()), ".zip") || !c.besideManifest(name) {
			c.result.Extra = append(c.result.Extra, name)
		}
		return nil
	})
	return err
}

// besideManifest reports whether a file belongs to an archive of another target.
func (c *check) besideManifest(name string) bool {
	siblings, err := fs.ReadDir(c.files, path.Dir(name))
	return err == nil && ofArchive(siblings, path.Base(name))
}

// own reports whether a folder is exportd's and no part of the target.
func (c *check) own(name string, e fs.DirEntry) bool {
	if e.Name() == filename.StateDir {
		return true
	}
	for _, mark := range []string{filename.Manifest, deadletter.ListName} {
		if _, err := fs.Lstat(c.files, path.Join(name, mark)); err == nil && !c.known[path.Join(name, mark)] {
			return true
		}
	}
	return false
}

// partName is the name of an archive that was split.
var partName = regexp.MustCompile(`^(.*)-[0-9]{3,}(\.[zZ][iI][pP])$`)

// ofArchive reports whether a file is an archive with a manifest beside it, or a
// file of that manifest.
func ofArchive(siblings []fs.DirEntry, name string) bool {
	archive := name
	for _, c := range []string{filename.Manifest, filename.ManifestSum, filename.ManifestSignature} {
		archive = strings.TrimSuffix(archive, "."+c)
	}
	candidates := []string{archive}
	if m := partName.FindStringSubmatch(archive); m != nil {
		candidates = append(candidates, m[1]+m[2])
	}
	return slices.ContainsFunc(candidates, func(a string) bool {
		return slices.ContainsFunc(siblings, func(e fs.DirEntry) bool { return e.Name() == a+"."+filename.Manifest })
	})
}
