package pipeline

import (
	"slices"

	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/engine/strict"
)

func paramNames(k stage.Kind) []string {
	names := make([]string, len(k.Params))
	for i, p := range k.Params {
		names[i] = p.Name
	}
	return names
}

// params checks a stage's params against its kind and gives those that are right.
func (r *reader) params(k stage.Kind, raw map[string]any, name string) map[string]any {
	path := func(key string) []string { return []string{"stage", name, "params", key} }
	near := []strict.Elsewhere{
		{Table: r.doc.Table("stage", name), Keys: stageKeys()},
		{Table: r.doc.Table("stage", name, "retry"), Keys: []string{"attempts", "base", "max"}},
	}
	if raw == nil && r.given("stage", name, "params") {
		return nil // no table, which has been reported
	}
	var out map[string]any
	if raw != nil {
		out = map[string]any{}
	}
	for _, key := range r.doc.Keys("stage", name, "params") {
		if r.enough() {
			break
		}
		i := slices.IndexFunc(k.Params, func(p stage.Param) bool { return p.Name == key })
		if i < 0 {
			r.add(r.doc.Unknown(path(key), paramNames(k), near...), path(key)...)
			continue
		}
		if v, ok := r.param(k.Params[i], path(key)); ok {
			out[key] = v
		}
	}
	for _, p := range k.Params {
		if p.Required && !r.given(path(p.Name)...) {
			hint := p.Doc
			if hint == "" {
				hint = "a stage of kind " + k.Name + " needs it"
			}
			r.missing(hint, p.Name, "stage", name, "params")
		}
	}
	return out
}

// param checks one value; ok is false when it was reported.
func (r *reader) param(p stage.Param, path []string) (v any, ok bool) {
	switch v := r.doc.Value(path...).(type) {
	case string:
		ok = p.Type == stage.String || p.Type == stage.Template || p.Type == stage.Modifier
		if ok && len(p.Enum) > 0 {
			r.oneOf(v, p.Enum, path...)
			return v, slices.Contains(p.Enum, v)
		}
	case int64:
		ok = p.Type == stage.Int
	case bool:
		ok = p.Type == stage.Bool
	case map[string]any:
		ok = p.Type == stage.Table
	case []any:
		if p.Type == stage.Strings {
			return r.strings(path)
		}
	}
	if !ok {
		r.add(r.doc.Mistyped(wanted(p.Type), path...), path...)
	}
	return r.doc.Value(path...), ok
}

func (r *reader) strings(path []string) ([]string, bool) {
	var all []string
	err := r.doc.DecodeAt(&all, path)
	r.gather(err)
	return all, err == nil
}

// wanted names a type as a message does.
func wanted(t stage.ParamType) string {
	switch t {
	case stage.Int, stage.Strings:
		return "an " + string(t)
	case stage.Bool:
		return "a boolean"
	case stage.Table:
		return "a table"
	case stage.Template, stage.Modifier:
		return "a string (a " + string(t) + ")"
	}
	return "a string"
}
