package report

import (
	"errors"
	"fmt"
)

// The bounds of an index; a journal that exceeds them is broken.
const (
	maxSeq      = 1 << 26
	maxBranches = 1 << 15
)

// index knows where in the file the last line of every asset and branch stands,
// in 16 bytes each, so that a million assets fit into memory and their lines
// stay on disk.
type index struct {
	assets   []assetRef // by seq
	branches []branchRef
	names    []Branch // by number
	numbers  map[Branch]uint16
	totals   Totals
}

// ref is the offset of a line and its outcome; 0 is no line.
type ref uint64

func newRef(offset int64, o Outcome) ref { return ref(offset)<<2 | ref(rank(o)) }

func (r ref) offset() int64    { return int64(r >> 2) }
func (r ref) outcome() Outcome { return outcomes[r&3-1] }

type assetRef struct {
	line ref
	head uint32 // of the asset's branches: a place in branches counted from 1
}

type branchRef struct {
	line ref
	next uint32
	name uint16
}

// check says what is wrong with an entry.
func (x *index) check(e entry) error {
	switch {
	case e.Line != branchEnd && e.Line != assetEnd:
		return fmt.Errorf("a line of the unknown kind %q", e.Line)
	case e.Seq < 0 || e.Seq >= maxSeq:
		return fmt.Errorf("seq is %d, outside 0 to %d", e.Seq, maxSeq-1)
	case rank(e.Outcome) == 0:
		return fmt.Errorf("the unknown outcome %q", e.Outcome)
	case e.Line == branchEnd && e.Stage == "":
		return errors.New("a branch without a stage")
	case e.Line == branchEnd && len(x.names) == maxBranches && x.numbers[Branch{e.Stage, e.Rendition}] == 0:
		return fmt.Errorf("more than %d branches", maxBranches)
	}
	return nil
}

// add takes up a checked entry whose line stands at offset.
func (x *index) add(e entry, offset int64) {
	for len(x.assets) <= e.Seq {
		x.assets = append(x.assets, assetRef{})
	}
	a, line := &x.assets[e.Seq], newRef(offset, e.Outcome)
	if e.Line == assetEnd {
		if a.line != 0 {
			x.totals.count(a.line.outcome(), -1)
		}
		x.totals.Add(e.Outcome)
		a.line = line
		return
	}
	name := x.number(Branch{e.Stage, e.Rendition})
	for i := a.head; i != 0; i = x.branches[i-1].next {
		if b := &x.branches[i-1]; b.name == name {
			b.line = line
			return
		}
	}
	x.branches = append(x.branches, branchRef{line, a.head, name})
	a.head = uint32(len(x.branches))
}

func (x *index) number(b Branch) uint16 {
	n, ok := x.numbers[b]
	if !ok {
		n = uint16(len(x.names))
		x.names = append(x.names, b)
		x.numbers[b] = n
	}
	return n
}

// each calls f for the branches of an asset, the last one that was new first.
func (x *index) each(seq int, f func(Branch, ref)) {
	if seq < 0 || seq >= len(x.assets) {
		return
	}
	for i := x.assets[seq].head; i != 0; i = x.branches[i-1].next {
		f(x.names[x.branches[i-1].name], x.branches[i-1].line)
	}
}
