package pipeline

import "github.com/exportd/exportd/engine/stage"

// Schema gives the JSON Schema (draft-07, the subset that editors of TOML know)
// of a pipeline file with these kinds. It holds what one key alone can show; the
// rest is for `exportd lint`.
func Schema(reg *stage.Registry) map[string]any {
	return map[string]any{
		"$schema": "http://json-schema.org/draft-07/schema#",
		"title":   "an exportd pipeline",
		"type":    "object", "additionalProperties": false,
		"required": []string{"version"},
		"properties": map[string]any{
			"version":     map[string]any{"const": 1},
			"name":        str("what the pipeline is called"),
			"description": str("one sentence"),
			"defaults":    defaultsSchema(),
			"require":     table("what the pipeline needs", map[string]any{"plugin": texts("a range of versions of each plugin")}),
			"stage":       stagesSchema(reg),
			"test":        map[string]any{"type": "object", "additionalProperties": testSchema()},
			"plan":        map[string]any{"type": "object", "description": "only in compiled plans"},
			"attributes":  map[string]any{"type": "object", "description": "only in compiled plans"},
			"plugin":      map[string]any{"type": "object", "description": "only in compiled plans"},
		},
	}
}

func defaultsSchema() map[string]any {
	return table("what holds for every stage that says nothing of its own", map[string]any{
		"on_error":        onErrorSchema(),
		"timeout":         duration("per item and stage"),
		"non_convertible": map[string]any{"enum": nonConvertible(), "description": "what happens to an asset that cannot be rendered"},
	})
}

func stagesSchema(reg *stage.Registry) map[string]any {
	var kinds []any
	for _, name := range reg.Names() {
		k, _ := reg.Kind(name)
		kinds = append(kinds, kindSchema(k))
	}
	one := table("a stage", map[string]any{
		"kind":     map[string]any{"enum": reg.Names(), "description": "what the stage is"},
		"from":     map[string]any{"description": "the stages it reads from", "anyOf": []any{str(""), array("")}},
		"when":     str("which items take this edge, or otherwise"),
		"params":   map[string]any{"type": "object"},
		"retry":    retrySchema(),
		"timeout":  duration("per item"),
		"workers":  map[string]any{"type": "integer", "minimum": 1, "description": "how many items at once"},
		"on_error": onErrorSchema(),
		"why":      array("what the compiler changed here"),
	})
	one["required"] = []string{"kind"}
	if kinds != nil {
		one["allOf"] = kinds
	}
	return map[string]any{
		"type": "object", "maxProperties": MaxStages, "additionalProperties": one,
		"propertyNames": map[string]any{"pattern": namePattern, "maxLength": maxName},
	}
}

// namePattern is [isName] as a regular expression.
const namePattern = "^[a-z0-9][a-z0-9-]*$"

// kindSchema says what a stage of this kind looks like beyond what all have.
func kindSchema(k stage.Kind) map[string]any {
	params := map[string]any{}
	for _, p := range k.Params {
		params[p.Name] = paramSchema(p)
	}
	of := table(k.Doc, params)
	then := map[string]any{"properties": map[string]any{"params": of}}
	var needed []string
	if names := required(k); names != nil {
		of["required"] = names
		needed = append(needed, "params")
	}
	if !k.Fed() {
		then["not"] = map[string]any{"required": []string{"from"}}
	} else {
		needed = append(needed, "from")
	}
	if needed != nil {
		then["required"] = needed
	}
	return map[string]any{
		"if":   map[string]any{"properties": map[string]any{"kind": map[string]any{"const": k.Name}}},
		"then": then,
	}
}

// required lists the params that a kind cannot do without.
func required(k stage.Kind) []string {
	var names []string
	for _, p := range k.Params {
		if p.Required {
			names = append(names, p.Name)
		}
	}
	return names
}

func paramSchema(p stage.Param) map[string]any {
	s := str(p.Doc)
	switch p.Type {
	case stage.Int:
		s["type"] = "integer"
	case stage.Bool:
		s["type"] = "boolean"
	case stage.Strings:
		s = array(p.Doc)
	case stage.Table:
		s["type"] = "object"
	}
	if p.Default != nil {
		s["default"] = p.Default
	}
	if len(p.Enum) > 0 {
		s["enum"] = p.Enum
	}
	return s
}

func retrySchema() map[string]any {
	s := table("how often the stage tries again", map[string]any{
		"attempts": map[string]any{"type": "integer", "minimum": 1, "maximum": MaxRetries},
		"base":     duration("the first wait"),
		"max":      duration("the longest wait"),
	})
	s["required"] = []string{"attempts"}
	return s
}

func onErrorSchema() map[string]any {
	return map[string]any{"type": "string", "pattern": namePattern, "description": "report, fail-job, or the name of a dead-letter stage"}
}

func str(doc string) map[string]any { return described(map[string]any{"type": "string"}, doc) }

func texts(doc string) map[string]any {
	return described(map[string]any{"type": "object", "additionalProperties": map[string]any{"type": "string"}}, doc)
}

func array(doc string) map[string]any {
	return described(map[string]any{"type": "array", "items": map[string]any{"type": "string"}}, doc)
}

func table(doc string, properties map[string]any) map[string]any {
	return described(map[string]any{"type": "object", "additionalProperties": false, "properties": properties}, doc)
}

func duration(doc string) map[string]any {
	s := str(doc + `, such as "2m" or "500ms"`)
	s["pattern"] = `^([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h)`
	return s
}

func described(s map[string]any, doc string) map[string]any {
	if doc != "" {
		s["description"] = doc
	}
	return s
}
