package diag

import (
	"errors"
	"fmt"
)

// Severity says how bad a diagnostic is. It follows from the code's first letter.
type Severity string

// The three severities. Only errors change an exit code.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Place is where in a text the trouble lies. Line and Column count from 1, and
// Column counts characters, not bytes; 0 means unknown. Source is the whole
// line without its end, for the caret display; empty when it is not known.
type Place struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
	Width  int    `json:"-"` // how many characters the caret underlines, at least 1
	Source string `json:"-"`
}

// Diag is one diagnostic. Message is one lower-case sentence without a full
// stop that names what was found; Hint says how to mend it.
type Diag struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	Place
	Hint string `json:"hint,omitempty"`
	// Attempts is how often the stage has tried, where that was more than once.
	Attempts int `json:"attempts,omitempty"`

	cause error
	again bool
}

// New makes a diagnostic whose message is formatted like fmt.Errorf: a %w verb
// keeps the cause for errors.Is and errors.As.
func New(code Code, format string, args ...any) *Diag {
	err := fmt.Errorf(format, args...)
	return &Diag{Code: code, Message: err.Error(), cause: errors.Unwrap(err)}
}

// At returns d with its place set.
func (d *Diag) At(p Place) *Diag {
	d.Place = p
	return d
}

// WithHint returns d with its hint set, formatted like fmt.Sprintf.
func (d *Diag) WithHint(format string, args ...any) *Diag {
	d.Hint = fmt.Sprintf(format, args...)
	return d
}

// Mend says what to do: the hint, or what the code's explanation says.
func (d *Diag) Mend() string {
	if d.Hint != "" {
		return d.Hint
	}
	return d.Code.Entry().Mend
}

// Severity says how bad d is.
func (d *Diag) Severity() Severity { return d.Code.Severity() }

// Error gives the place, when known, and the message. The code and the hint are
// for [Render] and JSON.
func (d *Diag) Error() string {
	switch {
	case d.Attempts > 1:
		once := *d
		once.Attempts = 0
		return fmt.Sprintf("%s (after %d attempts)", once.Error(), d.Attempts)
	case d.File == "" && d.Line == 0:
		return d.Message
	case d.Line == 0:
		return fmt.Sprintf("%s: %s", d.File, d.Message)
	default:
		return fmt.Sprintf("%s:%d:%d: %s", d.File, d.Line, d.Column, d.Message)
	}
}

// Unwrap gives the cause, nil when there is none.
func (d *Diag) Unwrap() error { return d.cause }

// From finds the diagnostic in err's chain. An error that carries none becomes
// one with the code that fallback names, so nothing reaches an edge without a
// code. From(nil, …) is nil.
func From(err error, fallback Code) *Diag {
	if err == nil {
		return nil
	}
	var d *Diag
	if errors.As(err, &d) {
		return d
	}
	var l List
	if errors.As(err, &l) && len(l) > 0 {
		return l[0]
	}
	return &Diag{Code: fallback, Message: err.Error(), cause: err}
}

// List is several diagnostics in the order they were found.
type List []*Diag

// Add appends to the list.
func (l *List) Add(d ...*Diag) { *l = append(*l, d...) }

// Error joins the messages of the errors in the list, a line each.
func (l List) Error() string {
	errs := make([]error, 0, len(l))
	for _, d := range l {
		if d.Severity() == Error {
			errs = append(errs, d)
		}
	}
	return errors.Join(errs...).Error()
}

// Err gives the list as an error when it holds at least one error, else nil.
func (l List) Err() error {
	for _, d := range l {
		if d.Severity() == Error {
			return l
		}
	}
	return nil
}

// All collects every diagnostic in err's chain: the whole list, or the one, or
// a new one with the fallback code.
func All(err error, fallback Code) List {
	if err == nil {
		return nil
	}
	var l List
	if errors.As(err, &l) {
		return l
	}
	return List{From(err, fallback)}
}
