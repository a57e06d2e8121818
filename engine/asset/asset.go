package asset

import (
	"path"
	"strings"
	"time"
	"unicode/utf8"
)

// Handle names an asset to the catalog. It is opaque: only a catalog may look
// inside. With a dir catalog it is the slash-separated path below the root.
type Handle string

// Short cuts a handle for a message.
func (h Handle) Short() string {
	const most = 200
	if len(h) <= most {
		return string(h)
	}
	end := most
	for end > 0 && !utf8.RuneStart(h[end]) {
		end--
	}
	return string(h[:end]) + "…"
}

// Asset is the resolved record of one handle, as a catalog answers it. It is
// not changed once resolved, and it crosses process edges as JSON.
type Asset struct {
	Handle  Handle `json:"handle"`
	Type    Type   `json:"type"`
	SubType string `json:"subType,omitempty"`
	// Dir is the folder the asset lies in, slash-separated, "" at the root.
	Dir string `json:"dir,omitempty"`
	// File is the base name with its extension.
	File string `json:"file"`
	// Size is the length of the source in bytes.
	Size int64 `json:"size"`
	// ETag and Modified tell these bytes from other bytes under the same name, as
	// far as the catalog knows: what changed since the asset was resolved is not
	// exported.
	ETag     string    `json:"etag,omitempty"`
	Modified time.Time `json:"modified,omitzero"`
	// Format is what the first bytes of the source say; see [Format].
	Format Format `json:"format,omitempty"`
	// Locator finds the bytes again; only the catalog that wrote it reads it.
	Locator string   `json:"locator,omitempty"`
	Company string   `json:"company,omitempty"`
	Readers []string `json:"readers,omitempty"`
	Record  Record   `json:"record,omitzero"`
	// Expanded are the commands of transforms that use macros which depend on the
	// asset, by stage. Planning fills it.
	Expanded map[string]Expanded `json:"expanded,omitempty"`
	// Related are the assets that commands name, by the name they give. Planning
	// fills it.
	Related map[string]Related `json:"related,omitempty"`
	// StandIn is set where the handle names nothing, and the bytes and the record
	// are those of a default image.
	StandIn *StandIn `json:"standIn,omitempty"`
}

// Expanded is the modifier of a transform for one asset, with the origin of each
// command.
type Expanded struct {
	Text    string   `json:"text"`
	Origins []string `json:"origins"`
}

// Ext is the extension of the file as it is spelled, without the dot.
func (a *Asset) Ext() string { return strings.TrimPrefix(path.Ext(a.File), ".") }

// Stem is the file's name without its extension.
func (a *Asset) Stem() string { return strings.TrimSuffix(a.File, path.Ext(a.File)) }

// Record holds the Image Serving fields of an asset's catalog record
// (is-protocol 2.4). Empty means the catalog says nothing.
type Record struct {
	Modifier        string  `json:"modifier,omitempty" toml:"Modifier"`
	PostModifier    string  `json:"postModifier,omitempty" toml:"PostModifier"`
	Anchor          string  `json:"anchor,omitempty" toml:"Anchor"`                   // "x,y" in source pixels
	Resolution      float64 `json:"resolution,omitempty" toml:"Resolution"`           // pixels per inch
	PrintResolution float64 `json:"printResolution,omitempty" toml:"PrintResolution"` // pixels per inch
	Path            string  `json:"path,omitempty" toml:"Path"`
	MaskPath        string  `json:"maskPath,omitempty" toml:"MaskPath"`
}
