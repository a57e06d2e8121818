package modifier

import "strings"

// Command is one name=value of a modifier, free of macros and of references to
// variables.
type Command struct {
	// Name is the spelling of the table, or as written when the table has no
	// such command. A name that begins with $ is the definition of a variable, which
	// is kept for the catalog record (see [ParseRecord]).
	Name string
	// Value is decoded: percent escapes undone, + turned into a blank, variables
	// pasted. It is not trimmed. A nested request (src=is(…)) stays encoded, for
	// its own parse undoes that level; so does a reference to $object$, which is
	// known only where an asset is.
	Value string
	// Text is the command as it would be written, encoded: a [Program] of its own.
	Text   string
	Origin Origin
	// Deferred marks the use of a macro whose commands depend on the asset: Name is
	// $name$, and there is no value.
	Deferred bool
}

// Program is a sequence of commands, weakest first. Every program that this
// package makes keeps the limits of [Parse], so its Text can be parsed again.
type Program []Command

// Text joins the commands with &. Parse(p.Text(), …) gives the same commands,
// origins apart.
func (p Program) Text() string {
	if len(p) == 1 {
		return p[0].Text
	}
	var b strings.Builder
	b.Grow(p.size())
	for i, c := range p {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(c.Text)
	}
	return b.String()
}

// size is at least the length of p's text in bytes.
func (p Program) size() int {
	n := 0
	for _, c := range p {
		n += len(c.Text) + 1
	}
	return n
}
