package flow

import (
	"context"
	"fmt"
	"slices"

	streams "github.com/reugn/go-streams"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// Sharer is an image that several branches may hold. Share gives one more
// holder, with a Close of its own; the pixels go when the last holder has closed.
// It is called before the image leaves the fork, and holders then use it at once.
type Sharer interface {
	Share() (asset.Image, error)
}

// fork hands the items of one part to the nodes behind it, like go-streams'
// Split, for any number of guards.
type fork struct {
	ctx    context.Context
	ledger *ledger
	copies func(context.Context, *asset.Artifact) (*asset.Artifact, error)
	stage  string // whose items these are; "" is the source
	lanes  []lane
	taken  []taker // of the item at hand, kept to be used again
}

// lane is a bounded buffer in front of a node, one for each edge.
type lane struct {
	wire
	node Node
}

// taker is a lane that wants an item, or whose guard failed on it.
type taker struct {
	lane lane
	err  error
}

func (f *fork) run(from streams.Outlet) {
	for e := range from.Out() {
		f.route(e.(*asset.Item))
	}
	for _, l := range f.lanes {
		close(l.in)
	}
}

// route gives an item to everyone who takes it: clones to the first ones, the
// item itself to the last, which therefore keeps what clones cannot have.
func (f *fork) route(it *asset.Item) {
	f.taken = f.choose(f.taken[:0], it)
	if len(f.taken) == 0 {
		f.ledger.end(it, f.noBranch())
		return
	}
	f.taken = slices.DeleteFunc(f.taken, func(t taker) bool {
		return t.err == nil && t.lane.node.Done != nil && t.lane.node.Done(it)
	})
	if len(f.taken) == 0 {
		f.ledger.done(it)
		return
	}
	heir := f.heir()
	for i, t := range f.taken {
		if i != heir {
			f.branch(it, t)
		}
	}
	f.pass(it, f.taken[heir])
}

// choose asks the guards; the otherwise lanes take what no other lane wants.
func (f *fork) choose(taken []taker, it *asset.Item) []taker {
	for _, l := range f.lanes {
		if l.node.Otherwise {
			continue
		}
		if ok, err := l.asks(it); ok || err != nil {
			taken = append(taken, taker{l, err})
		}
	}
	if len(taken) > 0 {
		return taken
	}
	for _, l := range f.lanes {
		if l.node.Otherwise {
			taken = append(taken, taker{lane: l})
		}
	}
	return taken
}

func (l lane) asks(it *asset.Item) (ok bool, err error) {
	if l.node.Guard == nil {
		return true, nil
	}
	err = guarded(func() error {
		ok, err = l.node.Guard(it)
		return err
	})
	return ok, err
}

// heir is the last taker that the item can go to, or else the last one.
func (f *fork) heir() int {
	for i := len(f.taken) - 1; i >= 0; i-- {
		if f.taken[i].err == nil {
			return i
		}
	}
	return len(f.taken) - 1
}

// branch gives a clone of the item to one taker.
func (f *fork) branch(it *asset.Item, t taker) {
	clone := it.Clone()
	f.ledger.fork(it, clone)
	if t.err == nil {
		t.err = f.share(it, clone)
	}
	f.pass(clone, t)
}

// share gives the clone its own hold on what the item carries.
func (f *fork) share(it, clone *asset.Item) error {
	return guarded(func() (err error) {
		if it.Image != nil {
			s, ok := it.Image.(Sharer)
			if !ok {
				return diag.New(diag.InternalError, "an image that cannot be shared (%T) has more than one taker", it.Image)
			}
			if clone.Image, err = s.Share(); err != nil {
				return err
			}
		}
		if it.Artifact != nil {
			if f.copies == nil {
				return diag.New(diag.InternalError, "an artifact has more than one taker and nothing to copy it with")
			}
			clone.Artifact, err = f.copies(f.ctx, it.Artifact)
		}
		return err
	})
}

// pass sends an item down its lane, or ends it where its branch failed.
func (f *fork) pass(it *asset.Item, t taker) {
	if t.err == nil {
		t.lane.in <- it
		return
	}
	t.lane.node.enter(it)
	a := attempt{stage: t.lane.node.Name, run: f.ctx, step: f.ctx, code: diag.Expression}
	f.ledger.end(it, a.blame(t.err))
}

func (f *fork) noBranch() *diag.Diag {
	where := "the source"
	if f.stage != "" {
		where = fmt.Sprintf("stage %q", f.stage)
	}
	return diag.New(diag.NoBranch, "no branch behind %s took the asset", where)
}
