package expression

import (
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/asset"
)

var spring = &Job{Name: "spring", Format: "convert", Modifier: "&fmt=png"}

func picture() Env {
	return Of(&asset.Asset{Handle: "cats/tom.v2.jpg", Type: asset.TypeImage, Dir: "cats", File: "tom.v2.jpg", Size: 1200})
}

func TestGuardsFoldWhatTheJobDecides(t *testing.T) {
	for _, c := range []struct {
		src      string
		text     string
		constant string // "", "true" or "false"
	}{
		{`asset.type == "Image"`, `asset.type == "Image"`, ""},
		{`job.fmt == "convert"`, "true", "true"},
		{`job.fmt == "orig"`, "false", "false"},
		{`job.fmt == "convert" and asset.size > 1000`, `asset.size > 1000`, ""},
		{`asset.size > 1000 || job.name startsWith "sp"`, "true", "true"},
		{`not (job.fmt == "orig") and asset.renderable`, "asset.renderable", ""},
		{`asset.type in ["Image", "Illustrator"]`, `asset.type in ["Image", "Illustrator"]`, ""},
		{`lower(job.name) == "spring" and lower(asset.ext) == "jpg"`, `lower(asset.ext) == "jpg"`, ""},
	} {
		g, err := ParseGuard(c.src, spring)
		if err != nil {
			t.Errorf("%s: %v", c.src, err)
			continue
		}
		if g.Text() != c.text {
			t.Errorf("%s folds to %s, want %s", c.src, g.Text(), c.text)
		}
		v, ok := g.Constant()
		if got := map[bool]string{true: map[bool]string{true: "true", false: "false"}[v]}[ok]; got != c.constant {
			t.Errorf("%s is constant %q, want %q", c.src, got, c.constant)
		}
		again, err := ParseGuard(g.Text(), spring)
		if err != nil || again.Text() != g.Text() {
			t.Errorf("%s does not parse to itself: %v", g.Text(), err)
		}
	}
}

func TestGuardDecidesPerAsset(t *testing.T) {
	g, err := ParseGuard(`asset.size > 1000 and asset.stem == "tom.v2" and asset.dir == "cats"`, spring)
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := g.Eval(picture()); err != nil || !ok {
		t.Errorf("got %v, %v", ok, err)
	}
	if !g.Uses("asset") || g.Uses("image") {
		t.Error("the guard looks at the asset alone")
	}
}

func TestMistakesAreFoundBeforeAnythingRuns(t *testing.T) {
	for src, want := range map[string]string{
		`asset.tpye == "Image"`: "tpye",
		`asset.size`:            "bool",
		`now() > 3`:             "now",
		`asset.type = "Image"`:  "column",
		`asset.size == "large"`: "mismatched",
	} {
		if _, err := ParseGuard(src, spring); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want something about %q", src, err, want)
		}
	}
	for src, want := range map[string]string{
		"a${":          "never closed",
		"${}":          "holds nothing",
		"${asset}":     "text",
		"${asset.stm}": "stm",
	} {
		if _, err := ParseTemplate(src, spring); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want something about %q", src, err, want)
		}
	}
}

func TestTemplates(t *testing.T) {
	for _, c := range []struct{ src, text, value string }{
		{"${asset.dir}/${asset.stem}.${artifact.ext}", "${asset.dir}/${asset.stem}.${artifact.ext}", "cats/tom.v2.webp"},
		{"${job.name}/${asset.file}", "spring/${asset.file}", "spring/tom.v2.jpg"},
		{"$${literal}-${asset.size}", "$${literal}-${asset.size}", "${literal}-1200"},
		{`${replace(asset.stem, ".", "_")}`, `${replace(asset.stem, ".", "_")}`, "tom_v2"},
		{`${asset.ext == "jpg" ? "photo" : "other"}`, `${asset.ext == "jpg" ? "photo" : "other"}`, "photo"},
		{"plain $card$", "plain $card$", "plain $card$"},
		{`${"}"}x`, "}x", "}x"},
	} {
		tpl, err := ParseTemplate(c.src, spring)
		if err != nil {
			t.Errorf("%s: %v", c.src, err)
			continue
		}
		if tpl.Text() != c.text {
			t.Errorf("%s folds to %s, want %s", c.src, tpl.Text(), c.text)
		}
		env := picture()
		env.Artifact.Ext = "webp"
		if got, err := tpl.Eval(env); err != nil || got != c.value {
			t.Errorf("%s = %q, %v, want %q", c.src, got, err, c.value)
		}
	}
}

func FuzzExpression(f *testing.F) {
	for _, s := range []string{`asset.type == "Image"`, "${asset.stem}.${artifact.ext}", `job.fmt == "orig" or not asset.renderable`, "a ? b : c", "[1,2][0]", "${`}`}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		if g, err := ParseGuard(src, spring); err == nil {
			again, err := ParseGuard(g.Text(), spring)
			if err != nil {
				t.Fatalf("%q folds to %q, which does not parse: %v", src, g.Text(), err)
			}
			if again.Text() != g.Text() {
				t.Fatalf("%q, %q, %q", src, g.Text(), again.Text())
			}
		}
		if tpl, err := ParseTemplate(src, spring); err == nil {
			again, err := ParseTemplate(tpl.Text(), spring)
			if err != nil || again.Text() != tpl.Text() {
				t.Fatalf("%q, %q: %v", src, tpl.Text(), err)
			}
		}
	})
}
