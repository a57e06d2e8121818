package plan

import (
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
)

func sample() *Plan {
	return &Plan{
		Name: "p", Description: "says \"hello\"", Job: Job{Name: "spring", Digest: "ab"},
		Attributes: map[string]string{"BkgColor": "ffffff"},
		Defaults:   Defaults{OnError: "report", Timeout: 90 * time.Second, NonConvertible: "original"},
		Stages: []Stage{
			{Name: "resolve", Kind: "resolve"},
			{Name: "a.b", Kind: "decode", From: []string{"resolve"}, When: `asset.type == "Image"`, Params: map[string]any{"n": int64(3), "on": true}, Why: []string{"one"}},
			{Name: "out", Kind: "deliver", From: []string{"a.b", "resolve"}, When: Otherwise, Retry: &Retry{Attempts: 3, Base: time.Second, Max: time.Minute}, Workers: 2, Params: map[string]any{"list": []string{"x", "y"}}},
		},
	}
}

func TestTOMLIsReadByAnotherParser(t *testing.T) {
	var got map[string]any
	if _, err := toml.Decode(string(sample().TOML()), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"version": int64(1), "name": "p", "description": `says "hello"`,
		"plan":       map[string]any{"job": "spring", "digest": "ab"},
		"attributes": map[string]any{"BkgColor": "ffffff"},
		"defaults":   map[string]any{"on_error": "report", "timeout": "1m30s", "non_convertible": "original"},
		"stage": map[string]any{
			"resolve": map[string]any{"kind": "resolve"},
			"a.b":     map[string]any{"kind": "decode", "from": "resolve", "when": `asset.type == "Image"`, "why": []any{"one"}, "params": map[string]any{"n": int64(3), "on": true}},
			"out": map[string]any{
				"kind": "deliver", "from": []any{"a.b", "resolve"}, "when": "otherwise", "workers": int64(2),
				"retry": map[string]any{"attempts": int64(3), "base": "1s", "max": "1m0s"}, "params": map[string]any{"list": []any{"x", "y"}},
			},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func FuzzQuoteIsReadByAnotherParser(f *testing.F) {
	for _, s := range []string{"", `a"b\c`, "tab\tnew\nline\r", "\x00\x1f\x7f", "Ünïcode \u202e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "?")
		var got struct{ V string }
		if _, err := toml.Decode("v = "+quote(s), &got); err != nil || got.V != s {
			t.Errorf("%q is written %s and read %q: %v", s, quote(s), got.V, err)
		}
	})
}

func TestIdsFollowTheContent(t *testing.T) {
	a, b := sample(), sample()
	if a.Digest() != b.Digest() || a.RunID() != b.RunID() || len(a.RunID()) != 16 {
		t.Error("equal plans have different ids")
	}
	b.Job.Digest = "cd"
	if a.RunID() == b.RunID() {
		t.Error("another job has the same run id")
	}
	c := sample()
	c.Attributes["BkgColor"] = "000000"
	if a.Digest() == c.Digest() {
		t.Error("another attribute has the same digest")
	}
}

func TestDrawingsEscapeAndShowGuards(t *testing.T) {
	mermaid := sample().Mermaid(map[string]Figures{"out": {Items: 3, Failed: 1}})
	for _, want := range []string{`s0["resolve"]`, `s0 -->|"asset.type == #quot;Image#quot;"| s1`, `s1 -->|"otherwise"| s2`, "3 items, 1 failed"} {
		if !strings.Contains(mermaid, want) {
			t.Errorf("Mermaid lacks %s:\n%s", want, mermaid)
		}
	}
	dot := sample().DOT(nil)
	for _, want := range []string{`s1 [label="a.b\ndecode"];`, `s0 -> s1 [label="asset.type == \"Image\""];`} {
		if !strings.Contains(dot, want) {
			t.Errorf("DOT lacks %s:\n%s", want, dot)
		}
	}
}
