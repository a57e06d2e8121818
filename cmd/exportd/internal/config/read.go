package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/strict"
	"github.com/exportd/exportd/stages"
	"github.com/exportd/exportd/stages/resolve"
)

// reader turns the text into a Config; doc knows the places.
type reader struct {
	doc  *strict.Document
	file file
	dir  string
	dev  []string // plugins that run unlocked
}

func (r *reader) config(path string) (*Config, error) {
	c := &Config{
		File: path, Limits: r.file.Limits, Durable: r.file.Deliver.Durable,
		Caller: resolve.Caller{Company: r.file.Caller.Company, User: r.file.Caller.User, Roles: r.file.Caller.Roles},
	}
	var found diag.List
	for _, read := range []func(*Config) error{r.credentials, r.catalog, r.attributes, r.macros, r.limits, r.loaders, r.colour, r.manifest, r.targets, r.plugins, r.daemon, r.queue} {
		if err := read(c); err != nil {
			found.Add(diag.All(err, diag.KeyValue)...)
		}
	}
	return c, found.Err()
}

// attributes takes the ones that pictures depend on so far. The vendor writes
// some as numbers, so numbers are taken as their text.
func (r *reader) attributes(c *Config) error {
	c.Attributes = modifier.DefaultAttributes()
	fields := map[string]*string{
		"DefaultPix": &c.Attributes.DefaultPix, "MaxPix": &c.Attributes.MaxPix, "BkgColor": &c.Attributes.BkgColor,
		"JpegQuality": &c.Attributes.JpegQuality, "ResMode": &c.Attributes.ResMode, "IccProfileRgb": &c.Attributes.IccProfileRgb,
		"IccProfileGray": &c.Attributes.IccProfileGray, "IccProfileCmyk": &c.Attributes.IccProfileCmyk,
		"IccProfileSrcRgb": &c.Attributes.IccProfileSrcRgb, "IccProfileSrcGray": &c.Attributes.IccProfileSrcGray, "IccProfileSrcCmyk": &c.Attributes.IccProfileSrcCmyk,
		"IccRenderIntent": &c.Attributes.IccRenderIntent, "IccBlackPointCompensation": &c.Attributes.IccBlackPointCompensation, "IccDither": &c.Attributes.IccDither,
		"Resolution": &c.Attributes.Resolution, "PrintResolution": &c.Attributes.PrintResolution,
		"DefaultImage": &c.Attributes.DefaultImage, "DefaultImageMode": &c.Attributes.DefaultImageMode,
	}
	later := []string{"DefaultFont", "SynthesizeFontStyles", "ApplyEffectMask", "Watermark"}
	var names []string
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	var found diag.List
	for _, name := range r.doc.Keys("attributes") {
		place := r.doc.Place("attributes", name)
		field, ok := fields[name]
		switch {
		case slices.Contains(later, name):
			found.Add(diag.New(diag.NotBuilt, "the attribute %s is not built yet", name).At(place).WithHint("leave it out"))
			continue
		case !ok:
			found.Add(diag.New(diag.KeyUnknown, "unknown attribute %q", name).At(place).
				WithHint("%s", diag.DidYouMean(name, names, "the attributes are "+strings.Join(names, ", "))))
			continue
		}
		switch v := r.file.Attributes[name].(type) {
		case string:
			*field = v
		case int64, float64:
			*field = fmt.Sprint(v)
		default:
			found.Add(diag.New(diag.KeyType, "the attribute %s takes a string", name).At(place))
		}
	}
	if err := c.Attributes.Validate(); err != nil {
		found.Add(diag.From(err, diag.KeyValue).At(r.doc.Place("attributes")))
	}
	return found.Err()
}

// macros reads the files first, then [macros] in the order it is written.
func (r *reader) macros(c *Config) error {
	c.Macros = modifier.NewMacros()
	var found diag.List
	for _, path := range r.file.MacroFiles.Paths {
		if err := r.macroFile(c.Macros, path); err != nil {
			found.Add(diag.All(err, diag.MacroInvalid)...)
		}
	}
	for _, name := range r.doc.Keys("macros") {
		if err := c.Macros.Define(name, r.file.Macros[name], r.doc.Place("macros", name)); err != nil {
			found.Add(diag.All(err, diag.MacroInvalid)...)
		}
	}
	return found.Err()
}

func (r *reader) macroFile(m *modifier.Macros, path string) error {
	if !filepath.IsAbs(path) {
		path = filepath.Join(r.dir, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return diag.New(diag.FileMissing, "open the macro file: %w", err).At(r.doc.Place("macro-files", "paths"))
	}
	defer f.Close()
	return m.ReadFile(f, path)
}

func (r *reader) limits(c *Config) error {
	var found diag.List
	check := func(name string, ok bool, allowed string) {
		if !ok {
			found.Add(diag.New(diag.KeyValue, "limits.%s must be %s", name, allowed).At(r.doc.Place("limits", name)))
		}
	}
	check("pixels", c.Limits.Pixels > 0, "more than 0")
	check("frames", c.Limits.Frames > 0, "more than 0")
	check("bytes", c.Limits.Bytes > 0, "more than 0")
	check("time", c.Limits.Time > 0, "more than 0")
	check("edge", c.Limits.Edge > 0 && c.Limits.Edge <= maxEdge, "1 to 1,000,000")
	check("output_pixels", c.Limits.OutputPixels > 0, "more than 0")
	return found.Err()
}

func (r *reader) loaders(c *Config) error {
	var optional []string
	for _, f := range stages.OptionalLoaders() {
		optional = append(optional, string(f))
	}
	for _, name := range r.file.Loaders.Allow {
		if !slices.Contains(optional, name) {
			return diag.New(diag.KeyValue, "loaders.allow names %q, which is no optional loader", name).
				At(r.doc.Place("loaders", "allow")).
				WithHint("%s", diag.DidYouMean(name, optional, "allowed are "+strings.Join(optional, ", ")))
		}
		c.Loaders = append(c.Loaders, asset.Format(name))
	}
	return nil
}
