package planning

import (
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/plan"
)

// shelf is what the catalog of these tests holds.
var shelf = map[asset.Handle]*asset.Asset{
	"no.png":    {Handle: "no.png", Type: asset.TypeImage, File: "no.png", Size: 7, Locator: "no.png", Record: asset.Record{Modifier: "$half$"}},
	"clip.wav":  {Handle: "clip.wav", Type: "Audio", File: "clip.wav"},
	"chain.png": {Handle: "chain.png", Type: asset.TypeImage, File: "chain.png", Record: asset.Record{Modifier: "src=no.png"}},
}

func missing(h asset.Handle) *diag.Diag {
	return diag.New(diag.AssetUnknown, "no asset has the handle %q", h)
}

// plannedWith plans one asset, nil for one that is missing, with the modifier of
// the one transform.
func plannedWith(t *testing.T, text string, attributes map[string]string, a *asset.Asset) Entry {
	t.Helper()
	p := renditions()
	p.Stages = []plan.Stage{p.Stages[0], p.Stages[1], p.Stages[2], p.Stages[4], p.Stages[5]}
	p.Stages[2].Params["modifier"] = text
	p.Stages[3].From = []string{"card"}
	for name, value := range attributes {
		p.Attributes[name] = value
	}
	macros := modifier.NewMacros()
	if err := macros.Define("half", "wid=5&fmt=gif", diag.Place{}); err != nil {
		t.Fatal(err)
	}
	pl, err := New(p, registry(t), macros)
	if err != nil {
		t.Fatal(err)
	}
	pl.FindWith(func(h asset.Handle) (*asset.Asset, *diag.Diag) {
		if found := shelf[h]; found != nil {
			return found, nil
		}
		return nil, missing(h)
	})
	if a == nil {
		return pl.Plan(0, "shop/gone.jpg", nil, missing("shop/gone.jpg"))
	}
	return pl.Plan(0, a.Handle, a, nil)
}

func TestADefaultImageStandsInForAMissingAsset(t *testing.T) {
	for _, c := range []struct {
		name, text string
		attributes map[string]string
		standIn    *asset.StandIn
		file       string
	}{
		{"by the command", "defaultImage=no.png&fmt=png", nil, &asset.StandIn{Object: "no.png"}, "shop/gone-card.png"},
		{"by the attribute", "fmt=png", map[string]string{"DefaultImage": "no.png"}, &asset.StandIn{Object: "no.png"}, "shop/gone-card.png"},
		{"by its own record", "defaultImage=no.png", nil, &asset.StandIn{Object: "no.png"}, "shop/gone-card.gif"},
		{"in mode 1", "defaultImage=/no.png&fmt=tif", map[string]string{"DefaultImageMode": "1"}, &asset.StandIn{Object: "/no.png", Only: true}, "shop/gone-card.tiff"},
	} {
		e := plannedWith(t, c.text, c.attributes, nil)
		if e.Asset == nil || e.Asset.StandIn == nil || *e.Asset.StandIn != *c.standIn || e.Asset.Handle != "shop/gone.jpg" || e.Asset.Locator != "no.png" || e.Asset.Size != 7 {
			t.Fatalf("%s: planned %+v (%s)", c.name, e.Asset, e.Message)
		}
		if len(e.Files) != 1 || e.Files[0].Name != c.file {
			t.Errorf("%s: files %v, want %s", c.name, e.Files, c.file)
		}
	}
	if got := shelf["no.png"]; got.StandIn != nil || got.Handle != "no.png" || got.Record.Modifier != "$half$" {
		t.Errorf("the catalog's asset was changed: %+v", got)
	}
}

func TestWithoutAnImageThatCanStandInAnAssetIsUnknown(t *testing.T) {
	for text, want := range map[string]string{
		"fmt=png":               `no asset has the handle "shop/gone.jpg"`,
		"defaultImage=&fmt=png": `no asset has the handle "shop/gone.jpg"`,
		"defaultImage=nobody":   `its default image nobody cannot be used: no asset has the handle "nobody"`,
		"defaultImage=clip.wav": "it is of type Audio",
		"fmt=nonsense&wid=5":    `no asset has the handle "shop/gone.jpg"`,
	} {
		if e := plannedWith(t, text, nil, nil); e.Asset != nil || e.Code != diag.AssetUnknown || !strings.Contains(e.Message, want) {
			t.Errorf("%s: %s %s, want %s", text, e.Code, e.Message, want)
		}
	}
}

// The file is named for what the commands and the record of the other asset make
// of it, as it is rendered.
func TestSrcDecidesTheFormat(t *testing.T) {
	own := &asset.Asset{Handle: "a.png", Type: asset.TypeImage, File: "a.png", Record: asset.Record{Modifier: "fmt=webp", PostModifier: "fmt=tif"}}
	for text, want := range map[string]string{"": "a-card.tiff", "src=no.png": "a-card.gif", "src=no.png&fmt=png": "a-card.png", "src=a.png": "a-card.tiff", "src=$object$": "a-card.tiff"} {
		if e := plannedWith(t, text, nil, own); len(e.Files) != 1 || e.Files[0].Name != want {
			t.Errorf("%s: %v, want %s", text, e.Files, want)
		}
	}
}

func TestSrcIsLookedUp(t *testing.T) {
	own := &asset.Asset{Handle: "a.png", Type: asset.TypeImage, File: "a.png", Record: asset.Record{Modifier: "hei=3"}}
	for _, c := range []struct {
		text, name string
		code       diag.Code
		modifier   string
		standIn    bool
	}{
		{"src=no.png", "no.png", "", "hei=3&wid=5&fmt=gif", false},
		{"src=/no.png", "/no.png", "", "hei=3&wid=5&fmt=gif", false},
		{"src=nobody", "nobody", diag.AssetUnknown, "", false},
		{"src=clip.wav", "clip.wav", diag.NotConvertible, "", false},
		{"src=chain.png", "chain.png", diag.CommandValue, "", false}, // r-src
		{"src=nobody&defaultImage=no.png", "nobody", "", "wid=5&fmt=gif", true},
	} {
		got, err := plannedWith(t, c.text, nil, own).Asset.Related[c.name].Get()
		switch {
		case c.code != "":
			if diag.From(err, "none").Code != c.code {
				t.Errorf("%s: %v, want %s", c.text, err, c.code)
			}
		case err != nil || got == nil:
			t.Errorf("%s: %v", c.text, err)
		case got.Record.Modifier != c.modifier || (got.StandIn != nil) != c.standIn:
			t.Errorf("%s: record %s, stand-in %v", c.text, got.Record.Modifier, got.StandIn)
		}
	}
}
