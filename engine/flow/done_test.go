package flow

import (
	"context"
	"slices"
	"testing"

	"github.com/exportd/exportd/engine/asset"
)

// TestWhatIsDoneIsNotDoneAgain takes an asset to three deliver nodes behind one
// decode; item 0 has nothing done, item 1 has b, item 2 has b and c, item 3 all.
func TestWhatIsDoneIsNotDoneAgain(t *testing.T) {
	done := map[string][]int{"b": {1, 2, 3}, "c": {2, 3}, "d": {3}, "decode": {3}, "other": {3}}
	node := func(name, from string) Node {
		return Node{Name: name, From: []string{from}, Run: pass, Done: func(it *asset.Item) bool { return slices.Contains(done[name], it.Seq) }}
	}
	decode := node("decode", "resolve")
	decode.Guard = func(*asset.Item) (bool, error) { return true, nil }
	other := node("other", "resolve")
	other.Otherwise = true
	other.Done = nil
	g := Graph{Nodes: []Node{{Name: "resolve", Run: pass}, decode, other, node("b", "decode"), node("c", "decode"), node("d", "decode")}}
	r := run(t, context.Background(), 4, g, Options{})
	got := map[int]string{}
	for _, b := range r.branches {
		got[b.Seq] += b.Stage
	}
	for seq, want := range []string{"bcd", "cd", "d", ""} {
		letters := []byte(got[seq])
		slices.Sort(letters)
		if string(letters) != want {
			t.Errorf("item %d went to %q, want %q", seq, got[seq], want)
		}
	}
	for _, a := range r.assets {
		if a.Outcome != asset.Exported || a.Branches != 3-a.Seq {
			t.Errorf("asset %d ended as %s with %d branches", a.Seq, a.Outcome, a.Branches)
		}
	}
}
