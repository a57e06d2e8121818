package filetarget

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/deliver/target"
)

// bed is a target with its folders.
type bed struct {
	*Target
	*target.Staging
	root, scratch string
}

// setting is what a test may change of its bed.
type setting struct {
	root, prefix, scratch string
}

func newBed(t *testing.T, change func(*setting)) *bed {
	t.Helper()
	root := filepath.Join(t.TempDir(), "out")
	s := setting{root: root, scratch: filepath.Join(root, ".exportd", "id", "scratch")}
	if err := os.MkdirAll(s.scratch, 0o700); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&s)
	}
	b := lay(s)
	if err := errors.Join(b.Staging.Open(), b.Target.open()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// lay makes a bed without touching anything.
func lay(s setting) *bed {
	staging := target.NewStaging(target.StagingConfig{Root: s.root, Scratch: s.scratch, Owner: "deliver", Durable: true})
	return &bed{New(Config{Root: s.root, Prefix: s.prefix, Staging: staging, Durable: true}), staging, s.root, s.scratch}
}

func (b *bed) Close() error { return errors.Join(b.Target.Close(), b.Staging.Close()) }

// file prepares a file as the deliver stage does.
func (b *bed) file(t *testing.T, name, content string) target.File {
	t.Helper()
	f, temp, err := b.Temp()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(content); err != nil {
		t.Fatal(err)
	}
	f.Close()
	return target.File{Name: name, Temp: temp, Size: int64(len(content)), SHA256: sumOfText(content)}
}

func sumOfText(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

// visible gives the files below root with their content; temporaries are listed
// under their own names.
func visible(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(root, p)
		content, err := os.ReadFile(p)
		found[filepath.ToSlash(rel)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func commitOne(t *testing.T, b *bed, f target.File) error {
	t.Helper()
	return b.Commit(context.Background(), []target.File{f})[0]
}

func code(err error) diag.Code {
	if err == nil {
		return ""
	}
	return diag.From(err, "none").Code
}

func TestFilesAppearWholeUnderTheirNames(t *testing.T) {
	for _, n := range []int{1, few, 3 * few} {
		b := newBed(t, nil)
		var files []target.File
		want := map[string]string{}
		for i := range n {
			name := fmt.Sprintf("d%d/ä %d.png", i%3, i)
			want[name] = fmt.Sprint("content ", i)
			files = append(files, b.file(t, name, want[name]))
		}
		for i, err := range b.Commit(context.Background(), files) {
			if err != nil {
				t.Errorf("%s: %v", files[i].Name, err)
			}
		}
		got := visible(t, b.root)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("the target holds %v, want %v", got, want)
		}
	}
}

func TestNamesBeginBelowThePrefix(t *testing.T) {
	b := newBed(t, func(s *setting) { s.prefix = "sub/dir" })
	if err := commitOne(t, b, b.file(t, "a/b", "x")); err != nil {
		t.Fatal(err)
	}
	if got := visible(t, b.root); got["sub/dir/a/b"] != "x" {
		t.Errorf("the target holds %v", got)
	}
}

func TestAnEqualFileIsKeptUntouched(t *testing.T) {
	b := newBed(t, nil)
	if err := commitOne(t, b, b.file(t, "a/x", "same")); err != nil {
		t.Fatal(err)
	}
	first, _ := os.Stat(filepath.Join(b.root, "a", "x"))
	if err := commitOne(t, b, b.file(t, "a/x", "same")); err != nil {
		t.Fatal(err)
	}
	again, _ := os.Stat(filepath.Join(b.root, "a", "x"))
	if !os.SameFile(first, again) || !first.ModTime().Equal(again.ModTime()) {
		t.Error("an equal file was written again")
	}
	if err := commitOne(t, b, b.file(t, "a/x", "more")); err != nil {
		t.Fatal(err)
	}
	if got := visible(t, b.root); len(got) != 1 || got["a/x"] != "more" {
		t.Errorf("the target holds %v", got)
	}
}

func TestOneFilesTroubleIsItsOwn(t *testing.T) {
	b := newBed(t, nil)
	outside := t.TempDir()
	for name, target := range map[string]string{"link": outside, "inside": "folder", "final": filepath.Join(outside, "f")} {
		if err := os.Symlink(target, filepath.Join(b.root, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(b.root, "folder", "full"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.root, "plain"), []byte("p"), 0o644); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name string
		code diag.Code
		says []string
	}{
		{"good/1", "", nil},
		{"folder", diag.Target, []string{`"folder"`, "folder of that name"}},
		{"plain/a", diag.Target, []string{`"plain"`, "file of that name"}},
		{"plain/a/b", diag.Target, []string{`"plain"`}},
		{"link/a", diag.Target, []string{`"link"`, "symbolic link"}},
		{"inside/a", diag.Target, []string{`"inside"`, "symbolic link"}},
		{"final", "", nil}, // the link itself is replaced
		{"../up", diag.Target, []string{"not safe"}},
		{"/etc/x", diag.Target, []string{"not safe"}},
		{`a\b`, diag.Target, []string{"not safe"}},
		{"", diag.Target, []string{"not safe"}},
		{"CON", diag.Target, []string{"not safe"}},
		{".exportd/id/journal.ndjson", diag.Target, []string{"not safe"}},
		{".exp-1", diag.Target, []string{"not safe"}},
		{"Manifest.ndjson", diag.Target, []string{"manifest"}},
		{"manifest.sha256", diag.Target, []string{"manifest"}},
		{strings.Repeat("n/", 2000) + "n", diag.Target, []string{"4001 bytes"}},
		{"sub/manifest.ndjson", "", nil},
		{"good/2", "", nil},
	}
	var files []target.File
	for _, c := range cases {
		files = append(files, b.file(t, c.name, "content"))
	}
	for i, err := range b.Commit(context.Background(), files) {
		c := cases[i]
		if code(err) != c.code {
			t.Errorf("%.40q: %v, want %q", c.name, err, c.code)
			continue
		}
		for _, says := range c.says {
			if !strings.Contains(err.Error(), says) {
				t.Errorf("%.40q: %v does not say %s", c.name, err, says)
			}
		}
	}
	if got, _ := os.ReadDir(outside); len(got) != 0 {
		t.Errorf("something left the root: %v", got)
	}
	want := map[string]string{"good/1": "content", "good/2": "content", "final": "content", "sub/manifest.ndjson": "content", "plain": "p"}
	if err := os.Remove(filepath.Join(b.root, "link")); err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(b.root, "inside"))
	if got := visible(t, b.root); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the target holds %v, want %v", got, want)
	}
}

func TestACancelledCommitLeavesNothing(t *testing.T) {
	b := newBed(t, nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := b.Commit(ctx, []target.File{b.file(t, "a", "x")})[0]; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := visible(t, b.root); len(got) != 0 {
		t.Errorf("the target holds %v", got)
	}
}

func TestATargetThatCannotBeOpened(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, root := range []string{file, filepath.Join(file, "below")} {
		if err := New(Config{Root: root}).open(); code(err) != diag.Target {
			t.Errorf("%s: %v", root, err)
		}
	}
	if err := New(Config{}).open(); err == nil {
		t.Error("a target without a folder opened")
	}
}
