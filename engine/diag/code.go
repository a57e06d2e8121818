package diag

import (
	"slices"
	"strings"
)

// Code is the stable name of a kind of trouble, such as E-ASSET-UNKNOWN.
// Scripts match on codes; messages may change.
type Code string

// Severity reads the code's first letter.
func (c Code) Severity() Severity {
	switch {
	case strings.HasPrefix(string(c), "W-"):
		return Warning
	case strings.HasPrefix(string(c), "N-"):
		return Note
	default:
		return Error
	}
}

// Class says what a code is about, and so what an error of it does: see
// [Class.Exit].
type Class int

// The classes of codes.
const (
	// Input is a mistake in a job, a pipeline, a configuration or a command line.
	Input Class = iota
	// Environment is the machine's or the network's fault: it stops a run.
	Environment
	// Asset concerns one asset; the others go on.
	Asset
	// Internal is a defect of exportd itself.
	Internal
)

// String names the class in one word.
func (c Class) String() string {
	switch c {
	case Input:
		return "input"
	case Environment:
		return "environment"
	case Asset:
		return "asset"
	default:
		return "internal"
	}
}

// Exit gives the process's exit code for an error of this class (DESIGN 9):
// 2 invalid input, 3 environment, 1 else.
func (c Class) Exit() int {
	switch c {
	case Input:
		return 2
	case Environment:
		return 3
	default:
		return 1
	}
}

// Entry explains one code.
type Entry struct {
	Code  Code
	Class Class
	Title string // one line: what it means
	Mend  string // what to do about it
}

// Exit gives the exit code for an error with code c.
func (c Code) Exit() int { return c.Entry().Class.Exit() }

// Entry looks c up in [Codes]. An unregistered code answers as E-INTERNAL does.
func (c Code) Entry() Entry {
	i := slices.IndexFunc(codes, func(e Entry) bool { return e.Code == c })
	if i < 0 {
		return Entry{Code: c, Class: Internal, Title: "an error without an explanation", Mend: "report it with the message"}
	}
	return codes[i]
}

// Known reports whether c is registered.
func (c Code) Known() bool {
	return slices.ContainsFunc(codes, func(e Entry) bool { return e.Code == c })
}

// Codes lists every code with its explanation, in the order of the table.
func Codes() []Entry { return slices.Clone(codes) }
