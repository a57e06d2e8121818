package resolve

import (
	"fmt"
	"strings"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// RecordConfig is the record of one asset in the configuration (DESIGN 9,
// [catalog.records."handle"]). It is stronger than what the file shows.
type RecordConfig struct {
	Type    asset.Type `toml:"type"`
	SubType string     `toml:"subType"`
	Company string     `toml:"company"`
	Readers []string   `toml:"readers"` // users, and roles as "role:X"

	Modifier        string  `toml:"Modifier"`
	PostModifier    string  `toml:"PostModifier"`
	Anchor          string  `toml:"Anchor"`          // "x,y" in source pixels
	Resolution      float64 `toml:"Resolution"`      // pixels per inch
	PrintResolution float64 `toml:"PrintResolution"` // pixels per inch
	Path            string  `toml:"Path"`
	MaskPath        string  `toml:"MaskPath"`
}

// Validate finds values that cannot be meant.
func (r RecordConfig) Validate() error {
	for _, known := range types {
		if r.Type != known && strings.EqualFold(string(r.Type), string(known)) {
			return diag.New(diag.KeyValue, "type is %q, but case matters", r.Type).WithHint("did you mean %q?", known)
		}
	}
	if r.Resolution < 0 || r.PrintResolution < 0 {
		return diag.New(diag.KeyValue, "a resolution is below 0").WithHint("give pixels per inch, or leave it out")
	}
	for _, reader := range r.Readers {
		if reader == "" || reader == "role:" {
			return diag.New(diag.KeyValue, "a reader is empty").WithHint(`name a user, or a role as "role:X"`)
		}
	}
	return nil
}

// asset makes an asset of what the record says; its file is still to be found.
func (r RecordConfig) asset(h asset.Handle) *asset.Asset {
	return &asset.Asset{Handle: h, Type: r.Type, SubType: r.SubType, Company: r.Company, Readers: r.Readers, Record: asset.Record{
		Modifier: r.Modifier, PostModifier: r.PostModifier, Anchor: r.Anchor,
		Resolution: r.Resolution, PrintResolution: r.PrintResolution, Path: r.Path, MaskPath: r.MaskPath,
	}}
}

// authorize says why the caller may not have an asset with this record.
func (r RecordConfig) authorize(who Caller, h asset.Handle) *diag.Diag {
	if !who.reads(r.Readers) {
		return diag.New(diag.AssetDenied, "%q may not read the asset %q", who.User, h.Short()).
			WithHint("ask for read permission")
	}
	return nil
}

// validateRecords checks all records of a configuration.
func validateRecords(records map[string]RecordConfig) error {
	var found diag.List
	for handle, r := range records {
		if err := r.Validate(); err != nil {
			d := diag.From(err, diag.KeyValue)
			found.Add(diag.New(d.Code, "%s: %w", fmt.Sprintf("catalog.records.%q", handle), err).WithHint("%s", d.Hint))
		}
	}
	return found.Err()
}
