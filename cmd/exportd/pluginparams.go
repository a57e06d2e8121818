package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// shownParam is what a JSON Schema says of one param, as far as it fits a line.
type shownParam struct {
	Type        any      `json:"type"`
	Description string   `json:"description"`
	Default     any      `json:"default"`
	Enum        []any    `json:"enum"`
	Minimum     *float64 `json:"minimum"`
	Maximum     *float64 `json:"maximum"`
}

// printParams writes the params of a schema, a line each.
func printParams(w io.Writer, schema string) {
	var s struct {
		Properties map[string]shownParam `json:"properties"`
		Required   []string              `json:"required"`
	}
	if schema == "" || json.Unmarshal([]byte(schema), &s) != nil {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		about := fmt.Sprint(p.Type)
		if len(p.Enum) > 0 {
			var words []string
			for _, v := range p.Enum {
				words = append(words, fmt.Sprint(v))
			}
			about = strings.Join(words, " | ")
		}
		if p.Minimum != nil && p.Maximum != nil {
			about += fmt.Sprintf(" %v..%v", *p.Minimum, *p.Maximum)
		}
		if p.Default != nil {
			about += fmt.Sprintf(", default %v", p.Default)
		}
		if slices.Contains(s.Required, name) {
			about += ", required"
		}
		fmt.Fprintf(w, "\t  %s: %s. %s\n", name, about, p.Description)
	}
}
