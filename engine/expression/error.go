package expression

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/expr-lang/expr/file"

	"github.com/exportd/exportd/engine/diag"
)

// Error is a mistake in an expression. Line and Column count from 1 within
// Source. Hint may be empty.
type Error struct {
	Source       string
	Line, Column int
	Message      string
	Hint         string
}

// Error names the expression and the column.
func (e *Error) Error() string {
	return fmt.Sprintf("in `%s`, column %d: %s", e.Source, e.Column, e.Message)
}

// explain turns an error of expr-lang into one that points into src.
func explain(src string, err error) error {
	var at *file.Error
	if !errors.As(err, &at) {
		return diag.New(diag.Expression, "in %q: %w", src, err)
	}
	e := &Error{Source: src, Line: at.Line, Column: at.Column + 1, Message: at.Message}
	e.translate()
	return e
}

// unknownField and unknownName are how expr-lang words the two commonest typos.
var (
	unknownField = regexp.MustCompile(`^type expression\.(\w+) has no field (\w+)$`)
	unknownName  = regexp.MustCompile(`^unknown name (\w+)$`)
)

// translate says a typo in the words of the pipeline, with what was meant.
func (e *Error) translate() {
	env := reflect.TypeFor[Env]()
	if m := unknownName.FindStringSubmatch(e.Message); m != nil {
		known := fields(env)
		e.Hint = diag.DidYouMean(m[1], known, "an expression may look at "+strings.Join(known, ", "))
		return
	}
	m := unknownField.FindStringSubmatch(e.Message)
	if m == nil {
		return
	}
	for f := range env.Fields() {
		if f.Type.Name() != m[1] {
			continue
		}
		root, known := f.Tag.Get("expr"), fields(f.Type)
		e.Message = fmt.Sprintf("%s has no field %q", root, m[2])
		e.Hint = diag.DidYouMean(m[2], known, root+" has "+strings.Join(known, ", "))
	}
}

// fields lists the names that an expression may write for a struct's fields.
func fields(t reflect.Type) []string {
	var names []string
	for f := range t.Fields() {
		names = append(names, f.Tag.Get("expr"))
	}
	return names
}
