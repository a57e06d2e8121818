package filetarget

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/stages/deliver/target"
)

// manifest makes the local file of a manifest.
func manifest(t *testing.T, text string) target.Manifest {
	t.Helper()
	file := filepath.Join(t.TempDir(), "m")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return target.Manifest{File: file, SHA256: sumOfText(text)}
}

func TestFinishingIsIdempotentAndLeavesNothingElse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "target")
	to := New(Config{Root: dir, Durable: true})
	defer to.Close()
	finish := func(m target.Manifest) os.FileInfo {
		t.Helper()
		if err := to.Finish(context.Background(), m); err != nil {
			t.Fatal(err)
		}
		check := exec.Command("sha256sum", "--strict", "-c", filename.ManifestSum)
		check.Dir = dir
		if out, err := check.CombinedOutput(); err != nil {
			t.Errorf("sha256sum: %v\n%s", err, out)
		}
		names, _ := filepath.Glob(filepath.Join(dir, "*"))
		hidden, _ := filepath.Glob(filepath.Join(dir, ".*"))
		if want := 2 + min(1, len(m.Signature)); len(names) != want || len(hidden) != 0 {
			t.Errorf("the target holds %q %q", names, hidden)
		}
		if sum, err := to.Published(context.Background()); err != nil || sum != m.SHA256 {
			t.Errorf("published is %q, %v", sum, err)
		}
		info, err := os.Stat(filepath.Join(dir, filename.Manifest))
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	m := manifest(t, "one\n")
	first := finish(m)
	if again := finish(m); !os.SameFile(first, again) || !first.ModTime().Equal(again.ModTime()) {
		t.Error("an equal manifest was written again")
	}
	m = manifest(t, "one\ntwo\n")
	m.Signature = []byte("signature")
	finish(m)
	m.Signature = nil
	finish(m)
}

func TestFinishingFollowsNoLink(t *testing.T) {
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "outside")
	if err := os.WriteFile(outside, []byte("keep"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{filename.Manifest, filename.ManifestSum, filename.TempPrefix + filename.Manifest} {
		if err := os.Symlink(outside, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	to := New(Config{Root: dir})
	defer to.Close()
	if err := to.Finish(context.Background(), manifest(t, "one\n")); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(outside); string(got) != "keep" {
		t.Errorf("the link's target holds %q", got)
	}
	if info, err := os.Lstat(filepath.Join(dir, filename.Manifest)); err != nil || !info.Mode().IsRegular() {
		t.Errorf("the manifest is %v, %v", info, err)
	}
}

func TestATargetThatIsNoFolderIsNotFinished(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	err := New(Config{Root: file, Durable: true}).Finish(context.Background(), manifest(t, ""))
	if code(err) != diag.Target {
		t.Errorf("got %v", err)
	}
}

func TestInspectingMakesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "none")
	to := New(Config{Root: dir, Durable: true})
	if sum, err := to.Published(context.Background()); sum != "" || err != nil {
		t.Errorf("published is %q, %v", sum, err)
	}
	if held, err := to.Holds(context.Background(), target.File{Name: "a"}); held || err != nil {
		t.Errorf("held: %v, %v", held, err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder was made")
	}
}
