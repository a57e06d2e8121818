package planning

import (
	"testing"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

func TestMasksAreLookedUpOnce(t *testing.T) {
	catalog := map[asset.Handle]*asset.Asset{
		"m.png": {Handle: "m.png"},
		"own":   {Handle: "own", Record: asset.Record{MaskPath: "m.png"}},
		"chain": {Handle: "chain", Record: asset.Record{Modifier: "mask=m.png"}},
	}
	asked := 0
	pl := &Planner{}
	pl.FindWith(func(h asset.Handle) (*asset.Asset, *diag.Diag) {
		asked++
		if a := catalog[h]; a != nil {
			return a, nil
		}
		return nil, diag.New(diag.AssetUnknown, "no asset has the handle %q", h)
	})
	for _, c := range []struct {
		mask     modifier.Mask
		maskPath string
		name     string
		handle   asset.Handle // "" for an error
	}{
		{modifier.Mask{Object: "m.png"}, "nobody", "m.png", "m.png"}, // mask= beats MaskPath
		{modifier.Mask{Object: "/m.png"}, "", "/m.png", "m.png"},
		{modifier.Mask{}, "m.png", "m.png", "m.png"},
		{modifier.Mask{Object: "own"}, "", "own", "m.png"}, // r-mask: the object's own MaskPath
		{modifier.Mask{Object: "chain"}, "", "chain", ""},  // r-mask: must have no mask= itself
		{modifier.Mask{Object: "nobody"}, "", "nobody", ""},
	} {
		original := &asset.Asset{Record: asset.Record{MaskPath: c.maskPath}}
		e := &Entry{Asset: original}
		pl.relate(e, &modifier.Settings{Mask: c.mask})
		asked = 0
		pl.relate(e, &modifier.Settings{Mask: c.mask})
		got, err := e.Asset.Related[c.name].Get()
		switch {
		case asked != 0 || original.Related != nil:
			t.Errorf("%+v: asked %d times again, the catalog's asset has %v", c.mask, asked, original.Related)
		case c.handle == "" && diag.From(err, "none").Code != diag.MaskUnusable:
			t.Errorf("%+v: got %v %v", c.mask, got, err)
		case c.handle != "" && (err != nil || got.Handle != c.handle):
			t.Errorf("%+v: got %v %v", c.mask, got, err)
		}
	}
	e := &Entry{Asset: &asset.Asset{Record: asset.Record{MaskPath: "nobody"}}}
	if pl.relate(e, &modifier.Settings{Mask: modifier.Mask{Use: modifier.MaskOff}}); e.Asset.Related != nil {
		t.Error("maskUse=off needs no mask")
	}
}
