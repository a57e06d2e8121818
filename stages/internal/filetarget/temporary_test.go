package filetarget

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/exportd/exportd/stages/deliver/target"
)

func TestArtifactsAreMovedOrCopied(t *testing.T) {
	for _, c := range []struct {
		behaviour string
		scratch   func(t *testing.T, root string) string
	}{
		{"from a scratch folder below the root", func(_ *testing.T, root string) string { return filepath.Join(root, "s") }},
		{"from a scratch folder elsewhere", func(t *testing.T, _ string) string { return filepath.Join(t.TempDir(), "s") }},
		{"from another file system", func(t *testing.T, _ string) string { return otherFileSystem(t) }},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			root := filepath.Join(t.TempDir(), "out")
			scratch := c.scratch(t, root)
			if err := os.MkdirAll(scratch, 0o700); err != nil {
				t.Fatal(err)
			}
			b := newBed(t, func(s *setting) { s.root, s.scratch = root, scratch })
			b.root = root
			made := filepath.Join(scratch, "artifact-1")
			if err := os.WriteFile(made, []byte("art"), 0o600); err != nil {
				t.Fatal(err)
			}
			temp, err := b.Adopt(made)
			if err != nil {
				t.Fatal(err)
			}
			if err := commitOne(t, b, target.File{Name: "a/x", Temp: temp, Size: 3, SHA256: sumOfText("art")}); err != nil {
				t.Fatal(err)
			}
			if got := visible(t, root); len(got) != 1 || got["a/x"] != "art" {
				t.Errorf("the target holds %v", got)
			}
			if err := os.WriteFile(filepath.Join(root, "new"), nil, 0o666); err != nil {
				t.Fatal(err)
			}
			info, _ := os.Stat(filepath.Join(root, "a", "x"))
			if fresh, _ := os.Stat(filepath.Join(root, "new")); info.Mode() != fresh.Mode() {
				t.Errorf("the file has mode %v, a new file has %v", info.Mode(), fresh.Mode())
			}
			if left, _ := os.ReadDir(scratch); len(left) != 0 {
				t.Errorf("the scratch folder holds %v", left)
			}
		})
	}
}

func TestCloseLeavesNoTemporaries(t *testing.T) {
	for _, scratch := range []string{"", "keep"} {
		b := newBed(t, func(s *setting) {
			if scratch == "" {
				s.scratch = ""
			}
		})
		b.file(t, "a", "x")
		b.file(t, "b", "x")
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if got := visible(t, b.root); len(got) != 0 {
			t.Errorf("the target holds %v", got)
		}
	}
}

func fsyncPath(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

func BenchmarkCommit(b *testing.B) {
	for _, n := range []int{1, 4, 8, 16, 128} {
		for _, way := range []string{"syncfs", "fsync"} {
			b.Run(fmt.Sprintf("%s-%d", way, n), func(b *testing.B) {
				root := b.TempDir()
				d, err := os.Open(root)
				if err != nil {
					b.Fatal(err)
				}
				defer d.Close()
				content := make([]byte, 100<<10)
				for i := range b.N {
					var names []string
					for k := range n {
						name := filepath.Join(root, fmt.Sprintf("%d-%d", i, k))
						if err := os.WriteFile(name, content, 0o600); err != nil {
							b.Fatal(err)
						}
						names = append(names, name)
					}
					if way == "syncfs" {
						err = syncfs(d)
					} else {
						err = errors.Join(parallel(names, fsyncPath)...)
					}
					if err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
