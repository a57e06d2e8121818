package filter

import (
	"context"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
)

func TestWhatHappensToAnAsset(t *testing.T) {
	convert := map[string]any{"convert": true, "non_convertible": "original"}
	with := func(key string, value any) map[string]any { return map[string]any{key: value} }
	for _, c := range []struct {
		behaviour string
		params    map[string]any
		asset     asset.Asset
		code      diag.Code // "" passes
		note      diag.Code
		says      string
	}{
		{"an image passes", convert, asset.Asset{Type: "Image", Size: 1}, "", "", ""},
		{"a pdf passes, its loader is decode's business", convert, asset.Asset{Type: "Pdf", Size: 1}, "", "", ""},
		{"an image set", convert, asset.Asset{Type: "ImageSet"}, diag.TypeUnsupported, "", "Image Set"},
		{"a render set", convert, asset.Asset{Type: "RenderSet"}, diag.TypeUnsupported, "", "Render Set"},
		{"a spin set", convert, asset.Asset{Type: "SpinSet"}, diag.TypeUnsupported, "", "Spin Set"},
		{"a catalog", convert, asset.Asset{Type: "Catalog"}, diag.TypeUnsupported, "", "eCatalog"},
		{"a two-dimensional spin set", convert, asset.Asset{Type: "AssetSet", SubType: "spinset2d"}, diag.TypeUnsupported, "", "Spin Set"},
		{"a media set", convert, asset.Asset{Type: "AssetSet", SubType: "MediaSet"}, diag.TypeUnsupported, "", "Media Set"},
		{"a multi-bitrate set", convert, asset.Asset{Type: "AssetSet", SubType: "MbrSet"}, diag.TypeUnsupported, "", "Multi-bitrate Set"},
		{"a video set", convert, asset.Asset{Type: "AssetSet", SubType: "VIDEO_SET"}, diag.TypeUnsupported, "", "Video Set"},
		{"an offer set", convert, asset.Asset{Type: "AssetSet", SubType: "OfferSet"}, diag.TypeUnsupported, "", "Offer Set"},
		{"a set that a client named himself", convert, asset.Asset{Type: "AssetSet", SubType: "mine"}, diag.TypeUnsupported, "", "asset set"},
		{"a set is skipped in a job of originals, too", with("convert", false), asset.Asset{Type: "ImageSet"}, diag.TypeUnsupported, "", "Image Set"},
		{"a set with a file", convert, asset.Asset{Type: "ImageSet", Size: 9}, diag.TypeUnsupported, "", ""},
		{"an empty image", convert, asset.Asset{Type: "Image"}, diag.SourceEmpty, "", ""},
		{"an empty original", with("convert", false), asset.Asset{Type: "Zip"}, diag.SourceEmpty, "", ""},
		{"a template as original", with("convert", false), asset.Asset{Type: "Template", Size: 1}, diag.TemplateOriginal, "", "template"},
		{"a template converted is decode's business", convert, asset.Asset{Type: "Template", Size: 1}, "", "", ""},
		{"audio as original", with("convert", false), asset.Asset{Type: "Audio", Size: 1}, "", "", ""},
		{"audio converted goes as it is", convert, asset.Asset{Type: "Audio", Size: 1}, "", diag.AsOriginal, "Audio"},
		{"as it is is the default", nil, asset.Asset{Type: "Zip", Size: 1}, "", diag.AsOriginal, "Zip"},
		{"audio skipped", with("non_convertible", "skip"), asset.Asset{Type: "Audio", Size: 1}, diag.NotConverted, "", "Audio"},
		{"audio failed", with("non_convertible", "fail"), asset.Asset{Type: "Audio", Size: 1}, diag.NotConvertible, "", "Audio"},
	} {
		st, err := Kind().New(stage.Config{Name: "supported", Params: c.params})
		if err != nil {
			t.Fatal(err)
		}
		c.asset.Handle = `sets/ä"1`
		it := &asset.Item{Asset: &c.asset}
		got := diag.From(st.Process(context.Background(), it), diag.InternalError)
		switch {
		case c.code == "" && got != nil, c.code != "" && (got == nil || got.Code != c.code):
			t.Errorf("%s: %v", c.behaviour, got)
			continue
		case got != nil && (!strings.Contains(got.Message, c.says) || !strings.Contains(got.Message, `"sets/ä\"1"`) || got.Hint == ""):
			t.Errorf("%s: %q, hint %q", c.behaviour, got.Message, got.Hint)
		}
		if c.note == "" && len(it.Notes) > 0 || c.note != "" && (len(it.Notes) != 1 || it.Notes[0].Code != c.note || !strings.Contains(it.Notes[0].Message, c.says)) {
			t.Errorf("%s: notes %v", c.behaviour, it.Notes)
		}
	}
}

func TestBadParamsAreRefused(t *testing.T) {
	for _, params := range []map[string]any{{"non_convertible": "keep"}, {"non_convertible": 1}, {"convert": "yes"}, {"other": 1}} {
		if _, err := Kind().New(stage.Config{Name: "s", Params: params}); err == nil {
			t.Errorf("%v was accepted", params)
		}
	}
}

func TestACancelledRunStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	st, err := Kind().New(stage.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if st.Process(ctx, &asset.Item{Asset: &asset.Asset{Type: "Image", Size: 1}}) == nil {
		t.Error("it went on")
	}
}
