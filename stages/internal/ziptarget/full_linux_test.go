package ziptarget

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/deliver/target"
)

// TestAFullDiskLeavesNoTornArchive has room for the archive only the second time.
func TestAFullDiskLeavesNoTornArchive(t *testing.T) {
	root := newPlace(t)
	out := filepath.Join(root, "out")
	if err := os.Mkdir(out, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", out, "tmpfs", 0, "size=3m"); err != nil {
		t.Skipf("a small file system needs the right to mount: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(out, syscall.MNT_DETACH) })
	ballast := filepath.Join(out, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 2<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	content := map[string]string{"a.jpg": "\xff\xd8\xff" + strings.Repeat("0123456789abcdef", 100_000)}
	m := manifestOf(t, []string{"a.jpg"}, content)
	made, staging := openAt(root, Split{})
	f, temp, err := staging.Temp()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(content["a.jpg"]); err != nil {
		t.Fatal(err)
	}
	f.Close()
	file := target.File{Name: "a.jpg", Temp: temp, Size: int64(len(content["a.jpg"])), SHA256: sumOf(content["a.jpg"])}
	if err := errors.Join(made.Commit(context.Background(), []target.File{file})...); err != nil {
		t.Fatal(err)
	}
	if d := diag.From(made.Finish(context.Background(), m), ""); d == nil || d.Code != diag.TargetFull {
		t.Errorf("got %v", d)
	}
	if left, _ := filepath.Glob(filepath.Join(out, "*.zip*")); len(left) != 0 {
		t.Errorf("%v is there", left)
	}
	if hidden, _ := filepath.Glob(filepath.Join(out, ".exp-*")); len(hidden) != 0 {
		t.Errorf("%v is left", hidden)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(made.Finish(context.Background(), m), made.Close(), staging.Close()); err != nil {
		t.Fatal(err)
	}
	if got := read(t, filepath.Join(out, "pack.zip")); got["a.jpg"] != content["a.jpg"] {
		t.Errorf("the archive holds %d files", len(got))
	}
}
