package flow

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

func busy() *diag.Diag { return diag.New(diag.Target, "busy").Again(true) }

// flaky fails each item so many times.
func flaky(times int64, err error) (do, *atomic.Int64) {
	calls := new(atomic.Int64)
	return func(_ context.Context, it *asset.Item) error {
		if calls.Add(1) <= times {
			return err
		}
		return nil
	}, calls
}

func TestRetries(t *testing.T) {
	for _, c := range []struct {
		behaviour string
		fails     int64
		err       error
		attempts  int
		calls     int64
		says      string
	}{
		{"what goes well is done once", 0, nil, 5, 1, ""},
		{"what is worth it is tried until it goes well", 2, busy(), 5, 3, ""},
		{"attempts end", 9, busy(), 3, 3, "busy (after 3 attempts)"},
		{"without a retry there is one attempt", 9, busy(), 0, 1, "busy"},
		{"bad pixels are not worth it", 9, diag.New(diag.ImageCorrupt, "grey"), 5, 1, "grey"},
		{"an error without a code is not worth it", 9, errors.New("odd"), 5, 1, "odd"},
		{"a wrapped mark is another's", 9, diag.New(diag.SourceRead, "half read: %w", busy()), 5, 1, "half read: busy"},
	} {
		stage, calls := flaky(c.fails, c.err)
		g := chain(Node{Name: "a", Run: stage, Retry: Retry{Attempts: c.attempts, Base: time.Microsecond}})
		r := run(t, context.Background(), 1, g, Options{})
		said := ""
		if d := r.branches[0].Diag; d != nil {
			said = d.Error()
		}
		if said != c.says || calls.Load() != c.calls {
			t.Errorf("%s: %q after %d calls", c.behaviour, said, calls.Load())
		}
	}
}

func TestAFailedCommitIsPreparedAnew(t *testing.T) {
	for _, c := range []struct {
		attempts int
		failed   bool
	}{{3, false}, {2, true}} {
		var prepared [3]int
		prepare := do(func(_ context.Context, it *asset.Item) error { prepared[it.Seq]++; return nil })
		commits := 0
		commit := func(_ context.Context, items []*asset.Item) []error {
			commits++
			errs := make([]error, len(items))
			for i, it := range items {
				if it.Seq == 1 && commits < 3 {
					errs[i] = busy()
				}
			}
			return errs
		}
		g := chain(Node{Name: "a", Run: prepare, Commit: commit, Retry: Retry{Attempts: c.attempts, Base: time.Microsecond}})
		r := run(t, context.Background(), 3, g, Options{CommitSize: 3})
		if prepared != [3]int{1, c.attempts, 1} || commits != c.attempts {
			t.Errorf("%d attempts: prepared %v, %d commits", c.attempts, prepared, commits)
		}
		for _, b := range r.branches {
			if failed := b.Diag != nil; failed != (c.failed && b.Seq == 1) || failed && b.Diag.Attempts != c.attempts {
				t.Errorf("%d attempts: %d ended with %v", c.attempts, b.Seq, b.Diag)
			}
		}
	}
}

func TestAStopEndsAWaitAtOnce(t *testing.T) {
	for _, how := range []string{"drain in process", "cancel in process", "drain in commit", "cancel in commit"} {
		ctx, cancel := context.WithCancel(context.Background())
		drain := make(chan struct{})
		stop := func() {
			if how[:5] == "drain" {
				close(drain)
			} else {
				cancel()
			}
		}
		n := Node{Name: "a", Run: pass, Retry: Retry{Attempts: 9, Base: time.Hour, Max: time.Hour}}
		fail := func() error { time.AfterFunc(10*time.Millisecond, stop); return busy() }
		if how[6:] == "in process" || how[7:] == "in process" {
			n.Run = do(func(context.Context, *asset.Item) error { return fail() })
		} else {
			n.Commit = func(context.Context, []*asset.Item) []error { return []error{fail()} }
		}
		begun := time.Now()
		r := run(t, ctx, 1, chain(n), Options{Drain: drain, CommitSize: 1})
		cancel()
		if d := r.branches[0].Diag; d == nil || d.Code != diag.Stopped || time.Since(begun) > 10*time.Second {
			t.Errorf("%s: %v after %s", how, d, time.Since(begun))
		}
	}
}

func TestWaitsGrowToTheirBound(t *testing.T) {
	r := Retry{Base: 100 * time.Millisecond, Max: time.Second}
	for attempts, whole := range []time.Duration{1: 100, 2: 200, 3: 400, 4: 800, 5: 1000, 99: 1000} {
		if whole *= time.Millisecond; whole == 0 {
			continue
		}
		for range 100 {
			if got := r.wait(attempts); got < whole/2 || got > whole {
				t.Fatalf("after %d attempts it waits %s, of %s", attempts, got, whole)
			}
		}
	}
}
