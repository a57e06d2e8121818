package strict

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// durationPattern is how a duration begins; editors check no more than that.
const durationPattern = `^([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h)`

// Schema gives the JSON Schema (draft-07, the subset that editors of TOML know)
// of the documents that [Document.Decode] puts into a value of v's type: the same
// fields, tags and types, so that the two cannot drift apart.
//
// Notes add what a type cannot say, "description", "enum", "required" and the
// like, by the path of the key with dots, "" for the document; a map's values
// have the name "*". A note for a key that is not there is an error.
func Schema(v any, notes map[string]map[string]any) (map[string]any, error) {
	s := schemer{notes: notes, used: map[string]bool{}}
	out, err := s.of(reflect.TypeOf(v), nil)
	if err != nil {
		return nil, err
	}
	for _, path := range slices.Sorted(maps.Keys(notes)) {
		if !s.used[path] {
			return nil, fmt.Errorf("a note for the key %q, which is not there", path)
		}
	}
	out["$schema"] = "http://json-schema.org/draft-07/schema#"
	return out, nil
}

type schemer struct {
	notes map[string]map[string]any
	used  map[string]bool
}

// of gives the schema of what a type takes, with the notes for its path.
func (s *schemer) of(t reflect.Type, path []string) (map[string]any, error) {
	out, err := s.bare(t, path)
	if err != nil {
		return nil, err
	}
	key := strings.Join(path, ".")
	if note, ok := s.notes[key]; ok {
		s.used[key] = true
		maps.Copy(out, note)
	}
	return out, nil
}

func (s *schemer) bare(t reflect.Type, path []string) (map[string]any, error) {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return map[string]any{"type": "string", "pattern": durationPattern}, nil
	case t == reflect.TypeFor[Strings]():
		one := map[string]any{"type": "string"}
		return map[string]any{"anyOf": []any{one, map[string]any{"type": "array", "items": one}}}, nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.bare(t.Elem(), path)
	case reflect.Struct:
		return s.table(t, path)
	case reflect.Map:
		values, err := s.of(t.Elem(), append(slices.Clone(path), "*"))
		return map[string]any{"type": "object", "additionalProperties": values}, err
	case reflect.Slice:
		items, err := s.of(t.Elem(), append(slices.Clone(path), "*"))
		return map[string]any{"type": "array", "items": items}, err
	case reflect.Interface:
		return map[string]any{}, nil
	case reflect.String:
		return map[string]any{"type": "string"}, nil
	case reflect.Bool:
		return map[string]any{"type": "boolean"}, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return map[string]any{"type": "integer"}, nil
	case reflect.Float32, reflect.Float64:
		return map[string]any{"type": "number"}, nil
	}
	return nil, fmt.Errorf("%s has the Go type %s, which no document holds", strings.Join(path, "."), t)
}

// table is closed: a key needs its field.
func (s *schemer) table(t reflect.Type, path []string) (map[string]any, error) {
	properties := map[string]any{}
	for _, f := range fieldsOf(t) {
		of, err := s.of(f.typ, append(slices.Clone(path), f.name))
		if err != nil {
			return nil, err
		}
		properties[f.name] = of
	}
	return map[string]any{"type": "object", "additionalProperties": false, "properties": properties}, nil
}
