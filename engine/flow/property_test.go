package flow

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/budget"
	"github.com/exportd/exportd/engine/diag"
)

// model is a random graph whose every decision follows from a node and an item,
// so that a few lines can say how each branch must end.
type model struct {
	nodes    []modelNode
	pictures atomic.Int64 // holders of all images
}

type modelNode struct {
	name      string
	from      []int
	guarded   bool
	otherwise bool
	image     bool // gives items an image
	commit    bool
	cost      bool
	workers   int
}

func drawModel(t *rapid.T) *model {
	m := &model{}
	costly := map[int]bool{} // nodes at or behind a cost
	for i := range rapid.IntRange(1, 9).Draw(t, "nodes") {
		n := modelNode{name: fmt.Sprint("n", i), workers: rapid.IntRange(1, 3).Draw(t, "workers")}
		if i > 0 {
			n.from = rapid.SliceOfNDistinct(rapid.IntRange(0, i-1), 0, 3, rapid.ID[int]).Draw(t, "from")
		}
		n.guarded = rapid.Bool().Draw(t, "guarded")
		n.otherwise = !n.guarded && rapid.Bool().Draw(t, "otherwise")
		n.image = rapid.Bool().Draw(t, "image")
		n.commit = rapid.Bool().Draw(t, "commit")
		for _, f := range n.from {
			costly[i] = costly[i] || costly[f]
		}
		if !costly[i] && rapid.Bool().Draw(t, "cost") {
			n.cost, costly[i] = true, true
		}
		m.nodes = append(m.nodes, n)
	}
	return m
}

// roll is a fixed throw of a die for a node, an item and a purpose.
func roll(seq, node int, purpose, sides int) int {
	x := uint64(seq)*0x9e3779b97f4a7c15 ^ uint64(node)*0xbf58476d1ce4e5b9 ^ uint64(purpose)*0x94d049bb133111eb
	x ^= x >> 31
	x *= 0xff51afd7ed558ccd
	return int((x ^ x>>33) % uint64(sides))
}

func (m *model) guard(i, seq int) (bool, error) {
	r := roll(seq, i, 1, 10)
	if r == 0 {
		return false, errors.New("broken")
	}
	return r < 6, nil
}

func (m *model) fate(i, seq int) *diag.Diag {
	switch roll(seq, i, 2, 12) {
	case 0:
		return diag.New(diag.ImageCorrupt, "corrupt")
	case 1:
		return diag.New(diag.TypeUnsupported, "skipped")
	}
	return nil
}

func (m *model) committed(i, seq int) error {
	if m.nodes[i].commit && roll(seq, i, 3, 12) == 0 {
		return diag.New(diag.Target, "refused")
	}
	return nil
}

// expect adds how an item must end that leaves node i; -1 is the source.
func (m *model) expect(i, seq int, ways map[string]int) {
	kids, taken, stage := 0, 0, ""
	if i >= 0 {
		stage = m.nodes[i].name
	}
	for _, otherwise := range []bool{false, true} {
		if otherwise && taken > 0 {
			break
		}
		for k, n := range m.nodes {
			if n.otherwise != otherwise || !n.fedBy(i) {
				continue
			}
			kids++
			ok, err := true, error(nil)
			if n.guarded {
				ok, err = m.guard(k, seq)
			}
			if err != nil {
				ways[way(seq, n.name, diag.New(diag.Expression, ""))]++
			} else if ok {
				m.through(k, seq, ways)
			}
			if ok || err != nil {
				taken++
			}
		}
	}
	switch {
	case taken > 0:
	case kids > 0:
		ways[way(seq, stage, diag.New(diag.NoBranch, ""))]++
	default:
		ways[way(seq, stage, nil)]++
	}
}

// through adds how an item must end that enters node i.
func (m *model) through(i, seq int, ways map[string]int) {
	if d := m.fate(i, seq); d != nil {
		ways[way(seq, m.nodes[i].name, d)]++
	} else if err := m.committed(i, seq); err != nil {
		ways[way(seq, m.nodes[i].name, diag.From(err, ""))]++
	} else {
		m.expect(i, seq, ways)
	}
}

func (n modelNode) fedBy(i int) bool {
	for _, f := range n.from {
		if f == i {
			return true
		}
	}
	return i < 0 && len(n.from) == 0
}

// graph builds what the model describes.
func (m *model) graph() Graph {
	var g Graph
	for i, n := range m.nodes {
		made := Node{Name: n.name, Otherwise: n.otherwise, Workers: n.workers, Run: m.stage(i)}
		for _, f := range n.from {
			made.From = append(made.From, m.nodes[f].name)
		}
		if n.guarded {
			made.Guard = func(it *asset.Item) (bool, error) { return m.guard(i, it.Seq) }
		}
		if n.cost {
			made.Cost = func(it *asset.Item) (int64, error) { return int64(roll(it.Seq, i, 4, 15)), nil }
		}
		if n.commit {
			made.Commit = func(_ context.Context, items []*asset.Item) []error {
				errs := make([]error, len(items))
				for k, it := range items {
					errs[k] = m.committed(i, it.Seq)
				}
				return errs
			}
		}
		g.Nodes = append(g.Nodes, made)
	}
	return g
}

func (m *model) stage(i int) do {
	return func(ctx context.Context, it *asset.Item) error {
		if m.nodes[i].image && it.Image == nil {
			m.pictures.Add(1)
			it.Image = &picture{&m.pictures}
		}
		if roll(it.Seq, i, 5, 20) == 0 {
			time.Sleep(50 * time.Microsecond)
		}
		if d := m.fate(i, it.Seq); d != nil {
			return d
		}
		return nil
	}
}

func TestEveryGraphEndsEveryBranchAsItsStagesSay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m, n := drawModel(rt), rapid.IntRange(0, 60).Draw(rt, "items")
		o := Options{Budget: budget.New(10), CommitSize: rapid.IntRange(1, 9).Draw(rt, "batch"), CommitDelay: time.Millisecond}
		want := map[string]int{}
		for seq := range n {
			m.expect(-1, seq, want)
		}
		r := run(t, t.Context(), n, rooted(rt, m), o)
		if diff := cmp.Diff(want, r.ways()); diff != "" {
			rt.Fatal(diff)
		}
		m.checkFreed(rt, o)
	})
}

func TestEveryGraphAccountsForEveryItemWhenItIsStopped(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m, at := drawModel(rt), rapid.IntRange(0, 200).Draw(rt, "stop at")
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		ends := 0
		o := Options{Budget: budget.New(10), CommitSize: 3, CommitDelay: time.Millisecond, OnBranch: func(BranchEnd) {
			if ends++; ends >= at {
				cancel()
			}
		}}
		r := run(t, ctx, 100_000, rooted(rt, m), o)
		for _, b := range r.branches {
			if b.CloseErr != nil {
				rt.Fatal(b.CloseErr)
			}
		}
		m.checkFreed(rt, o)
	})
}

// rooted gives the model as a graph; every model must be a valid one.
func rooted(t *rapid.T, m *model) Graph {
	g := m.graph()
	if err := g.Validate(); err != nil {
		t.Fatal(err)
	}
	return g
}

// checkFreed fails when an image or a cost is still held.
func (m *model) checkFreed(t *rapid.T, o Options) {
	if n := m.pictures.Load(); n != 0 {
		t.Errorf("%d images are still held", n)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	release, err := o.Budget.Acquire(ctx, 10)
	if err != nil {
		t.Fatal("costs are still held")
	}
	release()
}
