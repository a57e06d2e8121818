package planning

import (
	"path"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

// standIn gives what takes the place of an asset that the catalog does not know:
// the default image of the first transform that has one (r-is-http-defaultimage),
// under the name of the missing asset. Without any it gives nil. The image itself
// missing is a reason of its own.
func (pl *Planner) standIn(handle asset.Handle) (*asset.Asset, *diag.Diag) {
	for _, st := range pl.plan.Stages {
		program, ok := pl.programs[st.Name]
		if !ok {
			continue
		}
		settings, err := pl.settings(st.Name, program, &asset.Asset{})
		if err != nil || settings.DefaultImage == "" {
			continue
		}
		found, why := pl.image(settings.DefaultImage, handle)
		if why != nil {
			return nil, diag.New(diag.AssetUnknown, "no asset has the handle %q, and its default image %s cannot be used: %s", handle, settings.DefaultImage, why.Message).
				WithHint("%s", why.Mend())
		}
		dir, file := path.Split("/" + string(handle))
		found.Handle, found.Dir, found.File = handle, path.Clean(dir)[1:], file
		found.StandIn = &asset.StandIn{Object: settings.DefaultImage, Only: settings.OnlyImage}
		return found, nil
	}
	return nil, nil
}

// image finds an asset that a command names as a picture, for the asset of a
// handle: a copy, with the macros of its record expanded.
func (pl *Planner) image(object string, handle asset.Handle) (*asset.Asset, *diag.Diag) {
	if pl.find == nil {
		return nil, diag.New(diag.AssetUnknown, "there is no catalog to look it up in")
	}
	found, why := pl.find(handleOf(modifier.WithObject(object, string(handle))))
	if why != nil {
		return nil, why
	}
	if !found.Type.Renderable() {
		return nil, diag.New(diag.NotConvertible, "it is of type %s, which cannot be rendered", found.Type)
	}
	copied := *found
	return pl.expandRecord(&copied)
}
