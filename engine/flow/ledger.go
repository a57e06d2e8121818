package flow

import (
	"slices"
	"sync"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// ledger knows every item in flight, which asset it belongs to and which cost
// it holds. It owns the ends: an item that is in it is closed by it.
type ledger struct {
	onBegin  func(int)
	onBranch func(BranchEnd)
	onAsset  func(AssetEnd)
	calls    sync.Mutex // held around callbacks, taken before mu

	mu   sync.Mutex
	open map[*asset.Item]*branch
}

// branch is an item in flight.
type branch struct {
	account *account
	hold    *hold
}

// account sums the branches of one item of the source.
type account struct {
	end  AssetEnd
	open int // branches in flight
}

// hold is a cost shared by an item and its clones.
type hold struct {
	sharers int
	after   []string
	release func()
}

func newLedger(o Options) *ledger {
	return &ledger{onBegin: o.OnBegin, onBranch: o.OnBranch, onAsset: o.OnAsset, open: map[*asset.Item]*branch{}}
}

// begin enters an item of the source.
func (l *ledger) begin(it *asset.Item) {
	l.mu.Lock()
	l.open[it] = &branch{account: &account{end: AssetEnd{Seq: it.Seq, Asset: it.Asset}, open: 1}}
	l.mu.Unlock()
	if l.onBegin != nil {
		l.calls.Lock()
		defer l.calls.Unlock()
		l.onBegin(it.Seq)
	}
}

// fork enters a clone beside its origin, which must still be in flight.
func (l *ledger) fork(origin, clone *asset.Item) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := *l.open[origin]
	b.account.open++
	if b.hold != nil {
		b.hold.sharers++
	}
	l.open[clone] = &b
}

// hold notes the cost that an item has taken.
func (l *ledger) hold(it *asset.Item, after []string, release func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[it].hold = &hold{sharers: 1, after: after, release: release}
}

// leave gives back the cost of an item, if stage is a place for that.
func (l *ledger) leave(it *asset.Item, stage string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b := l.open[it]; b.hold != nil && slices.Contains(b.hold.after, stage) {
		b.drop()
	}
}

// drop lets go of the branch's share of its hold. The ledger is locked.
func (b *branch) drop() {
	if b.hold == nil {
		return
	}
	if b.hold.sharers--; b.hold.sharers == 0 {
		b.hold.release()
	}
	b.hold = nil
}

// end closes an item and reports its branch, and its asset when that was the
// last branch. d says why it ended early; nil is exported.
func (l *ledger) end(it *asset.Item, d *diag.Diag) {
	end := BranchEnd{
		Seq: it.Seq, Asset: it.Asset, Rendition: it.Rendition, Stage: it.Stage, Outcome: outcome(d), Diag: d,
		Delivered: it.Delivered, Notes: it.Notes, SourceSHA256: it.SourceSHA256,
	}
	l.close(it, end, l.onBranch)
}

// done ends an item of which nothing was left to do. That is no end of a branch:
// its branches have ended before, in another run.
func (l *ledger) done(it *asset.Item) {
	l.close(it, BranchEnd{Outcome: asset.Exported}, nil)
}

// close closes an item and makes its end known.
func (l *ledger) close(it *asset.Item, end BranchEnd, tell func(BranchEnd)) {
	end.CloseErr = guarded(it.Close)
	l.calls.Lock()
	defer l.calls.Unlock()
	if tell != nil {
		tell(end)
	}
	if asset, last := l.strike(it, end); last && l.onAsset != nil {
		l.onAsset(asset)
	}
}

// strike takes an item out and adds its end to its asset's.
func (l *ledger) strike(it *asset.Item, end BranchEnd) (_ AssetEnd, last bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.open[it]
	delete(l.open, it)
	b.drop()
	a := b.account
	if end.Asset != nil { // not a branch that an earlier run has ended
		a.end.Branches++
	}
	if end.Outcome.Worse(a.end.Outcome) {
		a.end.Outcome, a.end.Diag = end.Outcome, end.Diag
	}
	a.open--
	return a.end, a.open == 0
}
