package stage

import (
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/modifier"
)

// Probe is what a dry run learned of one item at one stage: decode tells the
// source, transform the way from the source to its reply. It crosses the edge
// between processes as JSON.
type Probe struct {
	Seq      int                `json:"seq"`
	Stage    string             `json:"stage"`
	Source   *Source            `json:"source,omitempty"`
	Geometry *modifier.Geometry `json:"geometry,omitempty"`
}

// Source is what the header of a source says.
type Source struct {
	Format      asset.Format `json:"format"`
	Width       int          `json:"width"`  // pixels, upright
	Height      int          `json:"height"` // pixels, upright
	Frames      int          `json:"frames"`
	Orientation int          `json:"orientation"` // EXIF, 1..8
	Space       string       `json:"space"`       // rgb, gray, cmyk
	Alpha       bool         `json:"alpha"`
	Shrink      int          `json:"shrink"` // it is loaded at one part in so many: 1, 2, 4, 8
	Memory      int64        `json:"memory"` // bytes, at most: see the decode kind
}
