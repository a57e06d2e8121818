package deliver

import (
	"os"
	"path/filepath"
	"strings"
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

func TestPlaces(t *testing.T) {
	env := stage.Env{Root: "/out", State: "/out/.exportd/id", Scratch: "/out/.exportd/id/scratch"}
	for _, c := range []struct {
		to, id, manifest string
		code             diag.Code
	}{
		{"file:sub", "file:/out/sub", "/out/sub/manifest.ndjson", ""},
		{"zip:a.zip", "zip:/out/a.zip", "/out/a.zip.manifest.ndjson", ""},
		{"zip:///abs/b.ZIP?files=3", "zip:/abs/b.ZIP?files=3", "/abs/b.ZIP.manifest.ndjson", ""},
		{"zip:a.zip?bytes=1GB&files=500", "zip:/out/a.zip?bytes=1GB&files=500", "/out/a.zip.manifest.ndjson", ""},
		{"zip:sftp://ann@h/in/a.zip?files=5", "zip:sftp://ann@h/in/a.zip?files=5", "sftp://h/in/a.zip.manifest.ndjson", ""},
		{"zip:s3://b/a.zip?region=eu&bytes=1GB", "zip:s3://b/a.zip?region=eu&bytes=1GB", "s3://b/a.zip.manifest.ndjson", ""},
		{"zip:sftp://h/in/a", "", "", diag.KeyValue}, {"zip:ftp://h/a.zip", "", "", diag.NotBuilt}, {"zip:sftp://ann:canary@h/a.zip", "", "", diag.KeyValue},
		{"zip:a", "", "", diag.KeyValue}, {"zip:", "", "", diag.KeyValue}, {"zip:.zip", "", "", diag.KeyValue}, {"zip:../a.zip", "", "", diag.KeyValue},
		{"zip:a.zip?files=0", "", "", diag.KeyValue}, {"zip:a.zip?bytes=9999999999GB", "", "", diag.KeyValue}, {"zip:a.zip?parts=1", "", "", diag.KeyValue},
		{"s3://b", "s3://b", "s3://b/manifest.ndjson", ""}, {"s3://b/p/?region=eu", "s3://b/p/?region=eu", "s3://b/p/manifest.ndjson", ""},
		{"s3://", "", "", diag.KeyValue}, {"s3:b", "", "", diag.KeyValue}, {"s3://key:canary@b", "", "", diag.KeyValue}, {"s3://b?x=1", "", "", diag.KeyValue},
		{"sftp://ann@h:2222/in", "sftp://ann@h:2222/in", "sftp://ann@h:2222/in/manifest.ndjson", ""}, {"sftp://h/~/in", "sftp://h/~/in", "sftp://h/~/in/manifest.ndjson", ""},
		{"sftp:///in", "", "", diag.KeyValue}, {"sftp://ann:canary@h/in", "", "", diag.KeyValue}, {"sftp://h/in?x=1", "", "", diag.KeyValue},
		{"https://h/in", "https://h/in", "https://h/in/manifest.ndjson", ""}, {"https://ann@h/in", "", "", diag.KeyValue}, {"https://h/in#x", "", "", diag.KeyValue},
		{"webhook:https://h/hook?t=1", "webhook:https://h/hook?t=1", "webhook:https://h/hook/manifest.ndjson", ""}, {"webhook:http://h/hook", "", "", diag.KeyValue},
		{"http://h/in", "", "", diag.NotBuilt}, {"sftb://h/in", "", "", diag.NotBuilt},
	} {
		got, err := Locate(env, c.to)
		if got.ID != c.id || got.Manifest != c.manifest || code(err) != c.code {
			t.Errorf("%q is %q with %q, %v", c.to, got.ID, got.Manifest, err)
		}
		if err != nil && (diag.From(err, "").Hint == "" || strings.Contains(err.Error(), "canary")) {
			t.Errorf("%q: %v, hint %q", c.to, err, diag.From(err, "").Hint)
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
