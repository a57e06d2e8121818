package budget

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// acquire fails the test when it has to wait for ever or is refused.
func acquire(t *testing.T, b *Budget, n int64) func() {
	t.Helper()
	release, err := b.Acquire(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return release
}

func TestAnItemWaitsUntilItsPixelsAreFree(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(100)
		first := acquire(t, b, 60)
		got := make(chan func())
		go func() { got <- acquire(t, b, 60) }()
		synctest.Wait()
		select {
		case <-got:
			t.Fatal("120 of 100 pixels are out")
		default:
		}
		first()
		(<-got)()
	})
}

func TestNobodyOvertakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(100)
		first := acquire(t, b, 50)
		var mu sync.Mutex
		out := map[int64]func(){}
		// 90 must wait; 1 would fit beside the first, but it called later.
		for _, n := range []int64{90, 1, 80, 2} {
			go func() {
				release := acquire(t, b, n)
				mu.Lock()
				defer mu.Unlock()
				out[n] = release
			}()
			synctest.Wait()
		}
		want := func(when string, want ...int64) {
			t.Helper()
			synctest.Wait()
			if got := slices.Sorted(maps.Keys(out)); !slices.Equal(got, want) {
				t.Errorf("%s: %v hold pixels, want %v", when, got, want)
			}
		}
		want("before")
		first()
		want("with 100 free", 1, 90)
		large := out[90]
		delete(out, 90)
		large()
		want("with 99 free", 1, 2, 80)
		for _, release := range out {
			release()
		}
	})
}

func TestAnItemLargerThanTheTotalIsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(100)
		small := acquire(t, b, 1)
		var in atomic.Bool
		done := make(chan func())
		go func() {
			release := acquire(t, b, 1_000_000)
			in.Store(true)
			done <- release
		}()
		synctest.Wait()
		if in.Load() {
			t.Fatal("it did not wait for the small one")
		}
		small()
		large := <-done
		ctx, cancel := context.WithCancel(t.Context())
		go func() { synctest.Wait(); cancel() }()
		if _, err := b.Acquire(ctx, 1); !errors.Is(err, context.Canceled) {
			t.Errorf("another got in beside it: %v", err)
		}
		large()
		acquire(t, b, 100)()
	})
}

func TestNothingCostsNothing(t *testing.T) {
	b := New(1)
	defer acquire(t, b, 1)()
	for _, n := range []int64{0, -5} {
		acquire(t, b, n)()
	}
	acquire(t, b, 0)()
}

func TestReleaseCountsOnce(t *testing.T) {
	b := New(10)
	release := acquire(t, b, 6)
	rest := acquire(t, b, 4)
	release()
	release()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Acquire(ctx, 10); err == nil {
		t.Error("a second release gave pixels that were out")
	}
	rest()
	acquire(t, b, 10)()
}

func TestWhoGivesUpLetsTheNextIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(10)
		first := acquire(t, b, 5)
		ctx, cancel := context.WithCancel(t.Context())
		refused := make(chan error)
		go func() {
			_, err := b.Acquire(ctx, 10)
			refused <- err
		}()
		synctest.Wait()
		got := make(chan func())
		go func() { got <- acquire(t, b, 5) }()
		synctest.Wait()
		cancel()
		if err := <-refused; !errors.Is(err, context.Canceled) {
			t.Errorf("err = %v", err)
		}
		(<-got)()
		first()
		acquire(t, b, 10)()
	})
}

func TestATotalOfNothingStillLetsOneIn(t *testing.T) {
	b := New(0)
	acquire(t, b, 7)()
	if b.Total() != 1 {
		t.Errorf("total = %d", b.Total())
	}
}

func TestTheSumNeverPassesTheTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(1, 50).Draw(t, "total")
		costs := rapid.SliceOfN(rapid.Int64Range(-1, 80), 1, 60).Draw(t, "costs")
		b := New(total)
		var out, most atomic.Int64
		var wg sync.WaitGroup
		for _, n := range costs {
			wg.Go(func() {
				release, err := b.Acquire(context.Background(), n)
				if err != nil {
					t.Errorf("acquire %d: %v", n, err)
					return
				}
				takes := min(max(n, 0), total)
				now := out.Add(takes)
				for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
				}
				out.Add(-takes)
				release()
				release()
			})
		}
		wg.Wait()
		if most.Load() > total {
			t.Errorf("%d of %d pixels were out", most.Load(), total)
		}
		release, err := b.Acquire(context.Background(), total)
		if err != nil {
			t.Fatal(err)
		}
		release()
	})
}
