package flow

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/budget"
	"github.com/exportd/exportd/engine/diag"
)

// everything is a graph with one of each: guards, clones, costs, batches.
func everything(total int64) (Graph, Options) {
	decode := do(func(ctx context.Context, it *asset.Item) error { it.Image = newPicture(); return nap(ctx, it) })
	encode := do(func(ctx context.Context, it *asset.Item) error {
		return errors.Join(it.CloseImage(), nap(ctx, it))
	})
	commit := func(_ context.Context, items []*asset.Item) []error { return make([]error, len(items)) }
	g := Graph{[]Node{
		{Name: "resolve", Run: pass, Workers: 2},
		{Name: "decode", Run: decode, Workers: 3, From: from("resolve"), Guard: divides(2), Cost: costs(1, 7, 3), ReleaseAfter: from("encode")},
		{Name: "card", Run: nap, Workers: 2, From: from("decode"), Rendition: "card"},
		{Name: "asked", Run: nap, Workers: 2, From: from("decode"), Rendition: "asked"},
		{Name: "encode", Run: encode, Workers: 2, From: from("card", "asked")},
		{Name: "deliver", Run: nap, Workers: 2, From: from("encode"), Commit: commit},
		{Name: "as-is", Run: nap, Workers: 2, From: from("resolve"), Otherwise: true},
	}}
	return g, Options{Budget: budget.New(total), CommitSize: 5, CommitDelay: time.Millisecond}
}

func TestARunThatIsStoppedAtAnyMomentAccountsForEveryItem(t *testing.T) {
	for range 150 {
		g, o := everything(7)
		ctx, cancel := context.WithCancelCause(t.Context())
		cause := errors.New("told to")
		timer := time.AfterFunc(time.Duration(rand.IntN(8000))*time.Microsecond, func() { cancel(cause) })
		r := run(t, ctx, 100_000, g, o)
		timer.Stop()
		for _, b := range r.branches {
			if b.CloseErr != nil {
				t.Errorf("item %d: %v", b.Seq, b.CloseErr)
			}
			if b.Outcome == asset.Exported && b.Stage != "deliver" && b.Stage != "as-is" {
				t.Errorf("item %d was exported at %s", b.Seq, b.Stage)
			}
			if b.Outcome != asset.Exported && (b.Diag.Code != diag.Stopped || !errors.Is(b.Diag, cause)) {
				t.Errorf("item %d: %v", b.Seq, b.Diag)
			}
		}
		free, err := o.Budget.Acquire(t.Context(), 7)
		if err != nil {
			t.Fatal(err)
		}
		free()
	}
}

func TestAStopWakesAStageAndAWaitForTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := do(func(ctx context.Context, it *asset.Item) error {
			<-ctx.Done()
			return ctx.Err()
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begun := time.Now()
		g := chain(Node{Name: "a", Run: hang, Workers: 2, Cost: costs(100), Timeout: time.Hour})
		r := run(t, ctx, 50, g, Options{Budget: budget.New(100)})
		if took := time.Since(begun); took != time.Minute {
			t.Errorf("took %s", took)
		}
		for _, b := range r.branches {
			if b.Diag == nil || b.Diag.Code != diag.Stopped {
				t.Errorf("item %d ended as %s", b.Seq, b.Outcome)
			}
		}
		if r.begun < 2 || r.begun > 8 {
			t.Errorf("%d items were taken", r.begun)
		}
	})
}

func TestAnErrorOfItsOwnIsNotHiddenByAStop(t *testing.T) {
	for _, c := range []struct {
		err  error
		want diag.Code
	}{
		{diag.New(diag.ImageCorrupt, "truncated"), diag.ImageCorrupt},
		{diag.New(diag.SourceRead, "read: %w", context.Canceled), diag.Stopped},
		{errors.New("file already closed"), diag.Stopped},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		late := do(func(context.Context, *asset.Item) error { cancel(); return c.err })
		r := run(t, ctx, 1, chain(Node{Name: "a", Run: late}), Options{})
		if got := r.only().Diag.Code; got != c.want {
			t.Errorf("%v ended as %s, want %s", c.err, got, c.want)
		}
	}
}

func TestARunThatWasStoppedBeforeItBeganTakesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	items := make(chan *asset.Item, 100)
	for range cap(items) {
		items <- &asset.Item{}
	}
	err := Run(ctx, chain(Node{Name: "a", Run: pass}), Options{}, items)
	if !errors.Is(err, context.Canceled) || len(items) != cap(items) {
		t.Errorf("%v, %d items were taken", err, cap(items)-len(items))
	}
}

func TestNothingBeginsAfterAStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		stop := do(func(context.Context, *asset.Item) error { time.Sleep(time.Second); cancel(); return nil })
		late := do(func(context.Context, *asset.Item) error { t.Error("a stage was called"); return nil })
		asked := func(*asset.Item) (int64, error) { t.Error("a cost was asked for"); return 0, nil }
		calls := 0
		once := do(func(ctx context.Context, it *asset.Item) error { calls++; return stop(ctx, it) })
		g := Graph{[]Node{
			{Name: "a", Run: once},
			{Name: "b", Run: late, From: from("a")},
			{Name: "c", Run: pass, From: from("a"), Cost: asked},
		}}
		run(t, ctx, 10, g, Options{Budget: budget.New(1)})
		if calls != 1 {
			t.Errorf("the first stage was called %d times", calls)
		}
	})
}

func TestWhatIsDoneWhenTheRunStopsIsExported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		last := do(func(context.Context, *asset.Item) error { cancel(); return nil })
		r := run(t, ctx, 1, chain(Node{Name: "a", Run: last}), Options{})
		if end := r.only(); end.Outcome != asset.Exported {
			t.Errorf("%s: %v", end.Outcome, end.Diag)
		}
	})
}

func TestClosingTheSourceDrainsTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := do(func(context.Context, *asset.Item) error { time.Sleep(time.Second); return nil })
		items := make(chan *asset.Item)
		var ends []AssetEnd
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := Run(t.Context(), chain(Node{Name: "a", Run: slow}), Options{OnAsset: func(e AssetEnd) { ends = append(ends, e) }}, items); err != nil {
				t.Error(err)
			}
		})
		for range 4 {
			items <- &asset.Item{}
		}
		close(items)
		wg.Wait()
		for _, e := range ends {
			if e.Outcome != asset.Exported {
				t.Errorf("%s: %v", e.Outcome, e.Diag)
			}
		}
		if len(ends) != 4 {
			t.Errorf("%d of 4 ended", len(ends))
		}
	})
}
