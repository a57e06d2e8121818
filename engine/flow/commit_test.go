package flow

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
)

// batches is a commit that keeps the sizes of its batches and when they came.
type batches struct {
	sizes []int
	times []time.Duration
	begun time.Time
}

func (b *batches) commit(_ context.Context, items []*asset.Item) []error {
	b.sizes = append(b.sizes, len(items))
	b.times = append(b.times, time.Since(b.begun))
	return make([]error, len(items))
}

func TestABatchIsCommittedWhenItIsFullAndAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &batches{begun: time.Now()}
		run(t, t.Context(), 2*stage.CommitSize+9, chain(Node{Name: "a", Run: pass, Commit: b.commit}), Options{})
		if diff := cmp.Diff([]int{stage.CommitSize, stage.CommitSize, 9}, b.sizes); diff != "" {
			t.Error(diff)
		}
		if took := time.Since(b.begun); took != 0 {
			t.Errorf("took %s: it waited for no item", took)
		}
	})
}

func TestABatchIsCommittedADelayAfterItsFirstItem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &batches{begun: time.Now()}
		// Items arrive at 3 s, 6 s, 9 s, and so on.
		tick := do(func(context.Context, *asset.Item) error { time.Sleep(3 * time.Second); return nil })
		run(t, t.Context(), 7, chain(Node{Name: "a", Run: tick, Commit: b.commit}), Options{CommitDelay: 7 * time.Second, CommitSize: 100})
		if diff := cmp.Diff([]int{3, 3, 1}, b.sizes); diff != "" {
			t.Error(diff)
		}
		want := []time.Duration{10 * time.Second, 19 * time.Second, 21 * time.Second}
		if diff := cmp.Diff(want, b.times); diff != "" {
			t.Error(diff)
		}
	})
}

func TestACommitAnswersForEachItem(t *testing.T) {
	commit := func(_ context.Context, items []*asset.Item) []error {
		errs := make([]error, len(items))
		for i, it := range items {
			switch it.Seq % 3 {
			case 0:
				it.Delivered = &asset.Delivered{Stage: "a"}
			case 1:
				errs[i] = diag.New(diag.Target, "refused")
			case 2:
				errs[i] = errors.New("x")
			}
		}
		return errs
	}
	g := chain(Node{Name: "a", Run: pass, Workers: 3, Commit: commit}, Node{Name: "b", Run: pass})
	r := run(t, t.Context(), 3, g, Options{})
	if diff := cmp.Diff(map[string]int{"0 b exported": 1, "1 a E-TARGET": 1, "2 a E-INTERNAL": 1}, r.ways()); diff != "" {
		t.Error(diff)
	}
	for _, b := range r.branches {
		if (b.Delivered != nil) != (b.Seq == 0) {
			t.Errorf("item %d: delivered %v", b.Seq, b.Delivered)
		}
	}
}

func TestABrokenCommitFailsItsWholeBatch(t *testing.T) {
	for name, commit := range map[string]func(context.Context, []*asset.Item) []error{
		"panic":     func(context.Context, []*asset.Item) []error { panic("boom") },
		"too short": func(context.Context, []*asset.Item) []error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, t.Context(), 10, chain(Node{Name: "a", Run: pass, Commit: commit}), Options{CommitSize: 4})
			for _, b := range r.branches {
				if b.Outcome != asset.Failed || b.Diag.Code != diag.InternalError {
					t.Errorf("item %d: %s %v", b.Seq, b.Outcome, b.Diag)
				}
			}
		})
	}
}

func TestACommitHasTheTimeOfAllItsItems(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := func(ctx context.Context, items []*asset.Item) []error {
			<-ctx.Done()
			errs := make([]error, len(items))
			errs[0] = ctx.Err()
			return errs
		}
		r := run(t, t.Context(), 5, chain(Node{Name: "a", Run: pass, Commit: hang, Timeout: 2 * time.Second}), Options{})
		if got := r.ways(); got["0 a E-LIMIT-TIME"] != 1 || got["4 a exported"] != 1 {
			t.Errorf("ends: %v", got)
		}
		for _, b := range r.branches {
			if want := `stage "a" took 10s, 10s is allowed`; b.Seq == 0 && b.Diag.Message != want {
				t.Errorf("%q, want %q", b.Diag.Message, want)
			}
		}
	})
}

func TestWhatIsNotYetCommittedIsStoppedWithTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &batches{}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		slow := do(func(ctx context.Context, it *asset.Item) error {
			if it.Seq == 3 {
				<-ctx.Done()
			}
			return nil
		})
		r := run(t, ctx, 10, chain(Node{Name: "a", Run: slow, Commit: b.commit}), Options{CommitDelay: time.Hour})
		for _, e := range r.branches {
			if e.Diag == nil || e.Diag.Code != diag.Stopped {
				t.Errorf("item %d: %s", e.Seq, e.Outcome)
			}
		}
		if len(b.sizes) != 0 {
			t.Errorf("committed %v", b.sizes)
		}
	})
}
