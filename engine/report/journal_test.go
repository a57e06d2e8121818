package report

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

func open(t *testing.T, path string) *Journal {
	t.Helper()
	j, err := OpenJournal(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func add(t *testing.T, j *Journal, lines ...Line) {
	t.Helper()
	if err := j.Append(lines...); err != nil {
		t.Fatal(err)
	}
}

func branch(seq int, rendition string, o Outcome) BranchLine {
	l := BranchLine{Seq: seq, Handle: asset.Handle(fmt.Sprintf("a&%d.jpg", seq)), Rendition: rendition, Stage: "deliver", Outcome: o, SourceSHA256: "5c"}
	if o == Exported {
		l.Delivered = &asset.Delivered{Stage: "deliver", Rendition: rendition, Name: fmt.Sprintf("a&%d%s.png", seq, rendition), Bytes: int64(seq), SHA256: "ab"}
	}
	return l
}

func TestAJournalReadsWhatItWrote(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal.ndjson")
	j := open(t, path)
	lines := []BranchLine{branch(1, "card", Exported), branch(1, "zoom", Failed)}
	lines[1].Code, lines[1].Message, lines[1].Hint = diag.TargetFull, "no <space>", "make room"
	end := AssetLine{Seq: 1, Handle: "a&1.jpg", Outcome: Failed, Code: diag.TargetFull, Notes: diag.List{diag.New(diag.CommandClamped, "qlt 200 became 100")}, Seconds: 0.25}
	add(t, j, lines[0], lines[1], end)
	add(t, j, branch(0, "", Skipped))
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if raw, _ := os.ReadFile(path); !bytes.Contains(raw, []byte(`a&1.jpg`)) || !bytes.Contains(raw, []byte(`no <space>`)) {
		t.Errorf("the journal escapes for HTML:\n%s", raw)
	}

	j = open(t, path)
	got, err := j.Branches(1)
	if err != nil || !cmp.Equal(got, lines) {
		t.Errorf("branches: %v %s", err, cmp.Diff(lines, got))
	}
	for l, err := range j.Assets() {
		if err != nil || l.Seq != 1 || l.Seconds != 0.25 || len(l.Notes) != 1 || l.Notes[0].Message != "qlt 200 became 100" {
			t.Errorf("asset line %+v, %v", l, err)
		}
	}
	if o, ok := j.Branch(1, Branch{"deliver", "zoom"}); o != Failed || !ok {
		t.Errorf("branch zoom is %q, %t", o, ok)
	}
	if _, ok := j.Branch(1, Branch{"deliver", "other"}); ok {
		t.Error("a branch that never ended is finished")
	}
	if _, ok := j.Asset(0); ok {
		t.Error("an asset is finished before its line")
	}
	if o, ok := j.Asset(1); o != Failed || !ok {
		t.Errorf("asset 1 is %q, %t", o, ok)
	}
}

func TestALaterLineReplacesAnEarlierOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	j := open(t, path)
	add(t, j, branch(0, "", Failed), AssetLine{Seq: 0, Outcome: Failed})
	add(t, j, branch(0, "", Exported), AssetLine{Seq: 0, Outcome: Exported})
	add(t, j, AssetLine{Seq: 4, Outcome: Skipped})
	for range 2 {
		if got, want := j.Totals(), (Totals{Exported: 1, Skipped: 1, Total: 2}); got != want {
			t.Errorf("totals %+v, want %+v", got, want)
		}
		if b, err := j.Branches(0); err != nil || len(b) != 1 || b[0].Outcome != Exported {
			t.Errorf("branches %+v, %v", b, err)
		}
		j.Close()
		j = open(t, path)
	}
}

func TestATornEndIsCutOff(t *testing.T) {
	var whole bytes.Buffer
	for i := range 3 {
		if err := encode(&whole, AssetLine{Seq: i, Outcome: Exported}); err != nil {
			t.Fatal(err)
		}
	}
	text := whole.String()
	second := strings.Index(text, "\n") + 1
	for _, c := range []struct {
		behaviour, file string
		assets          int
	}{
		{"a whole file", text, 3},
		{"an empty file", "", 0},
		{"a line without its end", text[:len(text)-1], 2},
		{"a few bytes of a line", text + `{"line":"as`, 3},
		{"zeros at the end", text + strings.Repeat("\x00", 5000), 3},
		{"zeros with an end", text + "\x00\x00\n", 3},
		{"a block that never reached the disk", text[:second] + strings.Repeat("\x00", 40) + text[second:], 1},
	} {
		path := filepath.Join(t.TempDir(), "j")
		if err := os.WriteFile(path, []byte(c.file), 0o600); err != nil {
			t.Fatal(err)
		}
		j := open(t, path)
		if got := j.Totals().Total; got != c.assets {
			t.Errorf("%s: %d assets, want %d", c.behaviour, got, c.assets)
		}
		if j.end+j.Torn() != int64(len(c.file)) {
			t.Errorf("%s: %d bytes kept and %d torn of %d", c.behaviour, j.end, j.Torn(), len(c.file))
		}
		add(t, j, AssetLine{Seq: 7, Outcome: Failed})
		j.Close()
		if got := open(t, path).Totals().Total; got != c.assets+1 {
			t.Errorf("%s: %d assets after the repair, want %d", c.behaviour, got, c.assets+1)
		}
	}
}

func TestABrokenLineIsAnErrorWithItsNumber(t *testing.T) {
	good := `{"line":"asset","seq":0,"handle":"a","outcome":"exported"}` + "\n"
	for _, bad := range []string{
		"garbage\n", "\n", `{"line":"asset","seq":-1,"outcome":"failed"}` + "\n",
		`{"line":"asset","seq":999999999999,"outcome":"failed"}` + "\n",
		`{"line":"asset","seq":1,"outcome":"lost"}` + "\n", `{"line":"branch","seq":1,"outcome":"failed"}` + "\n",
		`{"line":"event","seq":1,"outcome":"failed"}` + "\n", strings.Repeat("x", maxLine+1<<20) + "\n",
	} {
		path := filepath.Join(t.TempDir(), "j")
		if err := os.WriteFile(path, []byte(good+bad+good), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := OpenJournal(path)
		if d := diag.From(err, ""); d == nil || d.Code != diag.StateRead || d.Line != 2 || d.Hint == "" {
			t.Errorf("%.40q: %#v", bad, d)
		}
	}
}

// TestAKilledWriterLeavesAReadableJournal kills a process in the middle of its
// writing: every line that was there stays, at most one is torn.
func TestAKilledWriterLeavesAReadableJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j")
	for round := range 5 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestHelperWriter$")
		cmd.Env = append(os.Environ(), "REPORT_JOURNAL="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		seen, in := "", bufio.NewScanner(out)
		for in.Scan() {
			seen = in.Text()
			if seen == "synced 50" {
				break
			}
		}
		time.Sleep(time.Duration(round) * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if seen != "synced 50" {
			t.Fatalf("the writer said %q", seen)
		}
		j := open(t, path)
		if got := j.Totals().Exported; got < 50*10 {
			t.Errorf("%d assets left of 500 that were synced", got)
		}
		j.Close()
	}
}

func TestHelperWriter(t *testing.T) {
	path := os.Getenv("REPORT_JOURNAL")
	if path == "" {
		t.Skip("only as a child of another test")
	}
	j, err := OpenJournal(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; ; n++ {
		for i := range 10 {
			seq := (n-1)*10 + i
			if err := j.Append(branch(seq, "", Exported), AssetLine{Seq: seq, Outcome: Exported}); err != nil {
				t.Fatal(err)
			}
		}
		if err := j.Sync(); err != nil {
			t.Fatal(err)
		}
		fmt.Println("synced", n)
	}
}

func TestAFullDiskTearsNoLine(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("a small file system needs the right to mount: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, 0) })
	path := filepath.Join(dir, "j")
	j := open(t, path)
	var err error
	n := 0
	for ; err == nil && n < 10_000; n++ {
		err = j.Append(AssetLine{Seq: n, Outcome: Exported, Message: strings.Repeat("m", 500)})
	}
	if d := diag.From(err, ""); d == nil || d.Code != diag.StateRead || !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("a full disk gave %v", err)
	}
	if got := j.Totals().Total; got != n-1 {
		t.Errorf("%d assets counted, %d written", got, n-1)
	}
	j.Close()
	j = open(t, path)
	if got := j.Totals().Total; got != n-1 || j.Torn() != 0 {
		t.Errorf("%d assets read, %d written, %d bytes torn", got, n-1, j.Torn())
	}
}

func TestAMillionAssetsFitIntoMemory(t *testing.T) {
	const assets, perAsset = 1_000_000, 100
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	x := index{numbers: map[Branch]uint16{}}
	for seq := range assets {
		x.add(entry{branchEnd, seq, "deliver", "card", Exported}, int64(seq)*800)
		x.add(entry{branchEnd, seq, "deliver", "zoom", Exported}, int64(seq)*800+300)
		x.add(entry{assetEnd, seq, "", "", Exported}, int64(seq)*800+600)
	}
	if got := (heap() - before) / assets; got > perAsset {
		t.Errorf("%d bytes an asset, allowed are %d", got, perAsset)
	}
	if x.totals.Total != assets || x.assets[assets-1].line.offset() != (assets-1)*800+600 {
		t.Error("the index lost something")
	}
}
