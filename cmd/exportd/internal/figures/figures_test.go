package figures_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/cmd/exportd/internal/figures"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/stages"
)

// three is a decode with two renditions, and a way around for what is no picture.
var three = &plan.Plan{Stages: []plan.Stage{
	{Name: "resolve", Kind: "resolve"},
	{Name: "decode", Kind: "decode", From: []string{"resolve"}, When: "asset.renderable"},
	{Name: "small", Kind: "transform", From: []string{"decode"}, Params: map[string]any{"modifier": "wid=1"}},
	{Name: "large", Kind: "transform", From: []string{"decode"}, Params: map[string]any{"modifier": "wid=2"}},
	{Name: "encode", Kind: "encode", From: []string{"small", "large"}},
	{Name: "deliver", Kind: "deliver", From: []string{"encode", "resolve"}, OnError: "poison"},
	{Name: "poison", Kind: "dead-letter"},
}}

func TestEveryStageCountsAnAssetOnce(t *testing.T) {
	for _, test := range []struct {
		name, journal string
		want          map[string]plan.Figures
	}{
		{"both renditions are delivered", `
{"line":"branch","seq":0,"stage":"deliver","rendition":"small","outcome":"exported"}
{"line":"branch","seq":0,"stage":"deliver","rendition":"large","outcome":"exported"}
{"line":"asset","seq":0,"outcome":"exported","stages":{"decode":0.5,"encode":0.25}}
`,
			map[string]plan.Figures{"resolve": {Items: 1}, "decode": {Items: 1, Seconds: 0.5}, "small": {Items: 1}, "large": {Items: 1}, "encode": {Items: 1, Seconds: 0.25}, "deliver": {Items: 2}, "poison": {}}},
		{"an original comes through no picture's stages", `
{"line":"branch","seq":0,"stage":"deliver","outcome":"exported"}
{"line":"asset","seq":0,"outcome":"exported"}
`,
			map[string]plan.Figures{"resolve": {Items: 1}, "decode": {}, "small": {}, "large": {}, "encode": {}, "deliver": {Items: 1}, "poison": {}}},
		{"a rendition fails, the next run makes it", `
{"line":"branch","seq":0,"stage":"deliver","rendition":"small","outcome":"exported"}
{"line":"branch","seq":0,"stage":"large","rendition":"large","outcome":"failed"}
{"line":"asset","seq":0,"outcome":"failed"}
{"line":"branch","seq":0,"stage":"deliver","rendition":"large","outcome":"exported"}
{"line":"asset","seq":0,"outcome":"exported"}
`,
			map[string]plan.Figures{"resolve": {Items: 1}, "decode": {Items: 1}, "small": {Items: 1}, "large": {Items: 1}, "encode": {Items: 1}, "deliver": {Items: 2}, "poison": {}}},
		{"what fails goes to the dead letter, each asset once", `
{"line":"branch","seq":0,"stage":"deliver","rendition":"small","outcome":"failed","code":"E-TARGET"}
{"line":"branch","seq":0,"stage":"deliver","rendition":"large","outcome":"failed","code":"E-TARGET"}
{"line":"asset","seq":0,"outcome":"failed","code":"E-TARGET"}
`,
			map[string]plan.Figures{"resolve": {Items: 1}, "decode": {Items: 1}, "small": {Items: 1}, "large": {Items: 1}, "encode": {Items: 1}, "deliver": {Failed: 2}, "poison": {Items: 1}}},
		{"what does not resolve fails there, what kills its codec at decode, a torn line is left out", `
{"line":"asset","seq":0,"outcome":"failed","code":"E-ASSET-UNKNOWN"}
{"line":"asset","seq":1,"outcome":"failed","code":"E-CODEC-CRASH"}
{"line":"asset","seq":2,"outcome":"fai`,
			map[string]plan.Figures{"resolve": {Items: 1, Failed: 1}, "decode": {Failed: 1}, "small": {}, "large": {}, "encode": {}, "deliver": {}, "poison": {}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal.ndjson")
			if err := os.WriteFile(path, []byte(test.journal[1:]), 0o644); err != nil {
				t.Fatal(err)
			}
			reg, err := stages.Registry()
			if err != nil {
				t.Fatal(err)
			}
			got, err := figures.Read(path, three, reg)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
