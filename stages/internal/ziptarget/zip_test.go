package ziptarget

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/stages/deliver/target"
)

func sumOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// manifestOf writes the manifest of files in the given order.
func manifestOf(t testing.TB, names []string, content map[string]string) target.Manifest {
	t.Helper()
	var text strings.Builder
	for _, name := range names {
		line, err := json.Marshal(report.Entry{Handle: asset.Handle(name), Name: name, Bytes: int64(len(content[name])), SHA256: sumOf(content[name])})
		if err != nil {
			t.Fatal(err)
		}
		text.Write(append(line, '\n'))
	}
	file := filepath.Join(t.TempDir(), "manifest")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return target.Manifest{File: file, SHA256: sumOf(text.String())}
}

// pack delivers files in the order of names, committing them in batches, and
// finishes.
func pack(t *testing.T, root string, split Split, names []string, content map[string]string, batch int) {
	t.Helper()
	made, staging := openAt(root, split)
	defer func() {
		if err := errors.Join(made.Close(), staging.Close()); err != nil {
			t.Error(err)
		}
	}()
	deliver := slices.Clone(names)
	if batch%2 == 0 {
		slices.Reverse(deliver) // who is ready first is chance
	}
	for chunk := range slices.Chunk(deliver, batch) {
		var files []target.File
		for _, name := range chunk {
			f, temp, err := staging.Temp()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.WriteString(content[name]); err != nil {
				t.Fatal(err)
			}
			f.Close()
			files = append(files, target.File{Name: name, Temp: temp, Size: int64(len(content[name])), SHA256: sumOf(content[name])})
		}
		if err := errors.Join(made.Commit(context.Background(), files)...); err != nil {
			t.Fatal(err)
		}
	}
	if err := made.Finish(context.Background(), manifestOf(t, names, content)); err != nil {
		t.Fatal(err)
	}
}

func sampleFiles() ([]string, map[string]string) {
	noise := make([]byte, 3<<20)
	for i, x := 0, uint32(1); i < len(noise); i++ { // bytes that nothing makes smaller
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		noise[i] = byte(x)
	}
	content := map[string]string{
		"z last.txt": strings.Repeat("text ", 2000), "a/first.jpg": "\xff\xd8\xff" + strings.Repeat("not really", 50),
		"ä/日本.bin": string(noise), "large.txt": strings.Repeat("large text ", 300_000), "tiny": "t", "none": "",
	}
	return []string{"z last.txt", "a/first.jpg", "ä/日本.bin", "large.txt", "tiny", "none"}, content
}

func TestTheSameJobGivesTheSameBytes(t *testing.T) {
	names, content := sampleFiles()
	var first []byte
	for _, batch := range []int{1, 2, 3, 6} {
		root := newPlace(t)
		pack(t, root, Split{}, names, content, batch)
		got, err := os.ReadFile(filepath.Join(root, "out", "pack.zip"))
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = got
		}
		if sumOf(string(got)) != sumOf(string(first)) {
			t.Errorf("batches of %d give other bytes", batch)
		}
	}
}

func TestEntriesAreInOrderAndPackedOnlyWhereItHelps(t *testing.T) {
	root := newPlace(t)
	names, content := sampleFiles()
	pack(t, root, Split{}, names, content, 4)
	r, err := zip.OpenReader(filepath.Join(root, "out", "pack.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var order []string
	methods := map[string]uint16{}
	for _, f := range r.File {
		order = append(order, f.Name)
		methods[f.Name] = f.Method
		if f.Modified.UTC().Year() > 1980 {
			t.Errorf("%s has the time %v", f.Name, f.Modified)
		}
	}
	if diff := cmp.Diff(append(slices.Clone(names), filename.Manifest, filename.ManifestSum), order); diff != "" {
		t.Error(diff)
	}
	want := map[string]uint16{
		"z last.txt": zip.Deflate, "a/first.jpg": zip.Store, "ä/日本.bin": zip.Store, "large.txt": zip.Deflate, "tiny": zip.Store, "none": zip.Store,
		filename.Manifest: zip.Deflate, filename.ManifestSum: methods[filename.ManifestSum],
	}
	if diff := cmp.Diff(want, methods); diff != "" {
		t.Error(diff)
	}
}

// others has the archive read by the two programs that people have.
func others(t *testing.T, path string) {
	t.Helper()
	for _, c := range [][]string{
		{"unzip", "-tqq", path},
		{"python3", "-c", "import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1])\nassert z.testzip() is None\nassert all(not i.filename.startswith('/') for i in z.infolist())", path},
	} {
		if out, err := exec.Command(c[0], c[1:]...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", c[0], err, out)
		}
	}
}

func TestOtherProgramsReadTheArchive(t *testing.T) {
	root := newPlace(t)
	names, content := sampleFiles()
	pack(t, root, Split{}, names, content, 6)
	path := filepath.Join(root, "out", "pack.zip")
	others(t, path)
	into := t.TempDir()
	if out, err := exec.Command("unzip", "-qq", path, "-d", into).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, want := range content {
		if got, err := os.ReadFile(filepath.Join(into, filepath.FromSlash(name))); err != nil || string(got) != want {
			t.Errorf("%s comes out with %d bytes, %v", name, len(got), err)
		}
	}
}

// TestMoreEntriesThanAnOldZipCounts has 70,000 files of one content, so that the
// directory of the archive is zip64, and one that is written as those beyond 4
// GiB are: with its sizes behind it.
func TestMoreEntriesThanAnOldZipCounts(t *testing.T) {
	root := newPlace(t)
	_, content := sampleFiles()
	large := content["ä/日本.bin"]
	content = map[string]string{"large.jpg": large}
	names := []string{"large.jpg"}
	for i := range 70_000 {
		name := fmt.Sprintf("%d/%d.jpg", i%10, i)
		names = append(names, name)
		content[name] = "same"
	}
	made, staging := openAt(root, Split{})
	made.raw = int64(len(large))
	var files []target.File
	for _, name := range names[:2] {
		f, temp, err := staging.Temp()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(content[name]); err != nil {
			t.Fatal(err)
		}
		f.Close()
		files = append(files, target.File{Name: name, Temp: temp, Size: int64(len(content[name])), SHA256: sumOf(content[name])})
	}
	errs := append(made.Commit(context.Background(), files), made.Finish(context.Background(), manifestOf(t, names, content)), made.Close(), staging.Close())
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(root, "out", "pack.zip")
	others(t, path)
	out, err := exec.Command("python3", "-c", "import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).infolist()))", path).CombinedOutput()
	if err != nil || string(out) != "70003\n" {
		t.Errorf("%v, python counts %s", err, out)
	}
}

func TestAnArchiveIsSplit(t *testing.T) {
	names, content := sampleFiles()
	for _, c := range []struct {
		behaviour string
		split     Split
		parts     [][]string
	}{
		{"by files", Split{Files: 4}, [][]string{names[:4], names[4:]}},
		{"by bytes", Split{Bytes: 4 << 20}, [][]string{names[:3], names[3:]}},
		{"a file that is larger is alone", Split{Bytes: 100_000}, [][]string{names[:2], names[2:3], names[3:4], names[4:]}},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			root := newPlace(t)
			pack(t, root, c.split, names, content, 3)
			files, _ := filepath.Glob(filepath.Join(root, "out", "*.zip"))
			if len(files) != len(c.parts) {
				t.Fatalf("there are %v", files)
			}
			for i, want := range c.parts {
				path := filepath.Join(root, "out", fmt.Sprintf("pack-%03d.zip", i+1))
				others(t, path)
				all := read(t, path)
				if n := strings.Count(all[filename.Manifest], "\n"); n != len(want) || len(all) != len(want)+2 {
					t.Errorf("part %d has %d files, and %d in its manifest", i+1, len(all)-2, n)
				}
				if all[filename.ManifestSum] != sumOf(all[filename.Manifest])+"  "+filename.Manifest+"\n" {
					t.Errorf("part %d: the sum is not that of its manifest", i+1)
				}
				if info, err := os.Stat(path); err != nil || c.split.Bytes > 0 && len(want) > 1 && info.Size() > c.split.Bytes {
					t.Errorf("part %d has %d bytes", i+1, info.Size())
				}
			}
			pack(t, root, c.split, names[:2], content, 1) // a shorter job takes the rest away
			if files, _ := filepath.Glob(filepath.Join(root, "out", "*.zip")); len(files) != 1 {
				t.Errorf("there are %v", files)
			}
		})
	}
}

func TestAFinishedArchiveLendsItsFilesToTheNext(t *testing.T) {
	for _, split := range []Split{{}, {Files: 2}} {
		root := newPlace(t)
		names, content := sampleFiles()
		pack(t, root, split, names, content, 2)
		if _, err := os.Stat(filepath.Join(root, ".exportd", "zip-1")); err == nil {
			t.Error("the spool is left")
		}
		made, staging := openAt(root, split)
		for name, text := range content {
			if held, err := made.Holds(context.Background(), target.File{Name: name, Size: int64(len(text)), SHA256: sumOf(text)}); err != nil || !held {
				t.Errorf("%s is not held: %v", name, err)
			}
		}
		if err := errors.Join(made.Close(), staging.Close()); err != nil {
			t.Fatal(err)
		}
		// One more file comes, the others are not delivered again.
		content["new"] = "new"
		all := append([]string{"new"}, names...)
		finishWith(t, root, split, "new", manifestOf(t, all, content), content)
		got := map[string]string{}
		for n := 1; ; n++ {
			part := read(t, Config{Path: filepath.Join(root, "out", "pack.zip"), Split: split}.partName(n))
			if len(part) == 0 {
				break
			}
			maps.Copy(got, part)
			if split.none() {
				break
			}
		}
		delete(got, filename.Manifest)
		delete(got, filename.ManifestSum)
		if diff := cmp.Diff(content, got); diff != "" {
			t.Errorf("%.500s", diff)
		}
	}
}

// finishWith delivers one file and finishes.
func finishWith(t *testing.T, root string, split Split, name string, m target.Manifest, content map[string]string) {
	t.Helper()
	made, staging := openAt(root, split)
	f, temp, err := staging.Temp()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(content[name]); err != nil {
		t.Fatal(err)
	}
	f.Close()
	one := target.File{Name: name, Temp: temp, Size: int64(len(content[name])), SHA256: sumOf(content[name])}
	if err := errors.Join(append(made.Commit(context.Background(), []target.File{one}), made.Finish(context.Background(), m), made.Close(), staging.Close())...); err != nil {
		t.Fatal(err)
	}
}

func TestAnArchiveOfSomebodyElseIsKnownAsSuch(t *testing.T) {
	root := newPlace(t)
	path := filepath.Join(root, "out", "pack.zip")
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("no archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	made, _ := openAt(root, Split{})
	if sum, err := made.Published(context.Background()); err != nil || sum == "" || len(sum) == 64 {
		t.Errorf("published is %q, %v", sum, err)
	}
}

func TestDamagedBytesNeverGetIntoAnArchive(t *testing.T) {
	for name, text := range map[string]string{"small": "ab", "large": strings.Repeat("ab", small)} {
		root := newPlace(t)
		made, staging := openAt(root, Split{})
		content := map[string]string{name: text}
		m := manifestOf(t, []string{name}, content)
		f, temp, err := staging.Temp()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		f.Close()
		file := target.File{Name: name, Temp: temp, Size: int64(len(text)), SHA256: sumOf(text)}
		if err := errors.Join(made.Commit(context.Background(), []target.File{file})...); err != nil {
			t.Fatal(err)
		}
		spooledFile := filepath.Join(root, ".exportd", "zip-1", spooled(file.SHA256))
		if err := os.WriteFile(spooledFile, []byte(strings.ToUpper(text)), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := diag.From(made.Finish(context.Background(), m), ""); got == nil || got.Code != diag.StateRead {
			t.Errorf("%s: %v", name, got)
		}
		if held, err := made.Holds(context.Background(), file); err != nil || held {
			t.Errorf("%s: the damaged bytes are still held, so nobody makes them again: %v", name, err)
		}
		if left, _ := filepath.Glob(filepath.Join(root, "out", "*")); len(left) != 0 {
			t.Errorf("%s: %v is left", name, left)
		}
		if err := errors.Join(made.Close(), staging.Close()); err != nil {
			t.Error(err)
		}
	}
}
