package ziptarget

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/stages/deliver/target"
)

// comment marks an archive as exportd's; the sum of the whole manifest follows.
const comment = "exportd sha256:"

// foreign is the sum of an archive that exportd did not write.
const foreign = "foreign"

// commentOf gives the sum of the manifest that an archive is a part of.
func commentOf(path string) string {
	r, err := zip.OpenReader(path)
	if err != nil {
		return foreign
	}
	defer r.Close()
	if sum, ok := strings.CutPrefix(r.Comment, comment); ok {
		return sum
	}
	return foreign
}

// archives are the parts that an earlier run has finished.
type archives struct {
	open  []*zip.ReadCloser
	names []string
	files map[string]*zip.File // by sha256
}

// openArchives opens what is there; what cannot be read is not there.
func openArchives(c Config) *archives {
	a := &archives{files: map[string]*zip.File{}}
	for n := 1; ; n++ {
		name := c.partName(n)
		r, err := zip.OpenReader(name)
		if err != nil {
			return a
		}
		if !strings.HasPrefix(r.Comment, comment) || a.add(r) != nil {
			_ = r.Close() // it was only read
			return a
		}
		a.open, a.names = append(a.open, r), append(a.names, name)
		if c.Split.none() {
			return a
		}
	}
}

// add takes up the entries of one part by what its manifest says of them.
func (a *archives) add(r *zip.ReadCloser) error {
	manifest, err := r.Open(filename.Manifest)
	if err != nil {
		return err
	}
	defer manifest.Close()
	byName := make(map[string]*zip.File, len(r.File))
	for _, f := range r.File {
		byName[f.Name] = f
	}
	for e, err := range report.ReadManifest(manifest) {
		if err != nil {
			return err
		}
		if f := byName[e.Name]; f != nil {
			a.files[e.SHA256] = f
		}
	}
	return nil
}

// find gives an entry by the sum of its bytes, nil for none.
func (a *archives) find(sum string) *zip.File { return a.files[sum] }

func (a *archives) close() error {
	var errs []error
	for _, r := range a.open {
		errs = append(errs, r.Close())
	}
	return errors.Join(errs...)
}

// whole reports whether the parts are there, belong to the manifest, and are
// signed as it is.
func (a *archives) whole(parts []*part, m target.Manifest) (bool, error) {
	if len(a.open) != len(parts) {
		return false, nil
	}
	f, err := os.Open(m.File)
	if err != nil {
		return false, err
	}
	defer f.Close()
	for i, r := range a.open {
		own, err := parts[i].manifest(f, m)
		if err != nil {
			return false, err
		}
		companions := target.Companions("", own)
		if r.Comment != comment+m.SHA256 || len(r.File) != len(parts[i].entries)+1+len(companions) {
			return false, nil
		}
		for _, c := range companions {
			if text, err := fs.ReadFile(r, c.Name); err != nil || !bytes.Equal(text, c.Content) {
				return false, nil
			}
		}
	}
	return true, nil
}

// removeBeyond removes the parts of an earlier, longer archive.
func (c Config) removeBeyond(count int) error {
	if c.Split.none() {
		return nil
	}
	for n := count + 1; ; n++ {
		name := c.partName(n)
		if _, err := os.Lstat(name); err != nil || commentOf(name) == foreign {
			return nil //nolint:nilerr // there is no such part any more
		}
		if err := os.Remove(name); err != nil {
			return err
		}
	}
}
