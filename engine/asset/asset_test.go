package asset

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestWorstOutcomeWins(t *testing.T) {
	order := []Outcome{"", Exported, Skipped, Failed}
	for i, o := range order {
		for j, p := range order {
			if o.Worse(p) != (i > j) {
				t.Errorf("%q worse than %q: %v", o, p, o.Worse(p))
			}
		}
	}
}

func TestSetKindNamesTheEight(t *testing.T) {
	for _, c := range []struct {
		typ     Type
		subType string
		want    string
	}{
		{TypeImageSet, "", "Image Set"}, {TypeRenderSet, "", "Render Set"}, {TypeSpinSet, "", "Spin Set"}, {TypeCatalog, "", "eCatalog"},
		{TypeAssetSet, "MediaSet", "Media Set"}, {TypeAssetSet, "MBR_SET", "Multi-bitrate Set"}, {TypeAssetSet, "videoset", "Video Set"},
		{TypeAssetSet, "OfferSet", "Offer Set"}, {TypeAssetSet, "SpinSet2D", "Spin Set"}, {TypeAssetSet, "somebody's own", "asset set"},
		{TypeImage, "MediaSet", ""},
	} {
		if got := SetKind(c.typ, c.subType); got != c.want {
			t.Errorf("SetKind(%s, %q) = %q, want %q", c.typ, c.subType, got, c.want)
		}
		if c.typ.Exportable() != (c.want == "") {
			t.Errorf("%s: exportable %v", c.typ, c.typ.Exportable())
		}
	}
}

func TestNamesOfFiles(t *testing.T) {
	for file, want := range map[string][2]string{"a.jpg": {"a", "jpg"}, "tom.v2.JPG": {"tom.v2", "JPG"}, "README": {"README", ""}} {
		a := Asset{File: file}
		if a.Stem() != want[0] || a.Ext() != want[1] {
			t.Errorf("%s is %q and %q", file, a.Stem(), a.Ext())
		}
	}
}

type picture struct{ closed int }

func (p *picture) Width() int   { return 1 }
func (p *picture) Height() int  { return 1 }
func (p *picture) Close() error { p.closed++; return nil }

func TestCloseLetsGoOfEverythingOnce(t *testing.T) {
	scratch := filepath.Join(t.TempDir(), "artifact")
	if err := os.WriteFile(scratch, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &picture{}
	it := &Item{Image: p, Artifact: &Artifact{Path: scratch}}
	var order []int
	it.OnClose(func() { order = append(order, 1) })
	it.OnClose(func() { order = append(order, 2) })
	for range 2 {
		if err := it.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if p.closed != 1 || len(order) != 2 || order[0] != 2 {
		t.Errorf("closed %d times, released in order %v", p.closed, order)
	}
	if _, err := os.Stat(scratch); !errors.Is(err, os.ErrNotExist) {
		t.Error("the scratch file is still there")
	}
}

func TestCloneSharesNothingThatIsClosed(t *testing.T) {
	p := &picture{}
	it := &Item{Seq: 3, Rendition: "card", Image: p}
	released := 0
	it.OnClose(func() { released++ })
	c := it.Clone()
	if err := c.Close(); err != nil || p.closed != 0 || released != 0 || c.Seq != 3 || c.Rendition != "card" {
		t.Errorf("%v, closed %d, released %d, %+v", err, p.closed, released, c)
	}
}
