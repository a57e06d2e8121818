package flow

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// nap takes up to 300 µs, so that workers overtake each other.
var nap = do(func(context.Context, *asset.Item) error {
	time.Sleep(time.Duration(rand.IntN(300)) * time.Microsecond)
	return nil
})

func TestItemsLeaveANodeInTheOrderTheyCame(t *testing.T) {
	last := -1
	watch := do(func(_ context.Context, it *asset.Item) error {
		if it.Seq <= last {
			t.Errorf("item %d came after %d", it.Seq, last)
		}
		last = it.Seq
		return nil
	})
	odd := failing(errors.New("odd"), func(seq int) bool { return seq%5 == 3 })
	r := run(t, t.Context(), 2000, chain(
		Node{Name: "a", Run: nap, Workers: 8}, Node{Name: "b", Run: odd, Workers: 3}, Node{Name: "c", Run: nap, Workers: 4}, Node{Name: "d", Run: watch},
	), Options{})
	if len(r.branches) != 2000 || last != 1999 {
		t.Errorf("%d branches, last %d", len(r.branches), last)
	}
}

func TestANodeWorksOnAsManyItemsAsItHasWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int64
		busy := do(func(context.Context, *asset.Item) error {
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			time.Sleep(time.Second)
			now.Add(-1)
			return nil
		})
		begun := time.Now()
		run(t, t.Context(), 30, chain(Node{Name: "a", Run: busy, Workers: 3}), Options{})
		if took := time.Since(begun); most.Load() != 3 || took != 10*time.Second {
			t.Errorf("%d at once, took %s", most.Load(), took)
		}
	})
}

func TestAnErrorEndsTheItemWithItsCode(t *testing.T) {
	cause := errors.New("disk on fire")
	list := diag.List{diag.New(diag.CommandUnknown, "x"), diag.New(diag.ImageCorrupt, "y")}
	for _, c := range []struct {
		name string
		err  error
		want asset.Outcome
		code diag.Code
	}{
		{"a diag", diag.New(diag.ImageCorrupt, "half a picture"), asset.Failed, diag.ImageCorrupt},
		{"a wrapped diag", fmt.Errorf("a: %w", diag.New(diag.Target, "no")), asset.Failed, diag.Target},
		{"a warning", diag.New(diag.TypeUnsupported, "a set"), asset.Skipped, diag.TypeUnsupported},
		{"a note is no reason to skip", diag.New(diag.FirstFrame, "one"), asset.Failed, diag.FirstFrame},
		{"the error of a list", list, asset.Failed, diag.ImageCorrupt},
		{"a plain error", cause, asset.Failed, diag.InternalError},
		{"somebody else's deadline", diag.New(diag.SourceRead, "%w", context.DeadlineExceeded), asset.Failed, diag.SourceRead},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := run(t, t.Context(), 1, chain(Node{Name: "a", Run: pass}, Node{Name: "b", Run: failing(c.err, every)}, Node{Name: "c", Run: pass}), Options{})
			end := r.only()
			if end.Stage != "b" || end.Outcome != c.want || end.Diag.Code != c.code {
				t.Errorf("ended at %s as %s with %s", end.Stage, end.Outcome, end.Diag.Code)
			}
			if errors.Is(c.err, cause) && !errors.Is(end.Diag, cause) {
				t.Error("the cause is lost")
			}
			if a := r.assets[0]; a.Outcome != c.want || a.Diag != end.Diag || a.Asset != end.Asset {
				t.Errorf("asset ended as %+v", a)
			}
		})
	}
}

func TestAPanicFailsItsItemAlone(t *testing.T) {
	boom := func(it *asset.Item) {
		if it.Seq%10 == 7 {
			panic(fmt.Sprintf("boom %d", it.Seq))
		}
	}
	inStage := Node{Name: "a", Workers: 2, Run: do(func(_ context.Context, it *asset.Item) error { boom(it); return nil })}
	inGuard := Node{Name: "a", Run: pass, Guard: func(it *asset.Item) (bool, error) { boom(it); return true, nil }}
	inCost := Node{Name: "a", Run: pass, Cost: func(it *asset.Item) (int64, error) { boom(it); return 1, nil }}
	for name, n := range map[string]Node{"stage": inStage, "guard": inGuard, "cost": inCost} {
		t.Run(name, func(t *testing.T) {
			r := run(t, t.Context(), 50, Graph{[]Node{n}}, Options{Budget: unlimited{}})
			failed := 0
			for _, b := range r.branches {
				if b.Outcome != asset.Failed {
					continue
				}
				failed++
				var p *PanicError
				if !errors.As(b.Diag, &p) || !strings.Contains(string(p.Stack), "node_test.go") {
					t.Errorf("no stack of the panic: %v", b.Diag)
				}
				if want := fmt.Sprintf(`stage "a" panicked: boom %d`, b.Seq); b.Diag.Message != want || b.Diag.Code != diag.InternalError || b.Stage != "a" {
					t.Errorf("%s %q at %q, want %q", b.Diag.Code, b.Diag.Message, b.Stage, want)
				}
			}
			if failed != 5 {
				t.Errorf("%d items failed, want 5", failed)
			}
		})
	}
}

func TestAPanicWhileClosingIsReportedAndChangesNothing(t *testing.T) {
	hang := do(func(_ context.Context, it *asset.Item) error {
		it.OnClose(func() { panic("stuck") })
		return nil
	})
	g := chain(Node{Name: "a", Run: hang})
	items := make(chan *asset.Item, 1)
	items <- &asset.Item{Asset: &asset.Asset{}}
	close(items)
	var end BranchEnd
	if err := Run(t.Context(), g, Options{OnBranch: func(e BranchEnd) { end = e }}, items); err != nil {
		t.Fatal(err)
	}
	if end.Outcome != asset.Exported || end.CloseErr == nil || end.CloseErr.Error() != "stuck" {
		t.Errorf("%s, %v", end.Outcome, end.CloseErr)
	}
}

func TestAnItemThatTakesTooLongFailsWithFoundAndAllowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := do(func(ctx context.Context, it *asset.Item) error {
			if it.Seq != 1 {
				return nil
			}
			<-ctx.Done()
			time.Sleep(time.Second / 2) // what stopping takes
			return fmt.Errorf("killed: %w", ctx.Err())
		})
		r := run(t, t.Context(), 3, chain(Node{Name: "a", Run: slow, Timeout: 2 * time.Second}), Options{})
		if got := r.ways(); got["1 a E-LIMIT-TIME"] != 1 || got["0 a exported"] != 1 || got["2 a exported"] != 1 {
			t.Errorf("ends: %v", got)
		}
		for _, a := range r.assets {
			if want := `stage "a" took 2.5s, 2s is allowed`; a.Seq == 1 && a.Diag.Message != want {
				t.Errorf("%q, want %q", a.Diag.Message, want)
			}
		}
	})
}

func TestAPlainErrorAfterTheDeadlineIsTheDeadlines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			err  error
			want diag.Code
		}{
			{errors.New("file already closed"), diag.LimitTime},
			{diag.New(diag.ImageCorrupt, "truncated"), diag.ImageCorrupt},
		} {
			slow := do(func(ctx context.Context, _ *asset.Item) error { <-ctx.Done(); return c.err })
			r := run(t, t.Context(), 1, chain(Node{Name: "a", Run: slow, Timeout: time.Second}), Options{})
			if got := r.only().Diag.Code; got != c.want {
				t.Errorf("%v ended as %s, want %s", c.err, got, c.want)
			}
		}
	})
}

func TestTheSourceIsAskedOnlyForWhatTheGraphHasRoomFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := make(chan struct{})
		stuck := do(func(context.Context, *asset.Item) error { <-gate; return nil })
		begun := 0
		var wg sync.WaitGroup
		wg.Go(func() {
			run(t, t.Context(), 1000, chain(Node{Name: "a", Run: stuck, Workers: 4}), Options{OnBegin: func(int) { begun++ }})
		})
		synctest.Wait()
		if begun > 4+4 {
			t.Errorf("%d items were taken for 4 workers", begun)
		}
		close(gate)
		wg.Wait()
	})
}

func TestMemoryDoesNotGrowWithTheJob(t *testing.T) {
	const n = 100_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	even := func(it *asset.Item) (bool, error) { return it.Seq%2 == 0, nil }
	g := Graph{[]Node{
		{Name: "a", Run: pass, Workers: 2},
		{Name: "b", Run: pass, Workers: 2, From: []string{"a"}},
		{Name: "c", Run: pass, Workers: 2, From: []string{"a"}, Guard: even},
		{Name: "d", Run: pass, Workers: 2, From: []string{"b", "c"}},
	}}
	items := make(chan *asset.Item)
	go func() {
		defer close(items)
		for seq := range n {
			items <- &asset.Item{Seq: seq, Artifact: &asset.Artifact{}}
		}
	}()
	open, most, ended := 0, 0, 0
	o := Options{
		OnBegin: func(int) { open++; most = max(most, open) },
		OnAsset: func(AssetEnd) { open--; ended++ },
		CopyArtifact: func(context.Context, *asset.Artifact) (*asset.Artifact, error) {
			return &asset.Artifact{}, nil
		},
	}
	if err := Run(t.Context(), g, o, items); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if ended != n || most > 64 {
		t.Errorf("%d ended, up to %d were in flight", ended, most)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
		t.Errorf("the heap grew by %d bytes", grown)
	}
}
