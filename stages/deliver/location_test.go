package deliver

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
)

func TestTargets(t *testing.T) {
	for _, c := range []struct {
		to, folder string
		code       diag.Code
	}{
		{"file:", "/out", ""}, {"file:.", "/out", ""}, {"file:sub/dir", "/out/sub/dir", ""}, {"file:./a/../b/", "/out/b", ""},
		{"file:my%20exports", "/out/my exports", ""}, {"file:my exports", "/out/my exports", ""}, {"file:100%25", "/out/100%", ""},
		{"file:///abs/dir", "/abs/dir", ""}, {"file://localhost/abs", "/abs", ""}, {"file:/abs", "/abs", ""}, {"file:///", "/", ""},
		{"file:..", "", diag.KeyValue}, {"file:a/../../b", "", diag.KeyValue}, {"file:%2e%2e", "", diag.KeyValue}, {`file:a\b`, "", diag.KeyValue},
		{"file://host/share", "", diag.KeyValue}, {"file://host", "", diag.KeyValue}, {"file:50%", "", diag.KeyValue}, {"file:a%00", "", diag.KeyValue},
		{"out", "", diag.KeyValue}, {"./out", "", diag.KeyValue}, {`C:\out`, "", diag.KeyValue},
		{"", "", diag.KeyMissing},
		{"FILE:", "", diag.NotBuilt}, {"ftp://h/d", "", diag.NotBuilt},
	} {
		got, err := Folder(stage.Env{Root: "/out"}, c.to)
		if filepath.ToSlash(got) != c.folder || code(err) != c.code {
			t.Errorf("%q is %q, %v", c.to, got, err)
		}
		if err != nil && diag.From(err, "").Hint == "" {
			t.Errorf("%q: no hint", c.to)
		}
	}
}

func TestAStageIsMadeWithoutTouchingTheDisk(t *testing.T) {
	root := filepath.Join(t.TempDir(), "out")
	st, err := Kind().New(stage.Config{Name: "d", Params: map[string]any{"to": "file:"}, Env: stage.Env{Root: root}})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.(stage.Closer).Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(root); err == nil {
		t.Error("the folder was made")
	}
	if _, err := Kind().New(stage.Config{Name: "d", Params: map[string]any{"to": "ftp://h"}}); code(err) != diag.NotBuilt {
		t.Errorf("got %v", err)
	}
}

func TestSweepScratchTakesOnlyTemporaries(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".exp-1", "keep"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := SweepScratch(dir); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 || left[0].Name() != "keep" {
		t.Errorf("left are %v", left)
	}
}
