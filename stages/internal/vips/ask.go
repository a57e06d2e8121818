package vips

import (
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

// Ask is what the params of a transform ask of any asset. Decode and transform
// share it, so that what is loaded is what is needed.
type Ask struct {
	program    modifier.Program
	attributes modifier.Attributes
	// Profiles are those that icc= can name; nil has libvips' own.
	Profiles *Profiles
}

// NewAsk reads the params "modifier" and "origins" of a transform. Macros were
// expanded by the compiler; in a compiled plan each command has its origin beside
// it. Errors are diagnostics of class Input.
func NewAsk(params map[string]any, attributes modifier.Attributes) (Ask, error) {
	text, ok := params["modifier"].(string)
	if !ok {
		return Ask{}, diag.New(diag.KeyMissing, "params.modifier is missing")
	}
	origins, err := texts(params["origins"])
	if err != nil {
		return Ask{}, err
	}
	program, err := modifier.ParseExpanded(text, origins)
	if err != nil {
		return Ask{}, err
	}
	return Ask{program: program, attributes: attributes}, nil
}

// texts reads an array of strings as TOML, JSON or Go gives it.
func texts(v any) ([]string, error) {
	switch list := v.(type) {
	case nil:
		return nil, nil
	case []string:
		return list, nil
	case []any:
		out := make([]string, len(list))
		for i, e := range list {
			s, ok := e.(string)
			if !ok {
				return nil, diag.New(diag.KeyType, "params.origins holds %v, which is no string", e)
			}
			out[i] = s
		}
		return out, nil
	}
	return nil, diag.New(diag.KeyType, "params.origins is no array of strings")
}

// Reply is what is asked of one asset whose source, or whose last rendition, has
// the header h. The commands of its catalog record join in (is-protocol 2.4), but
// not for a second time when the picture was rendered before. The list holds
// warnings and notes; errors are diagnostics.
func (a Ask) Reply(of *asset.Asset, h Header, rendered bool) (Reply, diag.List, error) {
	sources := modifier.Sources{Attributes: a.attributes, Request: a.program}
	reply := Reply{Profiles: a.Profiles}
	if of != nil && !rendered {
		var err error
		sources.Catalog, sources.Post, err = modifier.ParseRecord(of.Record.Modifier, of.Record.PostModifier, a.program, nil)
		if err != nil {
			return Reply{}, nil, err
		}
		sources.Resolution, sources.Anchor = of.Record.Resolution, of.Record.Anchor
		reply.Density = of.Record.PrintResolution
	}
	settings, notes, err := modifier.Resolve(sources)
	if err != nil {
		return Reply{}, notes, err
	}
	settings.Embedded = h.Paths
	for _, name := range settings.UnknownPaths() {
		notes.Add(diag.New(diag.CommandIgnored, "the source has no path named %q; the name is ignored", name))
	}
	geometry, more, err := settings.Geometry(h.Size)
	notes.Add(more...)
	if err != nil {
		return Reply{}, notes, err
	}
	reply.Settings, reply.Geometry = settings, geometry
	if settings.PrintRes > 0 {
		reply.Density = settings.PrintRes
	}
	return reply, notes, nil
}
