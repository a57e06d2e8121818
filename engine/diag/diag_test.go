package diag

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
)

func TestEveryCodeIsExplainedOnce(t *testing.T) {
	seen := map[Code]bool{}
	for _, e := range Codes() {
		if seen[e.Code] {
			t.Errorf("%s stands twice in the table", e.Code)
		}
		seen[e.Code] = true
		if e.Title == "" || e.Mend == "" {
			t.Errorf("%s has no title or no mend", e.Code)
		}
		if !strings.HasPrefix(string(e.Code), "E-") && !strings.HasPrefix(string(e.Code), "W-") && !strings.HasPrefix(string(e.Code), "N-") {
			t.Errorf("%s does not start with its severity", e.Code)
		}
	}
}

func TestCauseAndPlaceSurvive(t *testing.T) {
	d := New(FileMissing, "open job: %w", fs.ErrNotExist).At(Place{File: "a.toml", Line: 3, Column: 2})
	wrapped := fmt.Errorf("run: %w", d)
	if !errors.Is(wrapped, fs.ErrNotExist) {
		t.Error("the cause is lost")
	}
	if got := From(wrapped, InternalError); got != d {
		t.Errorf("From = %v", got)
	}
	if got, want := d.Error(), "a.toml:3:2: open job: file does not exist"; got != want {
		t.Errorf("Error = %q, want %q", got, want)
	}
	if From(errors.New("x"), Target).Code != Target {
		t.Error("the fallback code is not used")
	}
}

func TestListIsAnErrorOnlyWithErrors(t *testing.T) {
	warn := List{New(CommandUnknown, "x")}
	if warn.Err() != nil {
		t.Error("a warning made an error")
	}
	both := append(warn, New(KeyUnknown, "y"))
	if both.Err() == nil || both.Err().Error() != "y" {
		t.Errorf("Err = %v", both.Err())
	}
	if got := All(fmt.Errorf("z: %w", both.Err()), InternalError); len(got) != 2 {
		t.Errorf("All = %v", got)
	}
}

func TestRenderPutsTheCaretUnderTheKey(t *testing.T) {
	d := New(KeyUnknown, `unknown key "qualty"`).
		At(Place{File: "p.toml", Line: 14, Column: 2, Width: 6, Source: "\tqualty = 85"}).
		WithHint(`did you mean "quality"?`)
	var b bytes.Buffer
	Render(&b, d)
	want := "p.toml:14:2: error E-KEY-UNKNOWN: unknown key \"qualty\"\n" +
		"   14 | \tqualty = 85\n" +
		"      | \t^^^^^^ did you mean \"quality\"?\n"
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

func TestSuggest(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []string
		want string
	}{
		{"qualty", []string{"quality", "format"}, "quality"},
		{"wdi", []string{"hei", "wid"}, "wid"}, // a swap is one edit
		{"FMT", []string{"fmt"}, "fmt"},        // case alone
		{"abc", []string{"xyz"}, ""},           // nothing near
		{"ab", []string{"cd"}, ""},             // short names: one edit
		{"assetHandleAray", []string{"assetHandleArray", "assetHandleFile"}, "assetHandleArray"},
	} {
		if got := Suggest(c.name, c.in); got != c.want {
			t.Errorf("Suggest(%q) = %q, want %q", c.name, got, c.want)
		}
	}
}
