package config

import (
	"os"
	"path/filepath"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/stages"
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
	// A profile may lie among the pictures: the vendor's paths count from their root.
	c.Profiles = append(c.Profiles, c.Catalog.Root)
	found.Add(r.profiles(c)...)
	return found.Err()
}

// profiles checks the profiles that attributes name, so that a slip there does
// not fail every asset.
func (r *reader) profiles(c *Config) diag.List {
	a := c.Attributes
	var found diag.List
	for _, attribute := range []struct {
		name, value string
		pixels      modifier.PixelType
	}{
		{"IccProfileRgb", a.IccProfileRgb, modifier.TypeRGB}, {"IccProfileGray", a.IccProfileGray, modifier.TypeGray},
		{"IccProfileCmyk", a.IccProfileCmyk, modifier.TypeCMYK}, {"IccProfileSrcRgb", a.IccProfileSrcRgb, modifier.TypeRGB},
		{"IccProfileSrcGray", a.IccProfileSrcGray, modifier.TypeGray}, {"IccProfileSrcCmyk", a.IccProfileSrcCmyk, modifier.TypeCMYK},
	} {
		if attribute.value == "" {
			continue
		}
		if err := stages.CheckProfile(c.Profiles, attribute.value, attribute.pixels); err != nil {
			d := diag.New(diag.KeyValue, "attribute %s = %q: %w", attribute.name, attribute.value, err).At(r.doc.Place("attributes", attribute.name))
			d.Hint = diag.From(err, diag.KeyValue).Mend()
			found.Add(d)
		}
	}
	return found
}
