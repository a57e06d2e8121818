package stage

import (
	"fmt"
	"slices"
)

// Kind describes what a stage is.
type Kind struct {
	Name string
	Doc  string // one sentence
	In   []Port // the ports it accepts; none for a source
	Out  Port   // what it gives; PortNone for a sink
	// Errors marks the kind of a dead letter: no stage feeds it, it takes the
	// failed items of those that name it in on_error, whatever they carry.
	Errors bool
	// Params are the keys allowed under params, in the order of the documentation.
	Params []Param
	// New makes a stage. Its errors are about the params.
	New func(Config) (Stage, error)
}

// Source reports whether the kind starts a plan.
func (k Kind) Source() bool { return len(k.In) == 0 && !k.Errors }

// Fed reports whether a stage of the kind reads from others.
func (k Kind) Fed() bool { return len(k.In) > 0 }

// Sink reports whether the kind ends a branch.
func (k Kind) Sink() bool { return k.Out == PortNone }

// Accepts reports whether the kind takes p.
func (k Kind) Accepts(p Port) bool { return slices.Contains(k.In, p) }

// Param describes one key of a stage's params.
type Param struct {
	Name     string
	Type     ParamType
	Required bool
	Default  any      // filled in when the key is absent; nil for none
	Enum     []string // the only strings allowed; empty for any
	Doc      string
}

// ParamType is the type of a param's value.
type ParamType string

// The types of params. A Template is a string with ${…} expressions, a Modifier
// an Image Serving modifier string, which may hold ${job.modifier} and macros; what
// a Table may hold is for the kind to say.
const (
	String   ParamType = "string"
	Int      ParamType = "integer"
	Bool     ParamType = "boolean"
	Strings  ParamType = "array of strings"
	Template ParamType = "template"
	Modifier ParamType = "modifier"
	Table    ParamType = "table"
)

// Registry is a set of kinds, in the order they were given.
type Registry struct{ kinds []Kind }

// NewRegistry makes a registry. Two kinds of one name are an error.
func NewRegistry(kinds ...Kind) (*Registry, error) {
	for i, k := range kinds {
		if slices.ContainsFunc(kinds[:i], func(o Kind) bool { return o.Name == k.Name }) {
			return nil, fmt.Errorf("two kinds are named %q", k.Name)
		}
	}
	return &Registry{kinds: slices.Clone(kinds)}, nil
}

// Kind finds a kind by its name.
func (r *Registry) Kind(name string) (Kind, bool) {
	i := slices.IndexFunc(r.kinds, func(k Kind) bool { return k.Name == name })
	if i < 0 {
		return Kind{}, false
	}
	return r.kinds[i], true
}

// Names lists the kinds' names in order.
func (r *Registry) Names() []string {
	names := make([]string, len(r.kinds))
	for i, k := range r.kinds {
		names[i] = k.Name
	}
	return names
}
