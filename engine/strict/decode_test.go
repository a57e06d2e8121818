package strict_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/strict"
	"github.com/google/go-cmp/cmp"
)

type common struct {
	Note string `toml:"note"`
}

type retry struct {
	Attempts int8          `toml:"attempts"`
	Base     time.Duration `toml:"base"`
}

type stageTable struct {
	common
	Kind   string         `toml:"kind"`
	From   strict.Strings `toml:"from"`
	Params map[string]any `toml:"params"`
	Retry  *retry         `toml:"retry"`
	secret string
}

type sample struct {
	Version int                   `toml:"version"`
	Size    int64                 `toml:"size"`
	Count   uint16                `toml:"count"`
	Scale   float64               `toml:"scale"`
	On      bool                  `toml:"on,omitempty"`
	Day     time.Time             `toml:"day"`
	Words   []string              `toml:"words"`
	Any     any                   `toml:"any"`
	Stage   map[string]stageTable `toml:"stage"`
	List    []retry               `toml:"list"`
	Limits  struct {
		Pixels int           `toml:"pixels"`
		Time   time.Duration `toml:"time"`
	} `toml:"limits"`
	Untagged string
}

// show writes each diagnostic in one line: code, place, message and hint.
func show(err error) string {
	var b strings.Builder
	for _, d := range diag.All(err, diag.InternalError) {
		fmt.Fprintf(&b, "%s %s", d.Code, d.Error())
		if d.Hint != "" {
			fmt.Fprintf(&b, " | %s", d.Hint)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func decode(t *testing.T, text string) (sample, error) {
	t.Helper()
	var v sample
	d, err := strict.Read("f", []byte(text), 1<<20)
	if err != nil {
		return v, err
	}
	return v, d.Decode(&v)
}

func TestDecodeFillsEveryType(t *testing.T) {
	got, err := decode(t, `
version = 1
size = 100_000_000
count = 7
scale = 2
on = true
day = 2026-01-02T03:04:05Z
words = ["a", "b"]
any = [1, { x = "y" }]
[stage."x y"]
note = "n"
kind = "k"
from = "one"
params = { deep = { a = 1 } }
retry.attempts = 3
retry.base = "1m30s"
[[list]]
attempts = 1
[[list]]
base = "2h"
[limits]
pixels = 5
`)
	if err != nil {
		t.Fatal(err)
	}
	want := sample{
		Version: 1, Size: 100_000_000, Count: 7, Scale: 2, On: true,
		Day: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Words: []string{"a", "b"},
		Any: []any{int64(1), map[string]any{"x": "y"}},
		Stage: map[string]stageTable{"x y": {
			common: common{Note: "n"}, Kind: "k", From: strict.Strings{"one"},
			Params: map[string]any{"deep": map[string]any{"a": int64(1)}},
			Retry:  &retry{Attempts: 3, Base: 90 * time.Second},
		}},
		List: []retry{{Attempts: 1}, {Base: 2 * time.Hour}},
	}
	want.Limits.Pixels = 5
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(stageTable{})); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeKeepsWhatTheTextDoesNotName(t *testing.T) {
	d, err := strict.Read("f", []byte("[limits]\npixels = 2\n"), 100)
	if err != nil {
		t.Fatal(err)
	}
	v := sample{Scale: 3}
	v.Limits.Time = time.Minute
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	if v.Scale != 3 || v.Limits.Time != time.Minute || v.Limits.Pixels != 2 {
		t.Errorf("got %+v", v)
	}
}

func TestDecodeReportsEverythingThatIsWrong(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a slip of the fingers", "verison = 1\n[stage.a]\nkidn = 1\n",
			"E-KEY-UNKNOWN f:1:1: unknown key \"verison\" | did you mean \"version\"?\n" +
				"E-KEY-UNKNOWN f:3:1: unknown key \"kidn\" in stage.a | did you mean \"kind\"?\n"},
		{"another case", "Version = 1\n[Limits]\npixels = 1\n",
			"E-KEY-UNKNOWN f:1:1: unknown key \"Version\" | did you mean \"version\"?\n" +
				"E-KEY-UNKNOWN f:2:2: unknown key \"Limits\" | did you mean \"limits\"?\n"},
		{"both cases at once", "version = 1\nVersion = 2\n",
			"E-KEY-UNKNOWN f:2:1: unknown key \"Version\" | did you mean \"version\"?\n"},
		{"a key of the table below", "pixels = 1\n",
			"E-KEY-UNKNOWN f:1:1: unknown key \"pixels\" | \"pixels\" belongs under [limits]\n"},
		{"a key of a named table below", "kind = 'a'\n",
			"E-KEY-UNKNOWN f:1:1: unknown key \"kind\" | \"kind\" belongs under [stage.NAME]\n"},
		{"a key of the table below, misspelt", "[stage.a]\natempts = 1\n",
			"E-KEY-UNKNOWN f:2:1: unknown key \"atempts\" in stage.a | did you mean \"attempts\", which belongs under [stage.a.retry]?\n"},
		{"a key of the table above", "[stage.a]\nretry = { kind = 'b', scale = 1 }\n",
			"E-KEY-UNKNOWN f:2:11: unknown key \"kind\" in stage.a.retry | \"kind\" belongs under [stage.a]\n" +
				"E-KEY-UNKNOWN f:2:23: unknown key \"scale\" in stage.a.retry | the keys here are attempts, base\n"},
		{"a key of the top", "[limits]\nversion = 1\n",
			"E-KEY-UNKNOWN f:2:1: unknown key \"version\" in limits | \"version\" belongs to the top of the file, above the first [table]\n"},
		{"a field without a tag", "Untagged = 1\n",
			"E-KEY-UNKNOWN f:1:1: unknown key \"Untagged\" | the keys here are version, size, count, scale, on, day, words, any, stage, list, limits\n"},
		{"an unknown key in the second of two tables", "[[list]]\nattempts = 1\n[[list]]\nbas = '1s'\n",
			"E-KEY-UNKNOWN f:4:1: unknown key \"bas\" in list[1] | did you mean \"base\"?\n"},
		{"wrong types", "version = \"1\"\nscale = 'x'\non = 1\nday = 'x'\nwords = 'a'\ncount = 1.5\n",
			"E-KEY-TYPE f:1:1: version must be an integer, found a string | write it without quotes\n" +
				"E-KEY-TYPE f:2:1: scale must be a number, found a string | write it without quotes\n" +
				"E-KEY-TYPE f:3:1: on must be a boolean, found an integer\n" +
				"E-KEY-TYPE f:4:1: day must be a date, found a string\n" +
				"E-KEY-TYPE f:5:1: words must be an array, found a string | write [\"a\"]\n" +
				"E-KEY-TYPE f:6:1: count must be an integer, found a decimal number\n"},
		{"a wrong element", "words = [ 'a',\n  1 ]\n[stage.a]\nfrom = ['x', {}]\n",
			"E-KEY-TYPE f:2:3: words[1] must be a string, found an integer | write it in quotes\n" +
				"E-KEY-TYPE f:4:14: stage.a.from[1] must be a string, found a table\n"},
		{"out of range", "count = -1\n[stage.a.retry]\nattempts = 128\n",
			"E-KEY-VALUE f:1:1: count is out of range: -1\n" +
				"E-KEY-VALUE f:3:1: stage.a.retry.attempts is out of range: 128\n"},
		{"durations", "[limits]\ntime = 120\n[stage.a.retry]\nbase = '2 minutes'\n",
			"E-KEY-TYPE f:2:1: limits.time must be a duration such as \"2m\" or \"500ms\", found an integer\n" +
				"E-KEY-TYPE f:4:1: stage.a.retry.base must be a duration such as \"2m\" or \"500ms\", found \"2 minutes\"\n"},
		{"no table", "stage = 1\nlimits = []\nlist = {}\n",
			"E-KEY-TYPE f:1:1: stage must be a table, found an integer\n" +
				"E-KEY-TYPE f:2:1: limits must be a table, found an array\n" +
				"E-KEY-TYPE f:3:1: list must be an array, found a table\n"},
		{"an array of tables", "[[stage]]\nkind = 'x'\n",
			"E-KEY-TYPE f:1:3: stage must be a table, found an array of tables | write [stage.NAME], not [[stage]]\n"},
		{"from neither one nor many", "[stage.a]\nfrom = 1\n",
			"E-KEY-TYPE f:2:1: stage.a.from must be a string or an array of strings, found an integer | write it in quotes\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := decode(t, c.text)
			if diff := cmp.Diff(c.want, show(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeStopsCountingErrors(t *testing.T) {
	var keys strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&keys, "unknown%d = 1\n", i)
	}
	for _, text := range []string{"words = [" + strings.Repeat("1,", 5000) + "]", keys.String()} {
		_, err := decode(t, text)
		if got := len(diag.All(err, diag.InternalError)); got != 100 {
			t.Errorf("%d errors", got)
		}
	}
}

func TestDecodeAtKnowsTablesNearBy(t *testing.T) {
	d, err := strict.Read("f", []byte("[a.b]\nquality = 1\n"), 100)
	if err != nil {
		t.Fatal(err)
	}
	var v retry
	err = d.DecodeAt(&v, []string{"a", "b"}, strict.Elsewhere{Table: d.Table("a", "b", "params"), Keys: []string{"quality"}})
	want := "E-KEY-UNKNOWN f:2:1: unknown key \"quality\" in a.b | \"quality\" belongs under [a.b.params]\n"
	if diff := cmp.Diff(want, show(err)); diff != "" {
		t.Error(diff)
	}
	if err := d.DecodeAt(&v, []string{"nothing"}); err != nil {
		t.Error(err)
	}
	if err := d.Decode(v); err == nil || err.Error() != "decode into a strict_test.retry, which is no pointer" {
		t.Errorf("got %v", err)
	}
}

func FuzzReadAndDecode(f *testing.F) {
	f.Add("version = 1\n[stage.a]\nfrom = ['x']\nretry = {base = '1s'}\n[[list]]\nday = 2026-01-02\n")
	f.Add("{\"version\": 1, \"list\": [{\"base\": \"1s\"}, null, -0.5e3], \"any\": \"\\ud83d\\ude00\"}")
	f.Fuzz(func(t *testing.T, text string) {
		for _, read := range []func(string, []byte, int) (*strict.Document, error){strict.Read, strict.ReadJSON} {
			d, err := read("f", []byte(text), 1<<16)
			if err == nil {
				err = d.Decode(&sample{})
			}
			for _, found := range diag.All(err, diag.InternalError) {
				if found.Code == diag.InternalError || found.Line < 1 && found.Code != diag.FileSize || found.Line > 0 && found.Column < 1 {
					t.Fatalf("%q: %+v", text, found)
				}
				var b strings.Builder
				diag.Render(&b, found)
			}
		}
	})
}
