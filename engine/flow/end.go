package flow

import (
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// outcome reads the severity of what ended a branch.
func outcome(d *diag.Diag) asset.Outcome {
	switch {
	case d == nil:
		return asset.Exported
	case d.Severity() == diag.Warning:
		return asset.Skipped
	default:
		return asset.Failed
	}
}

// BranchEnd says how one branch of an asset ended.
type BranchEnd struct {
	Seq       int
	Asset     *asset.Asset
	Rendition string
	// Stage is the node where the branch ended; "" is before the first one.
	Stage     string
	Outcome   asset.Outcome
	Diag      *diag.Diag       // why it was skipped or failed; nil when exported
	Delivered *asset.Delivered // as the item carried it
	// Notes are those of the item. Branches repeat what was noted before they parted.
	Notes        diag.List
	SourceSHA256 string
	// CloseErr is trouble with letting go of the item. It changes no outcome.
	CloseErr error
}

// AssetEnd says how an item of the source ended: as the worst of its branches.
type AssetEnd struct {
	Seq      int
	Asset    *asset.Asset
	Outcome  asset.Outcome
	Diag     *diag.Diag // of the first of the worst branches; nil when exported
	Branches int
}
