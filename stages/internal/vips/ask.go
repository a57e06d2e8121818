package vips

import (
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

// Ask is what the params of a transform ask of any asset. Decode and transform
// share it, so that what is loaded is what is needed.
type Ask struct {
	program modifier.Program
	// Stage is the transform's name, by which assets know what its macros are for
	// them.
	Stage      string
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
	sources, err := a.sources(of, rendered)
	if err != nil {
		return Reply{}, nil, err
	}
	reply := Reply{Profiles: a.Profiles}
	if of != nil && !rendered {
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
	switch {
	case settings.PrintRes > 0:
		reply.Density = settings.PrintRes
	case reply.Density == 0 && !rendered:
		reply.Density = settings.PrintResolution
	}
	return reply, notes, nil
}

// sources gathers what the settings for an asset are made of.
func (a Ask) sources(of *asset.Asset, rendered bool) (modifier.Sources, error) {
	if err := a.expand(of); err != nil {
		return modifier.Sources{}, err
	}
	from := modifier.Sources{Attributes: a.attributes, Request: a.program}
	if of == nil || rendered {
		return from, nil
	}
	var err error
	if from.Request, err = a.standIn(of); err != nil {
		return from, err
	}
	from.Catalog, from.Post, err = modifier.ParseRecord(of.Record.Modifier, of.Record.PostModifier, from.Request, nil)
	from.Resolution, from.Anchor = of.Record.Resolution, of.Record.Anchor
	return from, err
}

// standIn gives the commands that hold for an asset that may be a default image in
// the place of a missing one: without the consent of these commands, the asset is
// missing (r-is-http-defaultimage).
func (a Ask) standIn(of *asset.Asset) (modifier.Program, error) {
	if of.StandIn == nil {
		return a.program, nil
	}
	own, _, err := modifier.Resolve(modifier.Sources{Attributes: a.attributes, Request: a.program})
	switch {
	case err != nil:
		return nil, err
	case own.DefaultImage != of.StandIn.Object:
		return nil, diag.New(diag.AssetUnknown, "no asset has the handle %q", of.Handle).
			WithHint("check the handle, or give every rendition the same defaultImage")
	case of.StandIn.Only:
		return a.program, nil
	}
	return a.program.Retained(), nil
}

// Source is the name of the asset that src= puts in the place of of, "" for none.
// Commands that cannot be interpreted name none: [Ask.Reply] says what is wrong.
func (a Ask) Source(of *asset.Asset, rendered bool) string {
	from, err := a.sources(of, rendered)
	if err != nil {
		return ""
	}
	settings, _, err := modifier.Resolve(from)
	if err != nil || of == nil {
		return ""
	}
	name := modifier.WithObject(settings.Src, string(of.Handle))
	if name == string(of.Handle) {
		return ""
	}
	return name
}

// expand takes what planning has found of macros that depend on the asset.
func (a *Ask) expand(of *asset.Asset) (err error) {
	if !a.program.Deferred() {
		return nil
	}
	if of == nil {
		return diag.New(diag.InternalError, "stage %s has macros that depend on an asset, and there is none", a.Stage)
	}
	own, ok := of.Expanded[a.Stage]
	if !ok {
		return diag.New(diag.InternalError, "stage %s has macros that depend on the asset, and planning has not expanded them", a.Stage)
	}
	a.program, err = modifier.ParseExpanded(own.Text, own.Origins)
	return err
}
