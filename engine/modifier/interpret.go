package modifier

import (
	"github.com/exportd/exportd/engine/diag"
)

// Sources are what the settings of one image are made of, weakest first
// (is-protocol 2.4).
type Sources struct {
	Attributes Attributes
	Catalog    Program // the record's Modifier
	Request    Program // the job's is_modifier & macro, or a pipeline's modifier
	Post       Program // the record's PostModifier
	// Resolution is the record's, which res= needs; 0 is unknown.
	Resolution float64
	// Anchor is the record's, "x,y" in source pixels; empty is the centre.
	Anchor string
}

// Resolve merges the sources and interprets what is left. Commands share a slot
// by name, crop and cropN one; the last command of a slot wins with all its
// arguments. Only winners are judged: a command that is overridden never acts,
// so neither its value nor its lack of support matters.
//
// The list holds warnings and notes: W-COMMAND-UNKNOWN, W-COMMAND-CLAMPED,
// W-COMMAND-NO-EFFECT, N-COMMAND-IGNORED. The error is a [diag.List] with every
// winner that is wrong: E-COMMAND-VALUE names the command, its value, its origin
// and what is allowed; E-COMMAND-UNSUPPORTED names what this version cannot do;
// E-KEY-VALUE an attribute. With an error the settings are nil.
func Resolve(s Sources) (*Settings, diag.List, error) {
	r := interpret(s, false)
	if err := r.errs.Err(); err != nil {
		return nil, r.notes, err
	}
	return r.set, r.notes, nil
}

// Check judges a program alone, before any asset is known: it is [Resolve] with
// default attributes and an empty catalog record, except that what is
// unsupported is not an error, because that fails per asset (DESIGN 6). others are
// tokens of fmt= beyond exportd's own.
func Check(p Program, others ...Foreign) (diag.List, error) {
	a := DefaultAttributes()
	a.Foreign = others
	r := interpret(Sources{Attributes: a, Request: p}, true)
	return r.notes, r.errs.Err()
}

// resolver is the one interpreter, behind [Resolve], [Check] and [Effective].
type resolver struct {
	commands []Command // of all sources, weakest first
	scopes   []scope   // of every command
	layers   []*fault  // of every layer=
	sources  Sources
	winner   map[string]int
	verdicts []verdict // of every command
	static   bool      // leave out what is unsupported
	set      *Settings
	notes    diag.List
	errs     diag.List
}

// verdict is what became of a command.
type verdict struct {
	spelling string // Effect.State
	applied  bool   // interpreted without a fault
}

func interpret(s Sources, static bool) *resolver {
	r := &resolver{static: static, sources: s, winner: map[string]int{}}
	for _, p := range []Program{s.Catalog, s.Request, s.Post} {
		scopes, layers := segments(p)
		r.commands = append(r.commands, p...)
		r.scopes, r.layers = append(r.scopes, scopes...), append(r.layers, layers...)
	}
	r.verdicts = make([]verdict, len(r.commands))
	for i := range r.commands {
		if !r.commands[i].Deferred {
			r.winner[r.slot(i)] = i
		}
	}
	var err error
	if r.set, err = s.Attributes.settings(); err != nil {
		r.errs = diag.All(err, diag.KeyValue)
	}
	for i, c := range r.commands {
		if c.Deferred {
			r.verdicts[i].spelling = "expanded for each asset"
			continue
		}
		if _, ok := c.variable(); ok {
			r.verdicts[i].spelling = "variable"
			continue
		}
		slot := r.slot(i)
		if slot == "" { // the layer= or effect= before it is the error
			r.verdicts[i].spelling = string(Unsupported)
			continue
		}
		if w := r.winner[slot]; w != i {
			r.verdicts[i].spelling = "overridden by " + r.commands[w].Origin.String()
			continue
		}
		r.judge(i, c)
	}
	r.together()
	return r
}

// judge interprets the winner i of a slot.
func (r *resolver) judge(i int, c Command) {
	row, _, ok := find(c.Name)
	if !ok {
		d := diag.New(diag.CommandUnknown, "%s (%s): Image Serving has no such command; it is ignored", c.written(), c.Origin)
		d.Hint = diag.DidYouMean(c.Name, near(c.Name), "")
		r.note(i, "unknown", d)
		return
	}
	spec, value := &table[row], split(c.Value)
	var f *fault
	switch spec.State {
	case Ignored:
		r.ignore(i, "it has no meaning in an export")
		return
	case Unsupported:
		f = unsupported("this version of exportd does not have this command")
	default:
		f = setterOf(spec.Name)(r, i, value)
	}
	if f == nil {
		r.verdicts[i].applied = true
		if r.verdicts[i].spelling == "" {
			r.verdicts[i].spelling = "used"
		}
		return
	}
	switch {
	case f.code != diag.CommandUnsupported:
		r.verdicts[i].spelling = "invalid"
	case spec.State == Refused:
		r.verdicts[i].spelling = string(Refused)
	default:
		r.verdicts[i].spelling = string(Unsupported)
	}
	if f.code != diag.CommandUnsupported || !r.static {
		r.errs.Add(f.at(c))
	}
}

// note records a warning or note and what it means for command i.
func (r *resolver) note(i int, state string, d *diag.Diag) {
	r.notes.Add(d)
	r.verdicts[i].spelling = state
}

// ignore records that command i does nothing, and why: always a note, because
// the language says so (is-protocol 10).
func (r *resolver) ignore(i int, why string) {
	c := r.commands[i]
	r.note(i, "ignored: "+why, diag.New(diag.CommandIgnored, "%s (%s) is ignored: %s", c.written(), c.Origin, why))
}

// applied gives the winner of a slot when it was interpreted without a fault.
func (r *resolver) applied(slot string) (int, bool) {
	i, ok := r.winner[slot]
	return i, ok && r.verdicts[i].applied
}
