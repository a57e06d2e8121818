package pipeline_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/pipeline"
	"github.com/exportd/exportd/engine/stage"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// registry holds a few kinds with every type of param.
func registry(t testing.TB) *stage.Registry {
	t.Helper()
	asset, image, artifact := []stage.Port{stage.PortAsset}, []stage.Port{stage.PortImage}, []stage.Port{stage.PortArtifact}
	reg, err := stage.NewRegistry(
		stage.Kind{Name: "resolve", Doc: "finds assets", Out: stage.PortAsset},
		stage.Kind{Name: "decode", In: asset, Out: stage.PortImage, Params: []stage.Param{{Name: "shrink", Type: stage.String, Default: "auto", Enum: []string{"auto", "off"}}}},
		stage.Kind{Name: "transform", In: image, Out: stage.PortImage, Params: []stage.Param{
			{Name: "modifier", Type: stage.Modifier, Required: true, Doc: "what to do with the picture"}, {Name: "origins", Type: stage.Strings},
		}},
		stage.Kind{Name: "encode", In: image, Out: stage.PortArtifact, Params: []stage.Param{{Name: "quality", Type: stage.Int}, {Name: "lossless", Type: stage.Bool}}},
		stage.Kind{Name: "deliver", In: append(artifact, asset...), Params: []stage.Param{
			{Name: "to", Type: stage.String, Required: true}, {Name: "name", Type: stage.Template, Required: true},
		}},
	)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

const shop = `
version     = 1
name        = "shop"
description = "One picture."

[defaults]
on_error        = "report"
timeout         = "2m"
non_convertible = "skip"

[require]
plugin = { jxr = "~1.2" }

[stage.resolve]
kind = "resolve"

[stage.decode]
kind = "decode"
from = "resolve"
when = 'asset.renderable'
params = { shrink = "off" }

[stage.card]
kind   = "transform"
from   = "decode"
params.modifier = "$card$"
params.origins = ["macro card"]

[stage.encode]
kind = "encode"
from = ["card", "decode"]
params = { quality = 8_5, lossless = true }
workers = 3

[stage.deliver]
kind   = "deliver"
from   = "encode"
retry  = { attempts = 5, base = "500ms", max = "30s" }
timeout = "90s"
on_error = "as-is"
why = ["scale: pushed down"]
params = { to = "file:", name = "${asset.stem}" }

[test."a CMYK jpeg"]
asset  = "cmyk.jpg"
job    = { is_modifier = "fmt=png" }
expect = { path = "cmyk.png", width = 240 }
`

func TestParsesAPipeline(t *testing.T) {
	got, err := pipeline.Parse("shop.toml", []byte(shop), registry(t))
	if err != nil {
		t.Fatal(err)
	}
	want := &pipeline.Spec{
		Version: 1, Name: "shop", Description: "One picture.",
		Defaults: pipeline.Defaults{OnError: "report", Timeout: 2 * time.Minute, NonConvertible: "skip"},
		Require:  map[string]map[string]string{"plugin": {"jxr": "~1.2"}},
		Stages: []pipeline.Stage{
			{Name: "resolve", Kind: "resolve"},
			{Name: "decode", Kind: "decode", From: []string{"resolve"}, When: "asset.renderable", Params: map[string]any{"shrink": "off"}},
			{Name: "card", Kind: "transform", From: []string{"decode"}, Params: map[string]any{"modifier": "$card$", "origins": []string{"macro card"}}},
			{Name: "encode", Kind: "encode", From: []string{"card", "decode"}, Params: map[string]any{"quality": int64(85), "lossless": true}, Workers: 3},
			{Name: "deliver", Kind: "deliver", From: []string{"encode"}, Params: map[string]any{"to": "file:", "name": "${asset.stem}"},
				Retry:   &pipeline.Retry{Attempts: 5, Base: 500 * time.Millisecond, Max: 30 * time.Second},
				Timeout: 90 * time.Second, OnError: "as-is", Why: []string{"scale: pushed down"}},
		},
		Tests: []pipeline.Test{{Name: "a CMYK jpeg", Asset: "cmyk.jpg", Job: pipeline.TestJob{Format: "convert", Modifier: "fmt=png"},
			Expect: []pipeline.Expect{{Path: "cmyk.png", Width: 240, Tolerance: pipeline.DefaultTolerance}}}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(pipeline.Spec{}), cmpopts.IgnoreTypes(diag.Place{})); diff != "" {
		t.Error(diff)
	}
}

func TestParsesTheShippedPipelinesSyntax(t *testing.T) {
	for _, name := range []string{"default", "original"} {
		text, err := os.ReadFile("../../pipelines/" + name + ".toml")
		if err != nil {
			t.Skip(err)
		}
		text = []byte(strings.ReplaceAll(string(text), `"filter-unsupported"`, `"decode"`))
		if _, err := pipeline.Parse(name, text, registry(t)); err != nil {
			t.Error(err)
		}
	}
}

func TestPlacesAreForLaterErrors(t *testing.T) {
	s, err := pipeline.Parse("shop.toml", []byte(shop), registry(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		stage string
		keys  []string
		want  string
	}{
		{"", nil, "1:1"},
		{"", []string{"defaults", "on_error"}, "7:1"},
		{"deliver", nil, "35:8"},
		{"deliver", []string{"retry", "base"}, "38:26"},
		{"deliver", []string{"params", "name"}, "42:26"},
		{"card", []string{"params", "modifier"}, "26:8"},
		{"resolve", []string{"from"}, "14:8"},
		{"added-by-a-pass", []string{"from"}, "1:1"},
	} {
		p := s.Place(c.stage, c.keys...)
		if got := fmt.Sprintf("%d:%d", p.Line, p.Column); got != c.want || p.File != "shop.toml" {
			t.Errorf("%s %v: %s:%s, want %s", c.stage, c.keys, p.File, got, c.want)
		}
	}
	if i := slices.IndexFunc(s.Stages, func(st pipeline.Stage) bool { return st.Place != s.Place(st.Name) }); i >= 0 {
		t.Errorf("stage %s has another place", s.Stages[i].Name)
	}
	if got := (&pipeline.Spec{}).Place("x", "y"); got != (diag.Place{}) {
		t.Errorf("a spec of no file has the place %v", got)
	}
}

func TestAPlanIsAPipeline(t *testing.T) {
	const plan = "version = 1\nname = 'p'\n[plan]\njob = 'a'\ndigest = '00'\n[attributes]\nMaxPix = '2000,2000'\n[stage.resolve]\nkind = 'resolve'\nwhy = []\n"
	s, err := pipeline.Parse("plan.toml", []byte(plan), registry(t))
	if err != nil {
		t.Fatal(err)
	}
	if s.Plan["digest"] != "00" || s.Attributes["MaxPix"] != "2000,2000" {
		t.Errorf("got %v, %v", s.Plan, s.Attributes)
	}
	if s.Place("", "plan", "digest").Line != 5 {
		t.Errorf("digest at %v", s.Place("", "plan", "digest"))
	}
	plain, err := pipeline.Parse("p", []byte("version = 1"), registry(t))
	if err != nil || plain.Plan != nil || plain.Attributes != nil {
		t.Errorf("a pipeline that is no plan: %+v, %v", plain, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(shop)
	f.Add("version = 1\n[plan]\n[attributes]\n[stage.resolve]\nkind = 'resolve'\n")
	f.Add("[[stage]]\nkind = 1\n[test]\na = 1\n")
	reg := registry(f)
	f.Fuzz(func(t *testing.T, text string) {
		s, err := pipeline.Parse("f", []byte(text), reg)
		if err == nil {
			for _, st := range s.Stages {
				if _, ok := reg.Kind(st.Kind); !ok || st.Place.Line < 1 {
					t.Fatalf("%q: stage %+v", text, st)
				}
			}
			return
		}
		for _, d := range diag.All(err, diag.InternalError) {
			if d.Code == diag.InternalError || d.Line < 1 {
				t.Fatalf("%q: %s without a place: %v", text, d.Code, d)
			}
		}
	})
}
