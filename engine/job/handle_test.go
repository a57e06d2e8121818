package job_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/job"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// withFile writes a job with a handle file below a new folder and gives the path
// of the job.
func withFile(t *testing.T, lines string) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "j.toml")
	write(t, path, "jobName = 'a'\n[exportJob]\nfmt = 'orig'\nassetHandleFile = 'sub/h.txt'\n")
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "sub", "h.txt"), lines)
	return path
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func all(j *job.Job) (got []string, err error) {
	err = j.EachHandle(func(seq int, h asset.Handle) error {
		if seq != len(got) {
			return fmt.Errorf("seq is %d after %d handles", seq, len(got))
		}
		got = append(got, string(h))
		return nil
	})
	return got, err
}

func TestHandleFileIsReadLineByLine(t *testing.T) {
	long := strings.Repeat("x", 64<<10)
	j, err := job.Read(withFile(t, "\ufeffa.jpg\r\n\r\n\t \n  #b c.tif \n"+long+"\r\n|d|\nlast"))
	if err != nil {
		t.Fatal(err)
	}
	if !filepath.IsAbs(j.HandleFile) {
		t.Errorf("HandleFile is %s", j.HandleFile)
	}
	got, err := all(j)
	if diff := cmp.Diff([]string{"a.jpg", "#b c.tif", long, "|d|", "last"}, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if n, err := j.Count(); n != 5 || err != nil {
		t.Errorf("count %d, %v", n, err)
	}
}

func TestHandleFileErrorsNameTheLine(t *testing.T) {
	for _, c := range []struct{ name, lines, want string }{
		{"too long", "a\n\n" + strings.Repeat("x", 64<<10+1) + "\nb\n", "E-KEY-VALUE H:3:1: this line is longer than 64 KiB | a handle file has one handle a line\n"},
		{"much too long", "a\n" + strings.Repeat("x", 1<<20), "E-KEY-VALUE H:2:1: this line is longer than 64 KiB | a handle file has one handle a line\n"},
		{"no UTF-8", "a\nb\xff\n", "E-KEY-VALUE H:2:1: this line is not UTF-8 text | save the handle file as UTF-8\n"},
		{"UTF-16", "a\n\x00b\x00", "E-KEY-VALUE H:2:1: this line is not UTF-8 text | save the handle file as UTF-8\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			j, err := job.Read(withFile(t, c.lines))
			if err != nil {
				t.Fatal(err)
			}
			_, err = all(j)
			if diff := cmp.Diff(c.want, strings.ReplaceAll(show(err), j.HandleFile, "H")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHandleFileMustExistAndNameAnAsset(t *testing.T) {
	path := withFile(t, "\ufeff\r\n  \n")
	_, err := job.Read(path)
	want := "E-JOB-EMPTY " + path + ":4:1: the job names no assets: the handle file is empty | write one handle a line into it\n"
	if diff := cmp.Diff(want, show(err)); diff != "" {
		t.Error(diff)
	}
	h := filepath.Join(filepath.Dir(path), "sub", "h.txt")
	if err := os.Remove(h); err != nil {
		t.Fatal(err)
	}
	_, err = job.Read(path)
	want = "E-FILE-MISSING " + path + ":4:1: no handle file at sub/h.txt | looked for " + h + ": a relative path is relative to the job file\n"
	if diff := cmp.Diff(want, show(err)); diff != "" {
		t.Error(diff)
	}
}

func TestAHandleFileThatGoesAwayIsMissing(t *testing.T) {
	j, err := job.Read(withFile(t, "a\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(j.HandleFile); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Digest(); diag.From(err, "").Code != diag.FileMissing || diag.From(err, "").Line != 4 {
		t.Errorf("got %v", err)
	}
}

func TestAHandleFileIsARegularFile(t *testing.T) {
	dir := t.TempDir()
	err := (&job.Job{HandleFile: dir}).EachHandle(nil)
	if got := show(err); got != "E-FILE-READ read the handle file: "+dir+" is not a regular file\n" {
		t.Error(got)
	}
}

func TestYieldEndsTheHandles(t *testing.T) {
	enough := errors.New("enough")
	for _, j := range []*job.Job{{Handles: []asset.Handle{"a", "b"}}, {HandleFile: filepath.Join(filepath.Dir(withFile(t, "a\nb\n")), "sub/h.txt")}} {
		n := 0
		err := j.EachHandle(func(int, asset.Handle) error { n++; return enough })
		if n != 1 || !errors.Is(err, enough) {
			t.Errorf("%d handles, %v", n, err)
		}
	}
}

func TestAMillionHandlesStreamInConstantMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.txt")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriter(f)
	for i := range 1_000_000 {
		fmt.Fprintf(w, "folder/asset-%07d.jpg\n", i)
	}
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		t.Fatal(err)
	}
	j, most := &job.Job{HandleFile: path}, uint64(0)
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	err = j.EachHandle(func(seq int, _ asset.Handle) error {
		if seq%250_000 == 0 {
			var now runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc-min(before.HeapAlloc, now.HeapAlloc))
		}
		return nil
	})
	if err != nil || most > 1<<20 {
		t.Errorf("held %d bytes, %v", most, err)
	}
}

func TestDigestCountsContentNotPlaces(t *testing.T) {
	inFile, err := job.Read(withFile(t, "a.jpg\r\n\n b.tif\n"))
	if err != nil {
		t.Fatal(err)
	}
	inArray, err := job.Parse("x.json", []byte(`{"jobName":"a","exportJob":{"fmt":"orig","emailSetting":"None","assetHandleArray":["a.jpg","b.tif"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	const want = "f030ee705861e1b84adff880618fdf5205ad727aea3dba1a233f309ce1bf4b91"
	for _, j := range []*job.Job{inFile, inArray} {
		if got, err := j.Digest(); got != want || err != nil {
			t.Errorf("digest is %s, %v; want %s", got, err, want)
		}
	}
}

func TestNoTwoJobsHaveOneDigest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a1:,]{0,4}`)
		draw := func(name string) *job.Job {
			return &job.Job{
				Name: text.Draw(t, name), Format: text.Draw(t, name), Modifier: text.Draw(t, name), Macro: text.Draw(t, name),
				EmailSetting: text.Draw(t, name), ClientID: text.Draw(t, name),
				Handles: rapid.SliceOfN(rapid.Map(text, func(s string) asset.Handle { return asset.Handle(s) }), 0, 3).Draw(t, name),
			}
		}
		a, b := draw("a"), draw("b")
		da, _ := a.Digest()
		db, _ := b.Digest()
		if same := fields(a) == fields(b); same != (da == db) {
			t.Fatalf("%+v and %+v: %s %s", a, b, da, db)
		}
	})
}

func fields(j *job.Job) string {
	return fmt.Sprintf("%q %q", []string{j.Name, j.Format, j.Modifier, j.Macro, j.EmailSetting, j.ClientID}, j.Handles)
}
