package config

import (
	"os"
	"path/filepath"

	"github.com/exportd/exportd/engine/diag"
)

// colour reads [colour]: the folders that hold ICC profiles, which icc= and the
// attributes IccProfile* name.
func (r *reader) colour(c *Config) error {
	var found diag.List
	for _, dir := range r.file.Colour.Profiles {
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(r.dir, dir)
		}
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			found.Add(diag.New(diag.FileMissing, "colour.profiles names %s, which is no folder", dir).At(r.doc.Place("colour", "profiles")))
			continue
		}
		c.Profiles = append(c.Profiles, dir)
	}
	return found.Err()
}
