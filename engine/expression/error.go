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

// explain turns an error of expr-lang into a diagnostic that names the expression
// and the column in it, counted from 1.
func explain(src string, err error) error {
	var at *file.Error
	if !errors.As(err, &at) {
		return diag.New(diag.Expression, "in `%s`: %w", src, err)
	}
	message, hint := translate(at.Message)
	d := diag.New(diag.Expression, "in `%s`, column %d: %s", src, at.Column+1, message)
	d.Hint = hint
	return d
}

// unknownField and unknownName are how expr-lang words the two commonest typos.
var (
	unknownField = regexp.MustCompile(`^type expression\.(\w+) has no field (\w+)$`)
	unknownName  = regexp.MustCompile(`^unknown name (\w+)$`)
)

// translate says a typo in the words of the pipeline, with what was meant.
func translate(message string) (said, hint string) {
	env := reflect.TypeFor[Env]()
	if m := unknownName.FindStringSubmatch(message); m != nil {
		known := fields(env)
		return message, diag.DidYouMean(m[1], known, "an expression may look at "+strings.Join(known, ", "))
	}
	m := unknownField.FindStringSubmatch(message)
	if m == nil {
		return message, ""
	}
	for f := range env.Fields() {
		if f.Type.Name() == m[1] {
			root, known := f.Tag.Get("expr"), fields(f.Type)
			return fmt.Sprintf("%s has no field %q", root, m[2]), diag.DidYouMean(m[2], known, root+" has "+strings.Join(known, ", "))
		}
	}
	return message, ""
}

// fields lists the names that an expression may write for a struct's fields.
func fields(t reflect.Type) []string {
	var names []string
	for f := range t.Fields() {
		names = append(names, f.Tag.Get("expr"))
	}
	return names
}
