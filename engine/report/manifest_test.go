package report

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/diag"
)

func TestTheManifestIsInJobOrder(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "j"))
	other := branch(0, "", Exported)
	other.Stage = "elsewhere"
	add(t, j, branch(2, "zoom", Exported), branch(0, "card", Exported), branch(2, "card", Exported), other)
	add(t, j, branch(0, "zoom", Failed), AssetLine{Seq: 0, Outcome: Failed}, AssetLine{Seq: 2, Outcome: Exported})
	late := branch(1, "card", Exported)
	late.SourceSHA256 = ""
	add(t, j, late, AssetLine{Seq: 1, Outcome: Exported, SourceSHA256: "from the asset"})
	var got bytes.Buffer
	if err := j.WriteManifest(&got, []Branch{{"deliver", "card"}, {"deliver", "zoom"}}); err != nil {
		t.Fatal(err)
	}
	want := `{"handle":"a&0.jpg","rendition":"card","name":"a&0card.png","bytes":0,"sha256":"ab","source_sha256":"5c"}
{"handle":"a&1.jpg","rendition":"card","name":"a&1card.png","bytes":1,"sha256":"ab","source_sha256":"from the asset"}
{"handle":"a&2.jpg","rendition":"card","name":"a&2card.png","bytes":2,"sha256":"ab","source_sha256":"5c"}
{"handle":"a&2.jpg","rendition":"zoom","name":"a&2zoom.png","bytes":2,"sha256":"ab","source_sha256":"5c"}
`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
	n := 0
	for e, err := range ReadManifest(&got) {
		if err != nil || e.Rendition == "" {
			t.Errorf("line %d: %+v, %v", n+1, e, err)
		}
		n++
	}
	if n != 4 {
		t.Errorf("read %d lines", n)
	}
}

func TestABadManifestIsRefusedWithItsLine(t *testing.T) {
	for _, bad := range []string{"{", `{"name":"../x"}`, `{"name":"/etc/passwd"}`, `{"name":""}`} {
		var last error
		for _, err := range ReadManifest(strings.NewReader(`{"name":"a"}` + "\n" + bad)) {
			last = err
		}
		if last == nil || !strings.Contains(last.Error(), "line 2") {
			t.Errorf("%s: %v", bad, last)
		}
	}
}

func TestTheSummaryAddsUp(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "j"))
	add(t, j,
		AssetLine{Seq: 3, Handle: "d", Outcome: Failed, Code: diag.AssetUnknown, Message: "m", Hint: "h"},
		AssetLine{Seq: 1, Handle: "b", Outcome: Skipped, Code: diag.TypeUnsupported, Message: "set"},
		AssetLine{Seq: 0, Handle: "a", Outcome: Exported, Notes: diag.List{diag.New(diag.CommandClamped, "c"), diag.New(diag.CommandIgnored, "n"), diag.New(diag.AsOriginal, "o")}},
	)
	var text, got bytes.Buffer
	if err := WriteDocument(&text, j.Summary("spring", ""), j, &Issue{Code: diag.TargetFull}); err != nil {
		t.Fatal(err)
	}
	if err := json.Compact(&got, text.Bytes()); err != nil {
		t.Fatal(err)
	}
	want := `{"state":"DONE_WITH_ERRORS","job":"spring","counts":{"exported":1,"skipped":1,"failed":1,"total":3},"manifest":"",` +
		`"failures":[{"handle":"d","code":"E-ASSET-UNKNOWN","message":"m","hint":"h"}],` +
		`"warnings":[{"handle":"a","code":"W-COMMAND-CLAMPED","message":"c","hint":""},{"handle":"a","code":"N-AS-ORIGINAL","message":"o","hint":""},{"handle":"b","code":"W-TYPE-UNSUPPORTED","message":"set","hint":""}],` +
		`"error":{"handle":"","code":"E-TARGET-FULL","message":"","hint":""}}`
	if diff := cmp.Diff(want, got.String()); diff != "" {
		t.Error(diff)
	}
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		behaviour string
		totals    Totals
		state     State
		exit      int
	}{
		{"everything exported", Totals{Exported: 2, Total: 2}, Done, 0},
		{"skips are warnings", Totals{Skipped: 2, Total: 2}, Done, 0},
		{"partly done", Totals{Exported: 1, Failed: 1, Total: 2}, DoneWithErrors, 4},
		{"nothing exported", Totals{Failed: 2, Total: 2}, AllFailed, 1},
		{"nothing exported, some skipped", Totals{Skipped: 1, Failed: 1, Total: 2}, AllFailed, 1},
	} {
		if s := c.totals.State(); s != c.state || s.Exit(0) != c.exit {
			t.Errorf("%s: %s, exit %d", c.behaviour, s, s.Exit(0))
		}
	}
	if got := Cancelled.Exit(15); got != 143 {
		t.Errorf("cancelled by signal 15 exits %d", got)
	}
}
