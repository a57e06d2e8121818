package daemon

import (
	"strings"
	"testing"
)

// turns gives out n units, each of the cost that its job has, and names who got
// them.
func turns(f *fair, jobs map[string]*share, costs map[string]float64, n int) string {
	var got strings.Builder
	for _, s := range jobs {
		f.want(s, true)
	}
	for range n {
		for name, s := range jobs {
			select {
			case <-s.grants:
				got.WriteString(name)
				f.release(s, costs[name])
				f.want(s, true)
			default:
			}
		}
	}
	return got.String()
}

func newTestFair(slots int) *fair { return newFair(slots, func(int) {}) }

func TestCompaniesGetEqualTimeWhateverTheNumberOfTheirJobs(t *testing.T) {
	f := newTestFair(1)
	jobs := map[string]*share{}
	for _, name := range []string{"a", "b", "c"} {
		jobs[name] = f.enter("many", 0)
	}
	jobs["z"] = f.enter("one", 0)
	got := turns(f, jobs, map[string]float64{"a": 1, "b": 1, "c": 1, "z": 1}, 400)
	if one, all := strings.Count(got, "z"), len(got); one*2 < all-2 || one*2 > all+2 {
		t.Errorf("the company with one job got %d turns of %d", one, all)
	}
}

func TestASmallJobDoesNotWaitForALargeOne(t *testing.T) {
	f := newTestFair(1)
	large := f.enter("", 0)
	f.want(large, true)
	for range 50 {
		<-large.grants
		f.release(large, 10)
		f.want(large, true)
	}
	small := f.enter("", 0)
	f.want(small, true)
	<-large.grants // it had this one already
	f.release(large, 10)
	select {
	case <-small.grants:
	default:
		t.Error("the large job is before the small one still")
	}
}

func TestAHigherPriorityIsSooner(t *testing.T) {
	f := newTestFair(0)
	low, high := f.enter("", -1), f.enter("", 5)
	f.want(low, true)
	f.want(high, true)
	f.resize(1)
	select {
	case <-high.grants:
	default:
		t.Error("the low one was first")
	}
}

func TestWhoLeavesGivesItsGrantBack(t *testing.T) {
	f := newTestFair(1)
	a, b := f.enter("", 0), f.enter("", 0)
	f.want(a, true)
	f.want(b, true)
	f.leave(a)
	if len(b.grants) != 1 || f.held() != 1 {
		t.Errorf("%d grants, %d out", len(b.grants), f.held())
	}
}

func TestUnitsAreAsLongAsOthersCanWait(t *testing.T) {
	for name, c := range map[string]struct {
		each                  float64 // seconds of an asset
		left, waiting, images int
		want                  int
	}{
		"fast assets fill a unit":             {0.001, 1_000_000, 1, 1, 256},
		"a second an asset":                   {1, 1_000_000, 1, 1, 10},
		"two images at once do twice as much": {1, 1_000_000, 1, 2, 20},
		"few assets are shared out":           {0.1, 60, 3, 1, 20},
		"very few are not":                    {0.1, 3, 3, 1, 4},
		"a slow asset still has company":      {100, 1000, 1, 1, 4},
	} {
		t.Run(name, func(t *testing.T) {
			p := &pace{seconds: c.each}
			if got := p.assets(c.left, c.waiting, c.images); got != c.want {
				t.Errorf("%d assets, want %d", got, c.want)
			}
		})
	}
}

func TestThePaceFollowsWhatAssetsTake(t *testing.T) {
	p := &pace{}
	for range 20 {
		p.add(32*0.5, 32)
	}
	if p.seconds < 0.49 || p.seconds > 0.51 {
		t.Errorf("%g seconds an asset, want 0.5", p.seconds)
	}
}

func TestAStateIsReachedAlongEdgesOnly(t *testing.T) {
	legal := 0
	for _, from := range States() {
		for _, to := range States() {
			if from.To(to) {
				legal++
			}
		}
		if from.Over() && (len(edges[from]) != 1 || edges[from][0] != Queued) {
			t.Errorf("%s is an end, and leads to %v", from, edges[from])
		}
	}
	if legal != 22 {
		t.Errorf("%d edges, want the 22 of the documentation", legal)
	}
}
