package flow

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// divides guards by the item's number.
func divides(n int) func(*asset.Item) (bool, error) {
	return func(it *asset.Item) (bool, error) { return it.Seq%n == 0, nil }
}

func from(names ...string) []string { return names }

func TestGuardsAndOtherwiseSplitTheItems(t *testing.T) {
	g := Graph{[]Node{
		{Name: "a", Run: pass, Workers: 2},
		{Name: "two", Run: pass, From: from("a"), Guard: divides(2)},
		{Name: "three", Run: pass, From: from("a"), Guard: divides(3)},
		{Name: "rest", Run: pass, From: from("a"), Otherwise: true},
	}}
	r := run(t, t.Context(), 7, g, Options{})
	want := map[string]int{
		"0 two exported": 1, "0 three exported": 1, "1 rest exported": 1, "2 two exported": 1, "3 three exported": 1,
		"4 two exported": 1, "5 rest exported": 1, "6 two exported": 1, "6 three exported": 1,
	}
	if diff := cmp.Diff(want, r.ways()); diff != "" {
		t.Error(diff)
	}
}

func TestTheFirstNodesAreChosenToo(t *testing.T) {
	g := Graph{[]Node{
		{Name: "even", Run: pass, Guard: divides(2)},
		{Name: "all", Run: pass},
		{Name: "never", Run: pass, Otherwise: true},
	}}
	r := run(t, t.Context(), 2, g, Options{})
	want := map[string]int{"0 even exported": 1, "0 all exported": 1, "1 all exported": 1}
	if diff := cmp.Diff(want, r.ways()); diff != "" {
		t.Error(diff)
	}
}

func TestAnItemThatNoBranchTakesFails(t *testing.T) {
	for _, c := range []struct {
		name, stage, message string
		nodes                []Node
	}{
		{"behind a stage", "a", `no branch behind stage "a" took the asset`, []Node{{Name: "a", Run: pass}, {Name: "b", Run: pass, From: from("a"), Guard: divides(2)}}},
		{"at the source", "", "no branch behind the source took the asset", []Node{{Name: "a", Run: pass, Guard: divides(2)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := run(t, t.Context(), 2, Graph{c.nodes}, Options{})
			for _, b := range r.branches {
				if b.Seq == 1 && (b.Outcome != asset.Failed || b.Diag.Code != diag.NoBranch || b.Stage != c.stage || b.Diag.Message != c.message) {
					t.Errorf("%s at %q: %v", b.Outcome, b.Stage, b.Diag)
				}
			}
			if got := r.ways(); got["1 "+c.stage+" E-NO-BRANCH"] != 1 {
				t.Errorf("ends: %v", got)
			}
		})
	}
}

func TestAGuardsErrorFailsItsBranchAlone(t *testing.T) {
	broken := func(*asset.Item) (bool, error) { return false, errors.New("no such field") }
	g := Graph{[]Node{
		{Name: "a", Run: pass},
		{Name: "good", Run: pass, From: from("a"), Guard: divides(2)},
		{Name: "bad", Run: pass, From: from("a"), Guard: broken, Rendition: "r"},
		{Name: "rest", Run: pass, From: from("a"), Otherwise: true},
	}}
	r := run(t, t.Context(), 2, g, Options{})
	want := map[string]int{"0 good exported": 1, "0 bad E-EXPRESSION": 1, "1 bad E-EXPRESSION": 1}
	if diff := cmp.Diff(want, r.ways()); diff != "" {
		t.Error(diff)
	}
	for _, a := range r.assets {
		if a.Outcome != asset.Failed || a.Diag.Code != diag.Expression {
			t.Errorf("item %d ended as %s", a.Seq, a.Outcome)
		}
	}
}

func TestTheAssetEndsAsTheWorstOfItsBranches(t *testing.T) {
	skip := diag.New(diag.TypeUnsupported, "skipped")
	fail := diag.New(diag.ImageCorrupt, "failed")
	for _, c := range []struct {
		first, second error
		want          asset.Outcome
		reason        *diag.Diag
	}{
		{nil, nil, asset.Exported, nil},
		{nil, skip, asset.Skipped, skip},
		{skip, fail, asset.Failed, fail},
		{fail, nil, asset.Failed, fail},
	} {
		g := Graph{[]Node{{Name: "x", Run: failing(c.first, every)}, {Name: "y", Run: failing(c.second, every)}}}
		r := run(t, t.Context(), 1, g, Options{})
		if a := r.assets[0]; a.Outcome != c.want || a.Diag != c.reason || a.Branches != 2 {
			t.Errorf("%v and %v ended as %+v", c.first, c.second, a)
		}
	}
}

func TestBranchesCarryTheirRendition(t *testing.T) {
	seen := make(chan string, 9)
	see := do(func(_ context.Context, it *asset.Item) error { seen <- it.Rendition; return nil })
	g := Graph{[]Node{
		{Name: "decode", Run: pass},
		{Name: "card", Run: see, From: from("decode"), Rendition: "card"},
		{Name: "asked", Run: failing(diag.New(diag.OutputSize, "too large"), every), From: from("decode"), Rendition: "asked"},
		{Name: "encode", Run: see, From: from("card", "asked")},
	}}
	r := run(t, t.Context(), 1, g, Options{})
	got := map[string]string{}
	for _, b := range r.branches {
		got[b.Rendition] = b.Stage
	}
	if diff := cmp.Diff(map[string]string{"card": "encode", "asked": "asked"}, got); diff != "" {
		t.Error(diff)
	}
	if a, b := <-seen, <-seen; a != "card" || b != "card" {
		t.Errorf("the stages saw %q and %q", a, b)
	}
}

func TestBranchesShareAnImageAndTheLastHolderFreesIt(t *testing.T) {
	var pic *picture
	decode := do(func(_ context.Context, it *asset.Item) error {
		pic = newPicture()
		it.Image = pic
		return nil
	})
	look := do(func(_ context.Context, it *asset.Item) error {
		if it.Image.(*picture).holders.Load() < 1 {
			return errors.New("the image is gone")
		}
		return it.CloseImage()
	})
	g := Graph{[]Node{
		{Name: "decode", Run: decode},
		{Name: "x", Run: look, From: from("decode")},
		{Name: "y", Run: pass, From: from("decode")},
		{Name: "z", Run: look, From: from("decode")},
	}}
	r := run(t, t.Context(), 1, g, Options{})
	for _, b := range r.branches {
		if b.Outcome != asset.Exported || b.CloseErr != nil {
			t.Errorf("%s: %v %v", b.Stage, b.Diag, b.CloseErr)
		}
	}
	if n := pic.holders.Load(); len(r.branches) != 3 || n != 0 {
		t.Errorf("%d branches, %d holders are left", len(r.branches), n)
	}
}

func TestWhatCannotBeSharedGoesToOneBranch(t *testing.T) {
	for name, give := range map[string]do{
		"image":    func(_ context.Context, it *asset.Item) error { it.Image = plate{newPicture()}; return nil },
		"artifact": func(_ context.Context, it *asset.Item) error { it.Artifact = &asset.Artifact{}; return nil },
	} {
		t.Run(name, func(t *testing.T) {
			g := Graph{[]Node{{Name: "a", Run: give}, {Name: "x", Run: pass, From: from("a")}, {Name: "y", Run: pass, From: from("a")}}}
			r := run(t, t.Context(), 1, g, Options{})
			if diff := cmp.Diff(map[string]int{"0 x E-INTERNAL": 1, "0 y exported": 1}, r.ways()); diff != "" {
				t.Error(diff)
			}
			if d := r.assets[0].Diag; !strings.Contains(d.Message, "more than one taker") {
				t.Error(d.Message)
			}
		})
	}
}

func TestAFailedGuardTakesNoImageFromTheOthers(t *testing.T) {
	give := do(func(_ context.Context, it *asset.Item) error { it.Image = plate{newPicture()}; return nil })
	broken := func(*asset.Item) (bool, error) { return false, errors.New("x") }
	see := do(func(_ context.Context, it *asset.Item) error {
		if it.Image == nil {
			return errors.New("no image")
		}
		return nil
	})
	g := Graph{[]Node{{Name: "a", Run: give}, {Name: "x", Run: see, From: from("a")}, {Name: "y", Run: see, From: from("a"), Guard: broken}}}
	r := run(t, t.Context(), 1, g, Options{})
	if diff := cmp.Diff(map[string]int{"0 x exported": 1, "0 y E-EXPRESSION": 1}, r.ways()); diff != "" {
		t.Error(diff)
	}
}

func TestArtifactsAreCopiedForEveryFurtherTaker(t *testing.T) {
	encode := do(func(_ context.Context, it *asset.Item) error { it.Artifact = &asset.Artifact{Ext: "png"}; return nil })
	seen := make(chan *asset.Artifact, 2)
	see := do(func(_ context.Context, it *asset.Item) error { seen <- it.Artifact; return nil })
	g := Graph{[]Node{{Name: "a", Run: encode}, {Name: "x", Run: see, From: from("a")}, {Name: "y", Run: see, From: from("a")}}}
	copies := func(_ context.Context, a *asset.Artifact) (*asset.Artifact, error) { b := *a; return &b, nil }
	run(t, t.Context(), 1, g, Options{CopyArtifact: copies})
	if a, b := <-seen, <-seen; a == b || a.Ext != "png" || b.Ext != "png" {
		t.Errorf("%p %p", a, b)
	}
}

func TestASlowBranchDelaysAndNeverStopsAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := do(func(context.Context, *asset.Item) error { time.Sleep(time.Second); return nil })
		g := Graph{[]Node{
			{Name: "a", Run: pass, Workers: 4},
			{Name: "slow", Run: slow, From: from("a")},
			{Name: "fast", Run: pass, From: from("a"), Workers: 2},
			{Name: "both", Run: pass, From: from("slow", "fast", "a")},
			{Name: "odd", Run: pass, From: from("both"), Guard: divides(2)},
			{Name: "even", Run: pass, From: from("both"), Otherwise: true},
		}}
		begun := time.Now()
		r := run(t, t.Context(), 100, g, Options{})
		if took := time.Since(begun); took != 100*time.Second {
			t.Errorf("took %s", took)
		}
		ways := r.ways()
		for w, n := range maps.Clone(ways) {
			if n != 3 {
				t.Errorf("%s: %d times", w, n)
			}
		}
		if len(ways) != 100 {
			t.Errorf("%d items", len(ways))
		}
	})
}

func TestNotesOfTheTrunkStandOnEveryBranch(t *testing.T) {
	note := func(code diag.Code) do {
		return func(_ context.Context, it *asset.Item) error { it.Note(diag.New(code, "n")); return nil }
	}
	g := Graph{[]Node{
		{Name: "a", Run: note(diag.FirstFrame)},
		{Name: "x", Run: note(diag.ColourAssumed), From: from("a")},
		{Name: "y", Run: pass, From: from("a")},
	}}
	r := run(t, t.Context(), 1, g, Options{})
	got := map[string]int{}
	for _, b := range r.branches {
		got[b.Stage] = len(b.Notes)
	}
	if diff := cmp.Diff(map[string]int{"x": 2, "y": 1}, got); diff != "" {
		t.Error(diff)
	}
}
