package shelf

import (
	"context"
	"slices"

	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// handler finds the plugin that has a macro: one that has its very name before one
// that has a pattern for it, and then the first by name.
func (sh *Shelf) handler(name string) (*Entry, *pluginpb.MacroInfo) {
	var wild *Entry
	var info *pluginpb.MacroInfo
	for _, e := range sh.Entries() {
		if e.Why != nil {
			continue
		}
		for _, m := range e.Card.GetMacros() {
			switch {
			case !pluginpb.MatchMacro(m.GetName(), name):
			case !slices.Contains([]byte(m.GetName()), '*'):
				return e, m
			case wild == nil:
				wild, info = e, m
			}
		}
	}
	return wild, info
}

// Handles says which plugin has a macro, and whether it depends on the asset.
func (sh *Shelf) Handles(name string) (by string, perAsset bool) {
	e, m := sh.handler(name)
	if e == nil {
		return "", false
	}
	return e.Name, m.GetPerAsset()
}

// Expand asks the plugin that has a macro.
func (sh *Shelf) Expand(name string, before modifier.Program, facts *modifier.Facts) ([]modifier.Given, error) {
	e, _ := sh.handler(name)
	req := &pluginpb.ExpandRequest{Name: name}
	for _, c := range before {
		if !c.Deferred {
			req.Before = append(req.Before, &pluginpb.Command{Name: c.Name, Value: c.Value})
		}
	}
	if f := facts; f != nil {
		req.Asset = &pluginpb.Asset{
			Handle: f.Handle, Type: f.Type, SubType: f.SubType, Folder: f.Folder, File: f.File, Size: uint64(f.Size),
			Format: f.Format, Company: f.Company, Record: f.Record,
		}
	}
	commands, err := sh.Host().Expand(context.Background(), e.Name, req)
	if err != nil {
		return nil, err
	}
	given := make([]modifier.Given, len(commands))
	for i, c := range commands {
		given[i] = modifier.Given{Name: c.GetName(), Value: c.GetValue(), Macro: c.GetMacro()}
	}
	return given, nil
}
