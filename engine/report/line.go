package report

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// Line is one line of a journal: a [BranchLine] or an [AssetLine].
type Line interface {
	entry() entry
}

// BranchLine says how one branch of an asset ended. A later line of the same
// asset, stage and rendition replaces it.
type BranchLine struct {
	Seq       int          `json:"seq"`
	Handle    asset.Handle `json:"handle"`
	Rendition string       `json:"rendition,omitempty"`
	// Stage is where the branch ended: a deliver stage, or where it was skipped
	// or failed.
	Stage     string           `json:"stage"`
	Outcome   Outcome          `json:"outcome"`
	Delivered *asset.Delivered `json:"delivered,omitempty"`
	Code      diag.Code        `json:"code,omitempty"`
	Message   string           `json:"message,omitempty"`
	Hint      string           `json:"hint,omitempty"`
	// Attempts is how often the stage has tried, where that was more than once,
	// and Cause what lies behind a failure, where its message is not all of it.
	Attempts int    `json:"attempts,omitempty"`
	Cause    string `json:"cause,omitempty"`
	// Notes are those of a delivered branch, for a resumed run that does not take
	// the branch again.
	Notes diag.List `json:"notes,omitempty"`
	// SourceSHA256 stands here too, so that a resumed run can write an asset's
	// line without reading its source again.
	SourceSHA256 string `json:"source_sha256,omitempty"`
}

// Branch gives what tells the line from others of its asset.
func (l BranchLine) Branch() Branch { return Branch{l.Stage, l.Rendition} }

// AssetLine says how an asset ended: every asset of a finished job has one. A
// later line of the same asset replaces it.
type AssetLine struct {
	Seq          int          `json:"seq"`
	Handle       asset.Handle `json:"handle"`
	Outcome      Outcome      `json:"outcome"`
	Code         diag.Code    `json:"code,omitempty"`
	Message      string       `json:"message,omitempty"`
	Hint         string       `json:"hint,omitempty"`
	Notes        diag.List    `json:"notes,omitempty"`
	SourceSHA256 string       `json:"source_sha256,omitempty"`
	// Failed names the branches that failed in the run which wrote the line; none
	// when the asset failed before its first stage.
	Failed  []Branch `json:"failed,omitempty"`
	Seconds float64  `json:"seconds,omitempty"`
	// Stages are the seconds of each stage that took a millisecond or more.
	Stages map[string]float64 `json:"stages,omitempty"`
}

// Branch names a branch of an asset: the stage where it ended, and the
// rendition it carried, "" for none.
type Branch struct {
	Stage     string `json:"stage"`
	Rendition string `json:"rendition,omitempty"`
}

// entry is what the index keeps of a line, and all that reading one needs.
type entry struct {
	Line      string  `json:"line"`
	Seq       int     `json:"seq"`
	Stage     string  `json:"stage"`
	Rendition string  `json:"rendition"`
	Outcome   Outcome `json:"outcome"`
}

// The two values of a line's "line" key.
const (
	branchEnd = "branch"
	assetEnd  = "asset"
)

func (l BranchLine) entry() entry {
	return entry{branchEnd, l.Seq, l.Stage, l.Rendition, l.Outcome}
}

func (l AssetLine) entry() entry { return entry{assetEnd, l.Seq, "", "", l.Outcome} }

// encode appends a line as JSON with its end.
func encode(to *bytes.Buffer, l Line) error {
	enc := json.NewEncoder(to)
	enc.SetEscapeHTML(false)
	switch l := l.(type) {
	case BranchLine:
		return enc.Encode(struct {
			Line string `json:"line"`
			BranchLine
		}{branchEnd, l})
	case AssetLine:
		return enc.Encode(struct {
			Line string `json:"line"`
			AssetLine
		}{assetEnd, l})
	}
	return fmt.Errorf("a journal has no lines of type %T", l)
}
