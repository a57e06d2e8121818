package unit

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/cmd/exportd/internal/export"
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/engine/report"
)

func TestIDsReadBack(t *testing.T) {
	for _, id := range []ID{{0, 0, 256}, {3, 1_000_000, 1_000_001}} {
		if got, err := ParseID(id.String()); err != nil || got != id {
			t.Errorf("%v reads back as %v %v", id, got, err)
		}
	}
	for _, text := range []string{"", "1-2", "1-2-3-4", "1-2-x", "01-2-3", "1-2-3 "} {
		if id, err := ParseID(text); err == nil {
			t.Errorf("%q reads as %v", text, id)
		}
	}
}

func TestAUnitReadsBack(t *testing.T) {
	want := []export.Part{
		{Entry: planning.Entry{Seq: 7, Handle: "a.jpg", Files: []planning.File{{Stage: "deliver", Name: "a.png"}}}},
		{
			Entry: planning.Entry{Seq: 9, Handle: "b.jpg"},
			Before: []report.Line{
				report.BranchLine{Seq: 9, Handle: "b.jpg", Stage: "deliver", Outcome: asset.Exported, Delivered: &asset.Delivered{Name: "b.png", Bytes: 3}},
				report.AssetLine{Seq: 9, Handle: "b.jpg", Outcome: asset.Failed, Code: diag.Target},
			},
		},
	}
	var text []byte
	for _, p := range want {
		line, err := EncodePart(p)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, line...)
	}
	got, err := Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	// What an entry keeps to itself is not for a file.
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b planning.Entry) bool {
		return a.Seq == b.Seq && a.Handle == b.Handle && cmp.Equal(a.Files, b.Files)
	})); diff != "" {
		t.Error(diff)
	}
}

func TestAPageReadsBack(t *testing.T) {
	var text []byte
	for _, l := range []report.Line{report.AssetLine{Seq: 1, Outcome: asset.Exported, Seconds: 0.5}, report.AssetLine{Seq: 2, Outcome: asset.Exported, Seconds: 0.25}} {
		var err error
		if text, err = Add(text, l); err != nil {
			t.Fatal(err)
		}
	}
	text, err := AddNote(text, diag.New(diag.TargetFull, "no room"), true)
	if err != nil {
		t.Fatal(err)
	}
	p, err := DecodePage(text)
	if err != nil || len(p.Lines) != 2 || p.Seconds != 0.75 || !p.FailJob || p.Trouble == nil || p.Trouble.Code != diag.TargetFull {
		t.Errorf("%+v %v", p, err)
	}
}

// Both come from the network of a cluster: whatever it says, nobody panics.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"entry":{"seq":1,"handle":"a"},"before":[{"line":"asset","seq":1,"outcome":"failed"}]}` + "\n"))
	f.Add([]byte(`{"line":"note","trouble":{"code":"E-TARGET-FULL","message":"m"}}` + "\n"))
	f.Fuzz(func(_ *testing.T, text []byte) {
		_, _ = Decode(text)
		_, _ = DecodePage(text)
	})
}
