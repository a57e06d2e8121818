package sdk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// ParamType is the type of a param.
type ParamType string

// The types of params.
const (
	String  ParamType = "string"
	Integer ParamType = "integer"
	Number  ParamType = "number"
	Boolean ParamType = "boolean"
)

// Param describes one param, or one key of the configuration. exportd checks
// values against it before the plugin sees them, and shows it to people.
type Param struct {
	Name     string
	Type     ParamType
	Doc      string // one sentence
	Required bool
	// Default is filled in where the param is left out; nil for none.
	Default any
	// Example is a value that works, for required params.
	Example any
	// Enum are the only strings allowed; empty for any.
	Enum []string
	// Min and Max bound a number, when Max is greater than Min.
	Min, Max float64
}

func checkParams(params []Param) error {
	seen := map[string]bool{}
	for _, p := range params {
		switch {
		case p.Name == "" || seen[p.Name]:
			return fmt.Errorf("a param is named %q: want a name of its own", p.Name)
		case !slices.Contains([]ParamType{String, Integer, Number, Boolean}, p.Type):
			return fmt.Errorf("param %s has the type %q", p.Name, p.Type)
		case p.Required && p.Default != nil:
			return fmt.Errorf("param %s is required and has a default", p.Name)
		case p.Required && p.Example == nil:
			return fmt.Errorf("param %s is required: give it an Example", p.Name)
		}
		seen[p.Name] = true
	}
	return nil
}

// property is one param in a JSON Schema.
type property struct {
	Type        ParamType `json:"type"`
	Description string    `json:"description,omitempty"`
	Default     any       `json:"default,omitempty"`
	Enum        []string  `json:"enum,omitempty"`
	Minimum     *float64  `json:"minimum,omitempty"`
	Maximum     *float64  `json:"maximum,omitempty"`
}

// schema writes params as a JSON Schema, "" for none.
func schema(params []Param) string {
	if len(params) == 0 {
		return ""
	}
	properties, example, required := map[string]property{}, map[string]any{}, []string{}
	for _, p := range params {
		q := property{Type: p.Type, Description: p.Doc, Default: p.Default, Enum: p.Enum}
		if p.Max > p.Min {
			q.Minimum, q.Maximum = &p.Min, &p.Max
		}
		properties[p.Name] = q
		if p.Required {
			required = append(required, p.Name)
		}
		if p.Example != nil {
			example[p.Name] = p.Example
		}
	}
	doc := map[string]any{
		"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "additionalProperties": false,
		"properties": properties, "examples": []any{example},
	}
	if len(required) > 0 {
		doc["required"] = required
	}
	text, err := json.Marshal(doc)
	if err != nil { // a Default that JSON cannot hold
		return "{}"
	}
	return string(text)
}

// Params are params or a configuration, defaults filled in. The zero value has
// none.
type Params struct{ values map[string]json.RawMessage }

func newParams(text string, known []Param) (Params, error) {
	p := Params{values: map[string]json.RawMessage{}}
	for _, k := range known {
		if k.Default == nil {
			continue
		}
		value, err := json.Marshal(k.Default)
		if err != nil {
			return p, fmt.Errorf("the default of %s: %w", k.Name, err)
		}
		p.values[k.Name] = value
	}
	if text == "" {
		return p, nil
	}
	if err := json.Unmarshal([]byte(text), &p.values); err != nil {
		return p, ParamError("", "the params are no JSON object: %v", err)
	}
	for name := range p.values {
		if !slices.ContainsFunc(known, func(k Param) bool { return k.Name == name }) {
			return p, ParamError("/"+name, "unknown param %q", name)
		}
	}
	return p, nil
}

// Decode fills v, a pointer to a struct with json tags. A param that the struct
// has no field for is an error.
func (p Params) Decode(v any) error {
	text, err := json.Marshal(p.values)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return ParamError("", "%v", err)
	}
	return nil
}
