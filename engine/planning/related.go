package planning

import (
	"maps"
	"strings"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

// Find looks one handle up in the job's catalog, for the job's caller.
type Find func(asset.Handle) (*asset.Asset, *diag.Diag)

// FindWith sets where the assets that commands name are looked up. Without it
// they are all E-MASK.
func (pl *Planner) FindWith(find Find) { pl.find = find }

// relate resolves the mask that the commands of one transform name, else the
// record's MaskPath (r-mask, r-maskpath-cat). What cannot be used is written
// down too: the branch that needs it fails with it.
func (pl *Planner) relate(e *Entry, settings *modifier.Settings) {
	object := settings.Mask.Named(e.Asset.Record.MaskPath)
	if object == "" {
		return
	}
	if _, known := e.Asset.Related[object]; known {
		return
	}
	related := asset.Related{}
	found, why := pl.mask(object)
	if why != nil {
		related = asset.Related{Code: diag.MaskUnusable, Message: "the mask " + object + " cannot be used: " + why.Message, Hint: why.Mend()}
	} else {
		related.Asset = found
	}
	a := *e.Asset // the catalog's stays as it is
	a.Related = maps.Clone(a.Related)
	if a.Related == nil {
		a.Related = map[string]asset.Related{}
	}
	a.Related[object] = related
	e.Asset = &a
}

// mask finds the asset whose file is the mask: the record's MaskPath where the
// object has one, else the object itself (r-mask).
func (pl *Planner) mask(object string) (*asset.Asset, *diag.Diag) {
	if pl.find == nil {
		return nil, diag.New(diag.MaskUnusable, "there is no catalog to look it up in")
	}
	found, why := pl.find(handleOf(object))
	if why != nil {
		return nil, why
	}
	if why := pl.plainRecord(found); why != nil {
		return nil, why
	}
	if path := found.Record.MaskPath; path != "" {
		return pl.find(handleOf(path))
	}
	return found, nil
}

// handleOf is the handle of an object; a leading / is the default catalog
// (is-protocol 3).
func handleOf(object string) asset.Handle { return asset.Handle(strings.TrimPrefix(object, "/")) }

// plainRecord refuses a record that itself names a source or a mask (r-mask).
func (pl *Planner) plainRecord(a *asset.Asset) *diag.Diag {
	program, _, err := modifier.ParseRecord(a.Record.Modifier, "", nil, pl.macros)
	if err != nil {
		return nil //nolint:nilerr // mistakes of a record that is not rendered do not matter
	}
	for _, c := range program {
		if c.Name == "src" || c.Name == "mask" {
			return diag.New(diag.MaskUnusable, "its catalog record has a %s command", c.Name).WithHint("name an asset whose record's Modifier has neither src nor mask")
		}
	}
	return nil
}
