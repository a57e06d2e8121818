package modifier

import "strings"

// The sources that a command can come from.
const (
	FromJob       = "job"
	FromMacro     = "macro"
	FromCatalog   = "catalog"
	FromAttribute = "attribute"
	FromPipeline  = "pipeline"
)

// Origin says where a command was written.
type Origin struct {
	Source string // one of job, macro, catalog, attribute, pipeline
	// Name is, for a macro, the chain of invocations "outer > inner"; for the
	// catalog the field, "Modifier" or "PostModifier"; else empty.
	Name string
}

// String gives the origin as people and plans read it: "job", "macro card",
// "macro outer > inner", "catalog Modifier".
func (o Origin) String() string {
	if o.Name == "" {
		return o.Source
	}
	return o.Source + " " + o.Name
}

// ParseOrigin undoes [Origin.String].
func ParseOrigin(text string) Origin {
	source, name, _ := strings.Cut(text, " ")
	return Origin{Source: source, Name: name}
}

// macro gives the origin of what the macro name brings when it is invoked by
// something of origin o. The chain holds macros alone: a macro that a catalog
// record invokes starts a chain of its own.
func (o Origin) macro(name string) Origin {
	if o.Source == FromMacro && o.Name != "" {
		name = o.Name + " > " + name
	}
	return Origin{Source: FromMacro, Name: name}
}
