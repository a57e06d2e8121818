package host

import (
	"errors"
	"fmt"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/exportd/exportd/plugins/pluginpb"
)

// maxSchema bounds a schema, in bytes.
const maxSchema = 256 << 10

// Schema judges the params of an encoder, or the configuration of a plugin.
type Schema struct {
	schema *jsonschema.Schema // nil: nothing is taken
}

// NewSchema reads a JSON Schema, draft-07 unless it says another; "" takes nothing.
// It may refer to nothing outside of itself.
func NewSchema(text string) (*Schema, error) {
	if text == "" {
		return &Schema{}, nil
	}
	if len(text) > maxSchema {
		return nil, fmt.Errorf("a schema of more than %d bytes", maxSchema)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("the schema is no JSON: %w", err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	c.UseLoader(noLoader{})
	const here = "mem:///schema"
	if err := c.AddResource(here, doc); err != nil {
		return nil, err
	}
	s, err := c.Compile(here)
	if err != nil {
		return nil, errors.New(plain(err.Error()))
	}
	return &Schema{schema: s}, nil
}

type noLoader struct{}

// Load loads nothing.
func (noLoader) Load(url string) (any, error) {
	return nil, fmt.Errorf("a schema may not refer to %s", url)
}

// Check lists what is wrong with params, a JSON object; "" is an empty one.
func (s *Schema) Check(params string) []*pluginpb.Problem {
	if params == "" {
		params = "{}"
	}
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(params))
	if err != nil {
		return []*pluginpb.Problem{{Message: err.Error()}}
	}
	object, ok := value.(map[string]any)
	if !ok {
		return []*pluginpb.Problem{{Message: "params are an object"}}
	}
	if s.schema == nil {
		if len(object) > 0 {
			return []*pluginpb.Problem{{Message: "it takes no params"}}
		}
		return nil
	}
	var wrong *jsonschema.ValidationError
	if !errors.As(s.schema.Validate(value), &wrong) {
		return nil
	}
	var found []*pluginpb.Problem
	gather(wrong, &found)
	return found
}

// gather takes the innermost errors, which say what is wrong.
func gather(e *jsonschema.ValidationError, found *[]*pluginpb.Problem) {
	if len(e.Causes) == 0 {
		_, text, _ := strings.Cut(e.Error(), ": ")
		path := ""
		if len(e.InstanceLocation) > 0 {
			path = "/" + strings.Join(e.InstanceLocation, "/")
		}
		*found = append(*found, &pluginpb.Problem{Path: path, Message: text})
		return
	}
	for _, c := range e.Causes {
		gather(c, found)
	}
}
