package strict

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/exportd/exportd/engine/diag"
)

// Elsewhere is another table that takes keys, as [Document.Table] names it.
type Elsewhere struct {
	Table string
	Keys  []string
}

// Unknown says that nobody knows the last key of path, and how to mend it: a key
// of the same table in another case or a letter or two away, or the table that
// it belongs under. known are the keys that its table takes.
func (d *Document) Unknown(path []string, known []string, elsewhere ...Elsewhere) *diag.Diag {
	table, key := path[:len(path)-1], path[len(path)-1]
	found := diag.New(diag.KeyUnknown, "unknown key %q", key)
	if len(table) > 0 {
		found = diag.New(diag.KeyUnknown, "unknown key %q in %s", key, d.Name(table...))
	}
	return found.At(d.Place(path...)).WithHint("%s", mendKey(key, known, elsewhere))
}

func mendKey(key string, known []string, elsewhere []Elsewhere) string {
	near := diag.Suggest(key, known)
	if near != "" && strings.EqualFold(near, key) {
		return diag.DidYouMean(key, known, "")
	}
	for _, e := range elsewhere {
		if slices.Contains(e.Keys, key) {
			return fmt.Sprintf("%q belongs %s", key, e.place())
		}
	}
	if near != "" {
		return diag.DidYouMean(key, known, "")
	}
	for _, e := range elsewhere {
		if s := diag.Suggest(key, e.Keys); s != "" {
			return fmt.Sprintf("did you mean %q, which belongs %s?", s, e.place())
		}
	}
	if len(known) == 0 {
		return "leave it out, no keys are taken here"
	}
	return "the keys here are " + strings.Join(known, ", ")
}

func (e Elsewhere) place() string {
	if e.Table == "" {
		return "to the top of the file, above the first [table]"
	}
	return "under " + e.Table
}

// Table writes the path of a table as its header: [stage.encode]. The top is "".
func (d *Document) Table(path ...string) string {
	switch {
	case len(path) == 0:
		return ""
	case d != nil && d.json:
		return d.Name(path...)
	}
	return "[" + d.Name(path...) + "]"
}

// Mistyped says that the value at path is not what is wanted, such as "an
// integer".
func (d *Document) Mistyped(want string, path ...string) *diag.Diag {
	v := d.Value(path...)
	found := diag.New(diag.KeyType, "%s must be %s, found %s", d.Name(path...), want, shown(v, want)).At(d.Place(path...))
	switch v := v.(type) {
	case string:
		switch {
		case want == "an integer" || want == "a number" || want == "a boolean":
			return found.WithHint("write it without quotes")
		case strings.HasPrefix(want, "an array"):
			return found.WithHint("write [%q]", clip(v))
		}
	case int64, float64, bool, time.Time:
		if strings.HasPrefix(want, "a string") {
			return found.WithHint("write it in quotes")
		}
	case []any:
		if want == "a table" && len(path) > 0 && len(v) > 0 && typeName(v[0]) == "a table" {
			return found.WithHint("write [%[1]s.NAME], not [[%[1]s]]", d.Name(path...))
		}
	}
	return found
}

// shown names what stands there: the value itself where the type alone is right.
func shown(v any, want string) string {
	if s, ok := v.(string); ok && want == wantDuration {
		return fmt.Sprintf("%q", clip(s))
	}
	return typeName(v)
}

func clip(s string) string {
	const most = 40
	for i, n := 0, 0; i < len(s); n++ {
		if n == most {
			return s[:i] + "…"
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return s
}

// typeName names the type of a value with its article.
func typeName(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case int64:
		return "an integer"
	case float64:
		return "a decimal number"
	case bool:
		return "a boolean"
	case time.Time:
		return "a date"
	case map[string]any:
		return "a table"
	case []any:
		if len(v) > 0 && typeName(v[0]) == "a table" {
			return "an array of tables"
		}
		return "an array"
	}
	return fmt.Sprintf("a %T", v)
}
