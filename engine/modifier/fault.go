package modifier

import (
	"fmt"
	"strings"

	"github.com/exportd/exportd/engine/diag"
)

// fault is what is wrong with the value of a command. It becomes a diagnostic
// where the command and its origin are known.
type fault struct {
	code    diag.Code
	problem string
	allowed string // what may stand there; empty where the problem says it
	hint    string
}

// wrong is a value that is not allowed.
func wrong(allowed, format string, a ...any) *fault {
	return &fault{code: diag.CommandValue, problem: fmt.Sprintf(format, a...), allowed: allowed}
}

// unsupported is a value that is right, and that this version cannot do.
func unsupported(format string, a ...any) *fault {
	return &fault{code: diag.CommandUnsupported, problem: fmt.Sprintf(format, a...)}
}

// keyword is a word that is none of the allowed ones.
func keyword(word string, allowed ...string) *fault {
	f := wrong(strings.Join(allowed, ", "), "%s is not known", quote(word))
	f.hint = diag.DidYouMean(word, allowed, "")
	return f
}

// Error makes a fault an error for callers outside an interpreter.
func (f *fault) Error() string {
	if f.allowed == "" {
		return f.problem
	}
	return f.problem + "; allowed: " + f.allowed
}

// at makes the diagnostic: the command, its value, its origin, what is allowed.
func (f *fault) at(c Command) *diag.Diag {
	d := diag.New(f.code, "%s (%s): %s", c.written(), c.Origin, f.Error())
	d.Hint = f.hint
	return d
}

// written shows a command in a message.
func (c Command) written() string {
	if c.Value == "" && !strings.Contains(c.Text, "=") {
		return clip(c.Name)
	}
	return clip(c.Name) + "=" + clip(strings.TrimSpace(c.Value))
}

// quote shows part of a value in a message.
func quote(text string) string {
	if text == "" {
		return "an empty value"
	}
	shown := clip(text)
	if shown[0] == '"' {
		return shown
	}
	return `"` + shown + `"`
}
