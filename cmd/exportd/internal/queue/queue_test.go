package queue

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// places are the queues that must all behave in one way: a daemon's side and a
// worker's, opened together.
var places = map[string]func(*testing.T) (daemon *Queue, worker func(name string) *Queue){
	"embedded": embeddedPlace,
	"cluster":  clusterPlace,
}

func embeddedPlace(t *testing.T) (*Queue, func(string) *Queue) {
	dir := t.TempDir()
	socket := filepath.Join(dir, "q.sock")
	q, err := Open(t.Context(), Config{Dir: filepath.Join(dir, "queue"), Socket: socket, Hold: time.Second, Name: "daemon"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeQueue(t, q) })
	return q, func(name string) *Queue { return dial(t, Config{Socket: socket, Hold: time.Second, Name: name}) }
}

func dial(t *testing.T, cfg Config) *Queue {
	t.Helper()
	q, err := Dial(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeQueue(t, q) })
	return q
}

func closeQueue(t *testing.T, q *Queue) {
	t.Helper()
	if err := q.Close(); err != nil {
		t.Error(err)
	}
}

// everywhere runs a test over every place.
func everywhere(t *testing.T, f func(t *testing.T, daemon *Queue, worker func(string) *Queue)) {
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			daemon, worker := place(t)
			if err := daemon.Ready(t.Context()); err != nil {
				t.Fatal(err)
			}
			f(t, daemon, worker)
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// claim wants a unit within five seconds.
func claim(t *testing.T, q *Queue) *Claim {
	t.Helper()
	c, err := q.Claim(t.Context(), 5*time.Second)
	must(t, err)
	if c == nil {
		t.Fatal("no unit within 5 s")
	}
	return c
}

// pages gathers n pages of results.
func pages(t *testing.T, q *Queue, n int) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var got []string
	err := q.Results(ctx, func(r Result) error {
		text := r.Unit + ":" + string(r.Data)
		if r.End {
			text += "."
		}
		if got = append(got, text); len(got) == n {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("%v after %q", err, got)
	}
	return got
}

func TestAUnitGoesToOneWorkerAndItsPagesToTheDaemon(t *testing.T) {
	everywhere(t, func(t *testing.T, daemon *Queue, worker func(string) *Queue) {
		ctx := t.Context()
		must(t, daemon.Offer(ctx, "job", "0-0-2", []byte("unit")))
		must(t, daemon.Offer(ctx, "job", "0-0-2", []byte("offered twice")))
		a, b := worker("a"), worker("b")
		c := claim(t, a)
		if string(c.Data) != "unit" || c.Job != "job" || c.Unit != "0-0-2" || c.Attempt != 1 || c.Toll != 0 {
			t.Errorf("%+v", c)
		}
		if other, err := b.Claim(ctx, 200*time.Millisecond); other != nil || err != nil {
			t.Errorf("a second worker got %v %v", other, err)
		}
		must(t, c.Held(ctx))
		must(t, c.Page(ctx, []byte("one")))
		must(t, c.End(ctx, []byte("two")))
		must(t, c.Acknowledge(ctx))
		if diff := cmp.Diff([]string{"0-0-2:one", "0-0-2:two."}, pages(t, daemon, 2)); diff != "" {
			t.Error(diff)
		}
		must(t, daemon.Settle(ctx, "job", "0-0-2"))
		for name, list := range map[string]func(context.Context, string) ([]string, error){"offered": daemon.Offered, "reported": daemon.Reported} {
			if left, err := list(ctx, "job"); err != nil || len(left) > 0 {
				t.Errorf("%s is left: %v %v", name, left, err)
			}
		}
	})
}

func TestADeadWorkersUnitIsTakenOverWithWhatItReported(t *testing.T) {
	everywhere(t, func(t *testing.T, daemon *Queue, worker func(string) *Queue) {
		ctx := t.Context()
		must(t, daemon.Offer(ctx, "job", "0-0-9", nil))
		dead := claim(t, worker("dead"))
		must(t, dead.Page(ctx, []byte("half")))
		begun := time.Now()
		c := claim(t, worker("heir"))
		if took := time.Since(begun); took > daemon.Hold()+time.Second {
			t.Errorf("the takeover took %s", took)
		}
		if c.Attempt != 2 || c.Toll != WorkerDied || len(c.Pages) != 1 || string(c.Pages[0]) != "half" || c.Fence() == dead.Fence() {
			t.Errorf("attempt %d, toll %d, %q", c.Attempt, c.Toll, c.Pages)
		}
	})
}

func TestAStaleWorkerChangesNothing(t *testing.T) {
	everywhere(t, func(t *testing.T, daemon *Queue, worker func(string) *Queue) {
		ctx := t.Context()
		must(t, daemon.Offer(ctx, "job", "0-0-9", nil))
		stale := claim(t, worker("stale")) // it says nothing for longer than its claim
		heir := claim(t, worker("heir"))
		for doing, err := range map[string]error{
			"held": stale.Held(ctx), "page": stale.Page(ctx, []byte("stale")), "end": stale.End(ctx, []byte("stale")),
			"begin": stale.Begin(ctx, 1), "release": stale.Release(ctx, 0),
		} {
			if !errors.Is(err, ErrLost) {
				t.Errorf("%s of a stale worker: %v", doing, err)
			}
		}
		must(t, heir.Held(ctx))
		must(t, heir.End(ctx, []byte("fresh")))
		if diff := cmp.Diff([]string{"0-0-9:", "0-0-9:fresh."}, pages(t, daemon, 2)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestDeathsAreCountedUntilSomethingGetsDone(t *testing.T) {
	everywhere(t, func(t *testing.T, daemon *Queue, worker func(string) *Queue) {
		ctx := t.Context()
		must(t, daemon.Offer(ctx, "job", "0-0-9", nil))
		for i, want := range []struct {
			toll     int
			suspects map[int]int
			begin    int // 0 for none
			page     bool
		}{
			{0, nil, 0, false}, {3, nil, 7, false}, {6, map[int]int{7: 3}, 7, false}, {9, map[int]int{7: 6}, 8, true},
			{3, map[int]int{7: 6, 8: 3}, 0, false}, {6, map[int]int{7: 6, 8: 3}, 0, false},
		} {
			c := claim(t, worker(fmt.Sprint("w", i)))
			if c.Toll != want.toll || !cmp.Equal(c.Suspects, want.suspects) {
				t.Errorf("attempt %d: toll %d, suspects %v", c.Attempt, c.Toll, c.Suspects)
			}
			if want.begin > 0 {
				must(t, c.Begin(ctx, want.begin))
			}
			if want.page {
				must(t, c.Page(ctx, []byte("got on")))
			}
		}
	})
}

func TestAReleasedUnitComesBackAndIsNoDeath(t *testing.T) {
	everywhere(t, func(t *testing.T, daemon *Queue, worker func(string) *Queue) {
		ctx := t.Context()
		must(t, daemon.Offer(ctx, "job", "0-0-9", nil))
		w := worker("w")
		must(t, claim(t, w).Release(ctx, 0))
		if c := claim(t, w); c.Toll != 0 || c.Attempt != 2 {
			t.Errorf("attempt %d, toll %d", c.Attempt, c.Toll)
		}
	})
}

func TestAUnitThatEndedIsOnlyAcknowledged(t *testing.T) {
	everywhere(t, func(t *testing.T, daemon *Queue, worker func(string) *Queue) {
		ctx := t.Context()
		must(t, daemon.Offer(ctx, "job", "0-0-9", nil))
		must(t, claim(t, worker("dead")).End(ctx, []byte("all"))) // and it dies before step 5
		c := claim(t, worker("heir"))
		if !c.Ended {
			t.Fatal("the heir does not know")
		}
		must(t, c.Acknowledge(ctx))
		for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(10 * time.Millisecond) { // a cluster removes it a little later
			left, err := daemon.Offered(ctx, "job")
			must(t, err)
			if len(left) == 0 {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("left: %v", left)
			}
		}
	})
}

func TestWithdrawnUnitsAreLost(t *testing.T) {
	everywhere(t, func(t *testing.T, daemon *Queue, worker func(string) *Queue) {
		ctx := t.Context()
		w := worker("w")
		for i := range 3 {
			must(t, daemon.Offer(ctx, "job", fmt.Sprintf("0-%d-%d", i, i+1), nil))
		}
		must(t, daemon.Offer(ctx, "other", "0-0-1", nil))
		must(t, daemon.Withdraw(ctx, "job"))
		c := claim(t, w)
		for range 3 { // a cluster may have had them on their way
			if c.Job == "other" {
				break
			}
			c = claim(t, w)
		}
		if c.Job != "other" {
			t.Errorf("a unit of %s is still there", c.Job)
		}
		must(t, daemon.Forget(ctx, "job"))
	})
}

func TestRecordsChangeByCompareAndSetOnly(t *testing.T) {
	everywhere(t, func(t *testing.T, daemon *Queue, worker func(string) *Queue) {
		ctx := t.Context()
		first, err := daemon.PutJob(ctx, "job", []byte("QUEUED"), 0)
		must(t, err)
		if _, err := daemon.PutJob(ctx, "job", []byte("again"), 0); !errors.Is(err, ErrConflict) {
			t.Errorf("made twice: %v", err)
		}
		second, err := daemon.PutJob(ctx, "job", []byte("RUNNING"), first)
		must(t, err)
		if _, err := daemon.PutJob(ctx, "job", []byte("stale"), first); !errors.Is(err, ErrConflict) {
			t.Errorf("changed with an old revision: %v", err)
		}
		got, err := worker("w").Job(ctx, "job")
		must(t, err)
		if diff := cmp.Diff(Record{"job", []byte("RUNNING"), second}, got); diff != "" {
			t.Error(diff)
		}
		if _, err := daemon.Job(ctx, "nobody"); !errors.Is(err, ErrNoRecord) {
			t.Errorf("an unknown job: %v", err)
		}
	})
}

func TestADeathOfTheDaemonIsHardlyTheUnitsFault(t *testing.T) {
	daemon, worker := embeddedPlace(t)
	ctx := t.Context()
	must(t, daemon.Ready(ctx))
	must(t, daemon.Offer(ctx, "job", "0-0-9", nil))
	must(t, claim(t, worker("w")).Begin(ctx, 4))
	must(t, daemon.Ready(ctx)) // as the next daemon does at its start
	if c := claim(t, worker("x")); c.Toll != DaemonDied || c.Suspects[4] != DaemonDied {
		t.Errorf("toll %d, suspects %v", c.Toll, c.Suspects)
	}
}
