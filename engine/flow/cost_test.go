package flow

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/budget"
	"github.com/exportd/exportd/engine/diag"
)

type unlimited struct{}

func (unlimited) Acquire(context.Context, int64) (func(), error) { return func() {}, nil }

// till keeps the order in which costs were taken, and what is out.
type till struct {
	*budget.Budget
	mu    sync.Mutex
	order []int64
	out   int64
	most  int64
}

func newTill(total int64) *till { return &till{Budget: budget.New(total)} }

func (t *till) Acquire(ctx context.Context, n int64) (func(), error) {
	t.mu.Lock()
	t.order = append(t.order, n)
	t.mu.Unlock()
	release, err := t.Budget.Acquire(ctx, n)
	if err != nil {
		return nil, err
	}
	t.add(min(n, t.Total()))
	return func() { t.add(-min(n, t.Total())); release() }, nil
}

func (t *till) add(n int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.out += n
	t.most = max(t.most, t.out)
}

func costs(n ...int64) func(*asset.Item) (int64, error) {
	return func(it *asset.Item) (int64, error) { return n[it.Seq%len(n)], nil }
}

func TestCostsAreTakenInOrderAndNeverAboveTheTotal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(100)
		want := []int64{60, 50, 1, 500, 2, 3}
		rest := do(func(_ context.Context, it *asset.Item) error { time.Sleep(time.Second); return nil })
		g := chain(Node{Name: "decode", Run: rest, Workers: 4, Cost: costs(want...)}, Node{Name: "encode", Run: rest, Workers: 4})
		run(t, t.Context(), len(want), g, Options{Budget: till})
		if !slices.Equal(till.order, want) {
			t.Errorf("taken in the order %v", till.order)
		}
		if till.most != 100 || till.out != 0 {
			t.Errorf("up to %d were out, %d still are", till.most, till.out)
		}
	})
}

func TestAWaitForTheBudgetUsesNoWorker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rest := do(func(context.Context, *asset.Item) error { time.Sleep(time.Second); return nil })
		g := chain(Node{Name: "decode", Run: pass, Workers: 1, Cost: costs(100)}, Node{Name: "slow", Run: rest, Workers: 4})
		begun := time.Now()
		run(t, t.Context(), 20, g, Options{Budget: newTill(100)})
		if took := time.Since(begun); took != 20*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

func TestTheCostComesBackAfterTheNamedStage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(100)
		rest := do(func(context.Context, *asset.Item) error { time.Sleep(time.Hour); return nil })
		commit := func(_ context.Context, items []*asset.Item) []error { return make([]error, len(items)) }
		g := chain(
			Node{Name: "decode", Run: pass, Cost: costs(100), ReleaseAfter: from("encode")},
			Node{Name: "encode", Run: pass},
			Node{Name: "deliver", Run: rest, Workers: 10, Commit: commit},
		)
		begun := time.Now()
		run(t, t.Context(), 10, g, Options{Budget: till})
		if took := time.Since(begun); took >= 2*time.Hour {
			t.Errorf("took %s: the cost was kept while delivering", took)
		}
		if till.out != 0 {
			t.Errorf("%d are still out", till.out)
		}
	})
}

func TestBranchesShareOneCostUntilTheLastLetsGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		till := newTill(100)
		out := map[string]int64{}
		after := func(d time.Duration) do {
			return func(context.Context, *asset.Item) error { time.Sleep(d); return nil }
		}
		g := Graph{[]Node{
			{Name: "decode", Run: pass, Cost: costs(100), ReleaseAfter: from("early", "late")},
			{Name: "early", Run: after(time.Second), From: from("decode")},
			{Name: "fails", Run: failing(errors.New("x"), every), From: from("decode")},
			{Name: "late", Run: after(time.Minute), From: from("decode")},
			{Name: "last", Run: after(time.Hour), From: from("late")},
		}}
		run(t, t.Context(), 1, g, Options{Budget: till, OnBranch: func(b BranchEnd) {
			till.mu.Lock()
			defer till.mu.Unlock()
			out[b.Stage] = till.out
		}})
		if diff := cmp.Diff(map[string]int64{"early": 100, "fails": 100, "last": 0}, out); diff != "" {
			t.Error(diff)
		}
	})
}

func TestACostThatCannotBeKnownFailsTheItem(t *testing.T) {
	unknown := func(it *asset.Item) (int64, error) {
		if it.Seq == 1 {
			return 0, diag.New(diag.SourceRead, "cannot read the header")
		}
		return 1, nil
	}
	r := run(t, t.Context(), 3, chain(Node{Name: "a", Run: pass, Cost: unknown}), Options{Budget: newTill(1)})
	want := map[string]int{"0 a exported": 1, "1 a E-SOURCE-READ": 1, "2 a exported": 1}
	if diff := cmp.Diff(want, r.ways()); diff != "" {
		t.Error(diff)
	}
}

func TestSiblingsWithCostsMeetAgain(t *testing.T) {
	till := newTill(3)
	g := Graph{[]Node{
		{Name: "a", Run: pass},
		{Name: "x", Run: nap, Workers: 2, From: from("a"), Cost: costs(1, 2, 3)},
		{Name: "y", Run: nap, Workers: 2, From: from("a"), Cost: costs(3, 2, 5)},
		{Name: "b", Run: nap, Workers: 2, From: from("x", "y")},
	}}
	r := run(t, t.Context(), 300, g, Options{Budget: till})
	if len(r.branches) != 600 || till.out != 0 || till.most > 3 {
		t.Errorf("%d branches, %d out, most %d", len(r.branches), till.out, till.most)
	}
}
