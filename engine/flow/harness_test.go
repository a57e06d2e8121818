package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// do is a stage made of a function.
type do func(context.Context, *asset.Item) error

func (f do) Process(ctx context.Context, it *asset.Item) error { return f(ctx, it) }

var pass = do(func(context.Context, *asset.Item) error { return nil })

// failing fails the items that a function names.
func failing(err error, when func(seq int) bool) do {
	return func(_ context.Context, it *asset.Item) error {
		if when(it.Seq) {
			return err
		}
		return nil
	}
}

func every(seq int) bool { return true }

// chain feeds each node from the one before it.
func chain(nodes ...Node) Graph {
	for i := 1; i < len(nodes); i++ {
		nodes[i].From = []string{nodes[i-1].Name}
	}
	return Graph{Nodes: nodes}
}

// record keeps what a run reports and checks the contract of its callbacks. It
// has no lock of its own: the race detector sees whether calls are serialised.
type record struct {
	t        testing.TB
	begun    int
	branches []BranchEnd
	assets   []AssetEnd
	open     map[int]bool
	most     int  // in flight at once
	pruned   bool // whether an asset may end without a branch
	closed   atomic.Int64
}

// run runs n items through a graph and fails the test when a count is wrong.
func run(t testing.TB, ctx context.Context, n int, g Graph, o Options) *record {
	t.Helper()
	r := &record{t: t, open: map[int]bool{}, pruned: slices.ContainsFunc(g.Nodes, func(n Node) bool { return n.Done != nil })}
	stop, cancel := context.WithCancel(ctx)
	var feeding sync.WaitGroup
	items := make(chan *asset.Item)
	feeding.Go(func() { r.feed(stop, n, items) })
	err := Run(ctx, g, r.observe(o), items)
	cancel()
	feeding.Wait()
	if !errors.Is(err, context.Cause(ctx)) {
		t.Fatalf("Run = %v", err)
	}
	if ctx.Err() == nil && r.begun != n {
		t.Errorf("%d of %d items were taken", r.begun, n)
	}
	if len(r.assets) != r.begun || len(r.open) != 0 {
		t.Errorf("%d items began, %d ended, %d are open", r.begun, len(r.assets), len(r.open))
	}
	if int(r.closed.Load()) != r.begun {
		t.Errorf("%d items began, %d were closed", r.begun, r.closed.Load())
	}
	return r
}

func (r *record) feed(ctx context.Context, n int, to chan<- *asset.Item) {
	defer close(to)
	for seq := range n {
		it := &asset.Item{Seq: seq, Asset: &asset.Asset{Handle: asset.Handle(fmt.Sprint(seq))}}
		it.OnClose(func() { r.closed.Add(1) })
		select {
		case to <- it:
		case <-ctx.Done():
			return
		}
	}
}

// observe puts the record's checks in front of the caller's callbacks.
func (r *record) observe(o Options) Options {
	begin, branch, end := o.OnBegin, o.OnBranch, o.OnAsset
	parts := map[int]int{}
	o.OnBegin = func(seq int) {
		r.begun++
		r.open[seq] = true
		r.most = max(r.most, len(r.open))
		if begin != nil {
			begin(seq)
		}
	}
	o.OnBranch = func(e BranchEnd) {
		if !r.open[e.Seq] {
			r.t.Errorf("a branch of item %d ended outside of it", e.Seq)
		}
		parts[e.Seq]++
		r.branches = append(r.branches, e)
		if branch != nil {
			branch(e)
		}
	}
	o.OnAsset = func(e AssetEnd) {
		if !r.open[e.Seq] || e.Branches != parts[e.Seq] || e.Branches == 0 && !r.pruned {
			r.t.Errorf("item %d ended with %d branches of %d, open %t", e.Seq, e.Branches, parts[e.Seq], r.open[e.Seq])
		}
		delete(r.open, e.Seq)
		delete(parts, e.Seq)
		r.assets = append(r.assets, e)
		if end != nil {
			end(e)
		}
	}
	return o
}

// only gives the one branch of the one item, and fails when there are more.
func (r *record) only() BranchEnd {
	r.t.Helper()
	if len(r.branches) != 1 {
		r.t.Fatalf("%d branches ended, want one", len(r.branches))
	}
	return r.branches[0]
}

// ways says how each branch ended, as "seq stage outcome", counted.
func (r *record) ways() map[string]int {
	ways := map[string]int{}
	for _, b := range r.branches {
		ways[way(b.Seq, b.Stage, b.Diag)]++
	}
	return ways
}

func way(seq int, stage string, d *diag.Diag) string {
	if d == nil {
		return fmt.Sprintf("%d %s %s", seq, stage, asset.Exported)
	}
	return fmt.Sprintf("%d %s %s", seq, stage, d.Code)
}

// picture is an image that counts its holders.
type picture struct{ holders *atomic.Int64 }

func newPicture() *picture {
	p := &picture{new(atomic.Int64)}
	p.holders.Add(1)
	return p
}

func (p *picture) Width() int  { return 1 }
func (p *picture) Height() int { return 1 }
func (p *picture) Close() error {
	if p.holders.Add(-1) < 0 {
		return errors.New("closed too often")
	}
	return nil
}

func (p *picture) Share() (asset.Image, error) {
	p.holders.Add(1)
	return &picture{p.holders}, nil
}

// plate is an image that cannot be shared.
type plate struct{ asset.Image }
