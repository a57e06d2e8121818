package planning

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
)

func registry(t *testing.T) *stage.Registry {
	t.Helper()
	reg, err := stage.NewRegistry(
		stage.Kind{Name: "resolve", Out: stage.PortAsset},
		stage.Kind{Name: "decode", In: []stage.Port{stage.PortAsset}, Out: stage.PortImage},
		stage.Kind{Name: "transform", In: []stage.Port{stage.PortImage}, Out: stage.PortImage},
		stage.Kind{Name: "encode", In: []stage.Port{stage.PortImage}, Out: stage.PortArtifact},
		stage.Kind{Name: "deliver", In: []stage.Port{stage.PortAsset, stage.PortArtifact}},
	)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// renditions is a plan with two transforms and a way around them. The guard of
// the second transform looks at the image, which nobody has opened yet.
func renditions() *plan.Plan {
	deliver := func(name, from, when, template string) plan.Stage {
		return plan.Stage{Name: name, Kind: "deliver", From: []string{from}, When: when, Params: map[string]any{"to": "file:", "name": template}}
	}
	transform := func(name, when, text string) plan.Stage {
		return plan.Stage{Name: name, Kind: "transform", From: []string{"decode"}, When: when, Params: map[string]any{"modifier": text}}
	}
	return &plan.Plan{
		Attributes: map[string]string{"DefaultPix": "0,0", "MaxPix": "0,0", "BkgColor": "ffffff", "JpegQuality": "80,0", "ResMode": "sharp2", "IccProfileRgb": "sRGB"},
		Stages: []plan.Stage{
			{Name: "resolve", Kind: "resolve"},
			{Name: "decode", Kind: "decode", From: []string{"resolve"}, When: "asset.renderable"},
			transform("card", "", "wid=10&fmt=webp"),
			transform("large", "image.width > 1000", "wid=1000&fmt=png"),
			{Name: "encode", Kind: "encode", From: []string{"card", "large"}},
			deliver("deliver", "encode", "", "${asset.dir}/${asset.stem}-${rendition}.${artifact.ext}"),
			deliver("as-is", "resolve", "otherwise", "${asset.dir}/${asset.file}"),
		},
	}
}

func planned(t *testing.T, assets ...*asset.Asset) []Entry {
	t.Helper()
	macros := modifier.NewMacros()
	if err := macros.Define("half", "wid=5&fmt=gif", diag.Place{}); err != nil {
		t.Fatal(err)
	}
	pl, err := New(renditions(), registry(t), macros)
	if err != nil {
		t.Fatal(err)
	}
	var out []Entry
	for i, a := range assets {
		out = append(out, pl.Plan(i, a.Handle, a, nil))
	}
	return out
}

func TestEveryBranchThatMayBeTakenHasAName(t *testing.T) {
	got := planned(t,
		&asset.Asset{Handle: "x/a.jpg", Type: asset.TypeImage, Dir: "x", File: "a.jpg"},
		&asset.Asset{Handle: "b.wav", Type: "Audio", File: "b.wav"},
		&asset.Asset{Handle: "set", Type: asset.TypeImageSet, File: "set"},
		&asset.Asset{Handle: "x/A.png", Type: asset.TypeImage, Dir: "x", File: "A.png"},
	)
	want := [][]File{
		{{Stage: "deliver", Rendition: "card", Name: "x/a-card.webp", Format: "webp"}, {Stage: "deliver", Rendition: "large", Name: "x/a-large.png", Format: "png"}},
		{{Stage: "as-is", Name: "b.wav"}},
		nil,
		{{Stage: "deliver", Rendition: "card", Name: "x/A-card~2.webp", Wanted: "x/A-card.webp", Format: "webp"}, {Stage: "deliver", Rendition: "large", Name: "x/A-large~2.png", Wanted: "x/A-large.png", Format: "png"}},
	}
	for i, e := range got {
		if diff := cmp.Diff(want[i], e.Files); diff != "" {
			t.Errorf("asset %d (-want +got)\n%s", i, diff)
		}
	}
}

func TestARecordDecidesTheFormatAndLosesItsMacros(t *testing.T) {
	e := planned(t, &asset.Asset{Handle: "a.jpg", Type: asset.TypeImage, File: "a.jpg", Record: asset.Record{Modifier: "bgc=ff0000", PostModifier: "$half$"}})[0]
	if e.Files[0].Name != "a-card.gif" || e.Asset.Record.PostModifier != "wid=5&fmt=gif" {
		t.Errorf("%+v, record %+v", e.Files, e.Asset.Record)
	}
	e = planned(t, &asset.Asset{Handle: "a.jpg", Type: asset.TypeImage, File: "a.jpg", Record: asset.Record{Modifier: "$nosuch$"}})[0]
	if e.Diag() == nil || e.Code != diag.MacroUnknown {
		t.Errorf("got %v", e.Diag())
	}
}

func TestWhatDoesNotResolveHasAReasonAndNoName(t *testing.T) {
	pl, err := New(renditions(), registry(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	e := pl.Plan(0, "x", nil, diag.New(diag.AssetUnknown, "no asset has the handle %q", "x"))
	if e.Diag() == nil || e.Code != diag.AssetUnknown || e.Hint == "" || len(e.Files) > 0 {
		t.Errorf("%+v", e)
	}
}

func TestBranchesAreInTheOrderOfTheManifest(t *testing.T) {
	want := []Branch{{"deliver", "card", "file:"}, {"deliver", "large", "file:"}, {"as-is", "", "file:"}}
	if diff := cmp.Diff(want, Branches(renditions())); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
