package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/diag"
)

// wrongFiles are files with mistakes, each with the place and the code of every
// finding, counted by hand.
var wrongFiles = map[string]struct {
	text string
	want []string
}{
	"syntax.toml":  {"a = [\n", []string{"1:6 E-TOML-SYNTAX"}},
	"job.toml":     {"jobName = \"x\"\n[exportJob]\nassetHandleArray = [\"a\"]\nfmt = \"convert\"\nis_modifier = \"wid=abc\"\n", []string{"5:1 E-COMMAND-VALUE"}},
	"macro.toml":   {"jobName = \"x\"\n[exportJob]\nassetHandleArray = [\"a\"]\nfmt = \"convert\"\nmacro = \"$nosuch$\"\n", []string{"5:1 E-MACRO-UNKNOWN"}},
	"empty.toml":   {"jobName = \"x\"\n[exportJob]\nfmt = \"convert\"\n", []string{"2:2 E-JOB-EMPTY", "3:1 E-JOB-CONVERT"}},
	"nowhere.toml": {"version = 1\n", []string{"1:1 E-STAGE-FROM"}},
	"double.toml":  {"version = 1\n[stage.a]\nkind = \"resolve\"\nkind = \"resolve\"\n", []string{"4:1 E-TOML-SYNTAX"}},
	"typos.toml": {"version = 1\n[stage.a]\nkind = \"resolve\"\n[stage.b]\nkind = \"decode\"\nfrom = \"c\"\nwhen = \"asset.tpye == 1\"\n",
		[]string{"6:1 E-STAGE-FROM", "7:1 E-EXPRESSION"}},
	"many.toml": {"version = 1\n[stage.a]\nkind = \"resolve\"\n[stage.b]\nkind = \"deliver\"\nfrom = \"a\"\nparams = { to = \"s3:\", name = \"${asset.nme}\" }\n" +
		"[stage.t]\nkind = \"transform\"\nfrom = \"a\"\nparams = { modifier = \"$zz$\" }\n",
		[]string{"7:1 E-KEY-VALUE", "7:24 E-EXPRESSION", "8:8 E-STAGE-UNREACHED", "10:1 E-STAGE-PORT", "11:12 E-MACRO-UNKNOWN"}},
	"config.toml": {"[catalog]\nrot = \"x\"\n", []string{"2:1 E-KEY-UNKNOWN"}},
	"limits.toml": {"[limits]\nframes = 0\n[macro-files]\npaths = [\"none.txt\"]\n[attributes]\nBkgColor = \"zz\"\n",
		[]string{"2:1 E-KEY-VALUE", "4:1 E-FILE-MISSING", "5:2 E-KEY-VALUE"}},
	"good.toml": {"jobName = \"x\"\n[exportJob]\nassetHandleArray = [\"a\"]\nfmt = \"orig\"\n", nil},
}

func TestEveryFindingHasAPlaceACodeAndAHint(t *testing.T) {
	dir := t.TempDir()
	want := map[string][]string{}
	for name, f := range wrongFiles {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(f.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if f.want != nil {
			want[name] = f.want
		}
	}
	var out, problems bytes.Buffer
	if code := execute(context.Background(), []string{"lint", dir, "--json"}, &out, &problems); code != 2 {
		t.Errorf("exit code %d, want 2\n%s", code, &problems)
	}
	var doc struct {
		OK    *bool             `json:"ok"`
		Diags []json.RawMessage `json:"diags"`
	}
	decode(t, out.Bytes(), &doc)
	if doc.OK == nil || *doc.OK {
		t.Errorf("ok is %v", doc.OK)
	}
	got := map[string][]string{}
	for _, raw := range doc.Diags {
		var d struct {
			Code    diag.Code `json:"code"`
			Message string    `json:"message"`
			File    string    `json:"file"`
			Line    int       `json:"line"`
			Column  int       `json:"column"`
			Hint    string    `json:"hint"`
		}
		decode(t, raw, &d)
		if !d.Code.Known() || d.Message == "" || d.Hint == "" {
			t.Errorf("a finding without code, message or hint: %s", raw)
		}
		name := filepath.Base(d.File)
		got[name] = append(got[name], fmt.Sprintf("%d:%d %s", d.Line, d.Column, d.Code))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// decode wants exactly the keys of v.
func decode(t *testing.T, text []byte, v any) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}

func TestLintAnswersInJSONAlsoWhenThereIsNothing(t *testing.T) {
	var out, problems bytes.Buffer
	code := execute(context.Background(), []string{"lint", filepath.Join(t.TempDir(), "none"), "--json"}, &out, &problems)
	var doc lintResult
	decode(t, out.Bytes(), &doc)
	if code != 2 || doc.OK || len(doc.Diags) != 1 || doc.Diags[0].Code != diag.FileMissing {
		t.Errorf("exit code %d, %s", code, &out)
	}
}
