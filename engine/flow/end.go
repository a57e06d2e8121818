package flow

import (
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// Outcome is how a branch or an asset ended.
type Outcome string

// The three outcomes (DESIGN 2), from best to worst.
const (
	Exported Outcome = "exported"
	Skipped  Outcome = "skipped"
	Failed   Outcome = "failed"
)

// worse reports whether o is worse than p; anything is worse than none.
func (o Outcome) worse(p Outcome) bool { return o.rank() > p.rank() }

func (o Outcome) rank() int {
	switch o {
	case Exported:
		return 1
	case Skipped:
		return 2
	case Failed:
		return 3
	}
	return 0
}

// outcome reads the severity of what ended a branch.
func outcome(d *diag.Diag) Outcome {
	switch {
	case d == nil:
		return Exported
	case d.Severity() == diag.Warning:
		return Skipped
	default:
		return Failed
	}
}

// BranchEnd says how one branch of an asset ended.
type BranchEnd struct {
	Seq       int
	Asset     *asset.Asset
	Rendition string
	// Stage is the node where the branch ended; "" is before the first one.
	Stage     string
	Outcome   Outcome
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
	Outcome  Outcome
	Diag     *diag.Diag // of the first of the worst branches; nil when exported
	Branches int
}
