package flow

import (
	"context"
	"sync"

	streams "github.com/reugn/go-streams"

	"github.com/exportd/exportd/engine/asset"
)

// wire is the face of go-streams that every part of a run shows: two channels
// and what carries items from one part to the next. Only *asset.Item travels.
// group owns the goroutines of the run.
type wire struct {
	in, out chan any
	group   *sync.WaitGroup
}

var _ streams.Flow = wire{}

func (w wire) In() chan<- any  { return w.in }
func (w wire) Out() <-chan any { return w.out }

// Via carries this part's items to next, in a goroutine, until there are no more.
func (w wire) Via(next streams.Flow) streams.Flow {
	w.group.Go(func() { w.carry(next) })
	return next
}

// To carries this part's items to a sink and waits until it is done with them.
func (w wire) To(last streams.Sink) {
	w.carry(last)
	last.AwaitCompletion()
}

func (w wire) carry(next streams.Inlet) {
	in := next.In()
	for e := range w.out {
		in <- e
	}
	close(in)
}

// source takes items from the caller, one at a time and only when the graph has
// room for one, until there are no more or the run ends.
type source struct{ wire }

func (s source) run(ctx context.Context, from <-chan *asset.Item, l *ledger) {
	defer close(s.out)
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case it, ok := <-from:
			if !ok {
				return
			}
			l.begin(it)
			s.out <- it
		}
	}
}

// sink ends what reaches the end of a branch as exported.
type sink struct {
	in   chan any
	done chan struct{}
}

var _ streams.Sink = sink{}

func (s sink) In() chan<- any   { return s.in }
func (s sink) AwaitCompletion() { <-s.done }

func (s sink) run(l *ledger) {
	defer close(s.done)
	for e := range s.in {
		l.end(e.(*asset.Item), nil)
	}
}
