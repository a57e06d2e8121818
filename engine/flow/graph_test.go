package flow

import (
	"context"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/asset"
)

func TestAGraphThatCannotRunIsRefused(t *testing.T) {
	free := func(*asset.Item) (int64, error) { return 0, nil }
	guard := func(*asset.Item) (bool, error) { return true, nil }
	for _, c := range []struct {
		name  string
		nodes []Node
		want  []string
	}{
		{"nothing", nil, []string{"no node takes the items of the source"}},
		{"no name", []Node{{Run: pass}}, []string{"node 0 has no name"}},
		{"no stage", []Node{{Name: "a"}}, []string{`node "a" has nothing to run`}},
		{"one name twice", []Node{{Name: "a", Run: pass}, {Name: "a", Run: pass}}, []string{`two nodes are named "a"`}},
		{"unknown from", []Node{{Name: "a", Run: pass}, {Name: "b", Run: pass, From: []string{"x"}}}, []string{`node "b" is fed by "x", which does not exist`}},
		{"twice the same from", []Node{{Name: "a", Run: pass}, {Name: "b", Run: pass, From: []string{"a", "a"}}}, []string{`node "b" is fed by "a" twice`}},
		{"guard and otherwise", []Node{{Name: "a", Run: pass, Guard: guard, Otherwise: true}}, []string{`node "a" has a guard and is otherwise`}},
		{"only a circle", []Node{{Name: "a", Run: pass, From: []string{"b"}}, {Name: "b", Run: pass, From: []string{"a"}}}, []string{"no node takes"}},
		{"a circle and what hangs on it", []Node{
			{Name: "root", Run: pass},
			{Name: "a", Run: pass, From: []string{"b"}},
			{Name: "b", Run: pass, From: []string{"a"}},
			{Name: "c", Run: pass, From: []string{"b"}},
		}, []string{"in a circle: a, b", "no item reaches c"}},
		{"a circle that is fed", []Node{
			{Name: "root", Run: pass},
			{Name: "a", Run: pass, From: []string{"root", "b"}},
			{Name: "b", Run: pass, From: []string{"a"}},
		}, []string{"in a circle: a, b"}},
		{"itself", []Node{{Name: "root", Run: pass}, {Name: "a", Run: pass, From: []string{"root", "a"}}}, []string{"in a circle: a"}},
		{"a cost behind a cost", chain(Node{Name: "a", Run: pass, Cost: free, ReleaseAfter: []string{"b"}}, Node{Name: "b", Run: pass}, Node{Name: "c", Run: pass, Cost: free}).Nodes,
			[]string{`node "c" has a cost and stands behind "a"`}},
		{"a release that is not behind", chain(Node{Name: "a", Run: pass}, Node{Name: "b", Run: pass, Cost: free, ReleaseAfter: []string{"a"}}).Nodes,
			[]string{`node "b" gives its cost back after "a", which is not behind it`}},
		{"a release of nothing", []Node{{Name: "a", Run: pass, ReleaseAfter: []string{"a"}}}, []string{`node "a" gives back a cost that it does not take`}},
		{"no budget", []Node{{Name: "a", Run: pass, Cost: free}}, []string{`node "a" has a cost, but there is no budget`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := Run(t.Context(), Graph{c.nodes}, Options{}, nil)
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("err = %v, want %q", err, want)
				}
			}
		})
	}
}

func TestAnEmptySourceEndsAtOnce(t *testing.T) {
	r := run(t, context.Background(), 0, chain(Node{Name: "a", Run: pass}, Node{Name: "b", Run: pass}), Options{})
	if len(r.branches) != 0 {
		t.Errorf("%d branches", len(r.branches))
	}
}
