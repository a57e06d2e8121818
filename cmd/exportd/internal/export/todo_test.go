package export

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/report"
)

// Two renditions that end in either order, one of them in an earlier run, say
// the same of their asset.
func TestNotesAreInOneOrder(t *testing.T) {
	narrow := diag.New(diag.CommandNoEffect, "wid=800 is too much")
	wide := diag.New(diag.CommandNoEffect, "wid=400 is too much")
	colour := diag.New(diag.ColourAssumed, "no profile")
	want := []string{"no profile", "wid=400 is too much", "wid=800 is too much"}
	for name, test := range map[string]struct{ before, now diag.List }{
		"one run":        {nil, diag.List{narrow, colour, wide}},
		"the other way":  {nil, diag.List{wide, narrow, colour}},
		"over two runs":  {diag.List{wide, colour}, diag.List{narrow}},
		"known by both":  {diag.List{wide, colour}, diag.List{narrow, wide}},
		"nothing is new": {diag.List{wide, colour, narrow}, nil},
	} {
		f := &flight{before: []report.BranchLine{{Notes: test.before}}}
		line := report.AssetLine{Notes: test.now}
		f.complete(&line)
		var got []string
		for _, n := range line.Notes {
			got = append(got, n.Message)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
