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

// relate resolves the asset that src= names (r-src), and the mask: the one that
// the commands of one transform name, else the record's MaskPath (r-mask,
// r-maskpath-cat). What cannot be used is written down too: the branch that needs
// it fails with it. It gives the asset whose record holds in the place of the
// entry's, nil for none.
func (pl *Planner) relate(e *Entry, settings *modifier.Settings) (other *asset.Asset) {
	handle := string(e.Asset.Handle)
	maskPath := e.Asset.Record.MaskPath
	if object := modifier.WithObject(settings.Src, handle); object != "" && object != handle {
		other = e.related(object, func() asset.Related { return pl.otherSource(object, e.Asset, settings) }).Asset
		if other != nil {
			maskPath = other.Record.MaskPath
		}
	}
	if object := modifier.WithObject(settings.Mask.Named(maskPath), handle); object != "" {
		e.related(object, func() asset.Related {
			found, why := pl.mask(object)
			if why != nil {
				return asset.Related{Code: diag.MaskUnusable, Message: "the mask " + object + " cannot be used: " + why.Message, Hint: why.Mend()}
			}
			return asset.Related{Asset: found}
		})
	}
	return other
}

// related gives what is known of a name, found by find where nothing is.
func (e *Entry) related(name string, find func() asset.Related) asset.Related {
	if r, known := e.Asset.Related[name]; known {
		return r
	}
	r := find()
	a := *e.Asset // the catalog's stays as it is
	a.Related = maps.Clone(a.Related)
	if a.Related == nil {
		a.Related = map[string]asset.Related{}
	}
	a.Related[name] = r
	e.Asset = &a
	return r
}

// otherSource finds the asset that src= names in the place of a, or the default
// image where there is none. Its record must name neither a source nor a mask
// itself (r-src); it comes behind a's own, which is a prefix of the request too.
func (pl *Planner) otherSource(object string, a *asset.Asset, settings *modifier.Settings) asset.Related {
	found, why := pl.image(object, a.Handle)
	if why != nil && why.Code == diag.AssetUnknown && settings.DefaultImage != "" {
		if found, why = pl.image(settings.DefaultImage, a.Handle); why == nil {
			found.StandIn = &asset.StandIn{Object: settings.DefaultImage, Only: settings.OnlyImage}
		}
	}
	if why == nil {
		why = pl.plainRecord(found)
	}
	if why != nil {
		return asset.Related{Code: why.Code, Message: "src=" + object + ": " + why.Message, Hint: why.Mend()}
	}
	if found.StandIn == nil || found.StandIn.Only {
		found.Record.Modifier = a.Record.Modifier + "&" + found.Record.Modifier
	}
	return asset.Related{Asset: found}
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
			return diag.New(diag.CommandValue, "its catalog record has a %s command", c.Name).WithHint("name an asset whose record's Modifier has neither src nor mask")
		}
	}
	return nil
}
