package main

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/plugins/sdk"
)

func TestAPresetIsItsRow(t *testing.T) {
	p := opened(t, "insert into preset values ('card', 'wid=400&fmt=webp&$sharp$&text=a%26b')")
	got, err := p.Expand(t.Context(), &sdk.MacroCall{Name: "Preset-Card"})
	if err != nil {
		t.Fatal(err)
	}
	want := sdk.Commands{{Name: "wid", Value: "400"}, {Name: "fmt", Value: "webp"}, {Macro: "sharp"}, {Name: "text", Value: "a&b"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestANameWithoutARowIsNoMacro(t *testing.T) {
	for name, p := range map[string]*presets{"with a table": opened(t, ""), "without a database": {}} {
		if _, err := p.Expand(t.Context(), &sdk.MacroCall{Name: "preset-none"}); err == nil || err.Error() != `there is no macro "preset-none"` {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestARowThatCannotBeReadIsAnError(t *testing.T) {
	p := opened(t, "insert into preset values ('bad', 'wid=%zz')")
	if _, err := p.Expand(t.Context(), &sdk.MacroCall{Name: "preset-bad"}); err == nil || !strings.Contains(err.Error(), "wid=%zz") {
		t.Error(err)
	}
	p.db.Close()
	if _, err := p.Expand(t.Context(), &sdk.MacroCall{Name: "preset-bad"}); err == nil || !strings.Contains(err.Error(), "the table of presets") {
		t.Error(err)
	}
}

// opened gives the presets of a database with one table, configured as a query of
// its own sees it.
func opened(t *testing.T, insert string) *presets {
	t.Helper()
	file := filepath.Join(t.TempDir(), "presets.db")
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), "create table preset (name text primary key, modifier text); "+insert); err != nil {
		t.Fatal(err)
	}
	reader, err := sql.Open("sqlite", "file:"+file+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reader.Close() })
	return &presets{db: reader, query: "select modifier from preset where name = ?"}
}
