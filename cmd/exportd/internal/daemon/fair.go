package daemon

import (
	"slices"
	"sync"
)

// fair gives out the slots of the queue: so many units may be out at once. The
// next one goes to the company that has used the least time of workers so far,
// and there to the highest priority, then to the job that has used the least. So
// a job of 50,000 assets cannot keep one of three waiting.
type fair struct {
	mu      sync.Mutex
	slots   int
	out     int
	wanting []*share
	spent   map[string]float64 // seconds of stages, by company
	changed func(out int)      // hears how many units are out
}

// share is what one job has of the slots.
type share struct {
	company  string
	priority int
	spent    float64
	grants   chan struct{}
	wants    bool
}

func newFair(slots int, changed func(out int)) *fair {
	return &fair{slots: slots, spent: map[string]float64{}, changed: changed}
}

// enter takes a job in. A company that comes anew begins with what the least of
// those that are there have used: it has no claim on times when it wanted nothing.
func (f *fair) enter(company string, priority int) *share {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := &share{company: company, priority: priority, grants: make(chan struct{}, 1)}
	if !f.present(company) {
		least, any := 0.0, false
		for _, o := range f.wanting {
			if at := f.spent[o.company]; !any || at < least {
				least, any = at, true
			}
		}
		f.spent[company] = max(f.spent[company], least)
	}
	f.wanting = append(f.wanting, s)
	return s
}

func (f *fair) present(company string) bool {
	return slices.ContainsFunc(f.wanting, func(s *share) bool { return s.company == company })
}

// leave takes a job out, with a grant that it has not used.
func (f *fair) leave(s *share) {
	f.mu.Lock()
	f.wanting = slices.DeleteFunc(f.wanting, func(o *share) bool { return o == s })
	select {
	case <-s.grants:
		f.out--
	default:
	}
	f.mu.Unlock()
	f.give()
}

// want says whether a job has units to give. Grants come at its channel, one at a
// time.
func (f *fair) want(s *share, wants bool) {
	f.mu.Lock()
	s.wants = wants
	f.mu.Unlock()
	f.give()
}

// take holds a slot for a unit that is out already.
func (f *fair) take() {
	f.mu.Lock()
	f.out++
	out := f.out
	f.mu.Unlock()
	f.changed(out)
}

// release gives a slot back, with the seconds that its unit took.
func (f *fair) release(s *share, seconds float64) {
	f.mu.Lock()
	f.out--
	s.spent += seconds
	f.spent[s.company] += seconds
	f.mu.Unlock()
	f.give()
}

// resize changes how many units may be out.
func (f *fair) resize(slots int) {
	f.mu.Lock()
	f.slots = slots
	f.mu.Unlock()
	f.give()
}

// free is how many slots nobody has.
func (f *fair) free() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return max(f.slots-f.out, 0)
}

// held is how many units are out.
func (f *fair) held() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.out
}

// give grants what is free.
func (f *fair) give() {
	f.mu.Lock()
	for f.out < f.slots {
		s := f.next()
		if s == nil {
			break
		}
		f.out++
		s.wants = false
		s.grants <- struct{}{}
	}
	out := f.out
	f.mu.Unlock()
	f.changed(out)
}

// next is the job whose turn it is.
func (f *fair) next() *share {
	var best *share
	for _, s := range f.wanting {
		if s.wants && len(s.grants) == 0 && (best == nil || f.before(s, best)) {
			best = s
		}
	}
	return best
}

func (f *fair) before(a, b *share) bool {
	if f.spent[a.company] != f.spent[b.company] {
		return f.spent[a.company] < f.spent[b.company]
	}
	if a.priority != b.priority {
		return a.priority > b.priority
	}
	return a.spent < b.spent
}
