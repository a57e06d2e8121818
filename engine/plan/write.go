package plan

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// TOML writes the plan: fixed order, no comments, one way to write each value,
// so that equal plans are equal bytes. BurntSushi's encoder sorts keys and has
// no say over the order of tables, hence this writer.
func (p *Plan) TOML() []byte {
	w := &writer{}
	w.pair("version", 1)
	w.pair("name", p.Name)
	w.optional("description", p.Description)

	w.table("plan")
	w.pair("job", p.Job.Name)
	w.pair("digest", p.Job.Digest)

	w.table("attributes")
	for _, k := range slices.Sorted(maps.Keys(p.Attributes)) {
		w.pair(k, p.Attributes[k])
	}

	w.table("defaults")
	w.pair("on_error", p.Defaults.OnError)
	w.duration("timeout", p.Defaults.Timeout)
	w.pair("non_convertible", p.Defaults.NonConvertible)

	for _, pl := range p.Plugins {
		w.table("plugin." + key(pl.Name))
		w.pair("version", pl.Version)
		w.pair("sum", pl.Sum)
		lines := make([]string, len(pl.Encoders))
		for i, e := range pl.Encoders {
			lines[i] = e.String()
		}
		w.pair("encoders", lines)
	}

	for _, s := range p.Stages {
		w.stage(s)
	}
	return w.Bytes()
}

type writer struct{ bytes.Buffer }

func (w *writer) stage(s Stage) {
	w.table("stage." + key(s.Name))
	w.pair("kind", s.Kind)
	switch len(s.From) {
	case 0:
	case 1:
		w.pair("from", s.From[0])
	default:
		w.pair("from", s.From)
	}
	w.optional("when", s.When)
	if s.Workers > 0 {
		w.pair("workers", s.Workers)
	}
	w.duration("timeout", s.Timeout)
	w.optional("on_error", s.OnError)
	if len(s.Why) > 0 {
		w.pair("why", s.Why)
	}
	if r := s.Retry; r != nil {
		w.table("stage." + key(s.Name) + ".retry")
		w.pair("attempts", r.Attempts)
		w.duration("base", r.Base)
		w.duration("max", r.Max)
	}
	if len(s.Params) > 0 {
		w.table("stage." + key(s.Name) + ".params")
		for _, k := range slices.Sorted(maps.Keys(s.Params)) {
			w.pair(k, s.Params[k])
		}
	}
}

func (w *writer) table(name string) { fmt.Fprintf(w, "\n[%s]\n", name) }

func (w *writer) pair(k string, v any) { fmt.Fprintf(w, "%s = %s\n", key(k), value(v)) }

func (w *writer) optional(k, v string) {
	if v != "" {
		w.pair(k, v)
	}
}

func (w *writer) duration(k string, d time.Duration) {
	if d != 0 {
		w.pair(k, d.String())
	}
}

// key writes a bare key where TOML allows one.
func key(k string) string {
	bare := k != ""
	for _, r := range k {
		bare = bare && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-')
	}
	if bare {
		return k
	}
	return quote(k)
}

func value(v any) string {
	switch v := v.(type) {
	case string:
		return quote(v)
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return float(v)
	case map[string]any:
		return inline(v)
	case []string:
		return array(v)
	case []any:
		return array(v)
	}
	return quote(fmt.Sprint(v))
}

// array writes one element a line when there are several, so that a diff of two
// plans shows the command that changed.
func array[T any](v []T) string {
	if len(v) < 2 {
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = value(e)
		}
		return "[" + strings.Join(parts, "") + "]"
	}
	var b strings.Builder
	b.WriteString("[\n")
	for _, e := range v {
		b.WriteString("  " + value(e) + ",\n")
	}
	b.WriteString("]")
	return b.String()
}

// float writes a number that TOML reads as a float again.
func float(v float64) string {
	text := strconv.FormatFloat(v, 'g', -1, 64)
	if strings.Trim(text, "-0123456789") == "" {
		text += ".0"
	}
	return text
}

// inline writes a table in one line.
func inline(v map[string]any) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(v)) {
		parts = append(parts, key(k)+" = "+strings.ReplaceAll(value(v[k]), "\n", ""))
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// quote writes a TOML basic string: only what TOML asks to be escaped is.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
