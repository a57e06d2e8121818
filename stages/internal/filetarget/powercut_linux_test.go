package filetarget

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/exportd/exportd/stages/deliver/target"
)

// The request that stops an ext4 or XFS file system as a power cut does, and its
// flag for not even writing the journal.
const (
	ioctlShutdown = 0x8004587d
	noLogFlush    = 2
)

// disk is a small ext4 file system in a file, whose power can be cut.
type disk struct{ image, dir string }

func newDisk(t *testing.T) *disk {
	t.Helper()
	d := &disk{filepath.Join(t.TempDir(), "disk"), t.TempDir()}
	if err := os.WriteFile(d.image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(d.image, 64<<20); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mkfs.ext4", "-q", "-F", d.image).CombinedOutput(); err != nil {
		t.Skipf("a power cut needs mkfs.ext4: %v %s", err, out)
	}
	d.mount(t)
	t.Cleanup(func() { _ = exec.Command("umount", "-l", d.dir).Run() })
	return d
}

func (d *disk) mount(t *testing.T) {
	t.Helper()
	if out, err := exec.Command("mount", "-o", "loop", d.image, d.dir).CombinedOutput(); err != nil {
		t.Skipf("a power cut needs the right to mount a loop device: %v %s", err, out)
	}
}

// cut stops the file system where it is.
func (d *disk) cut(t *testing.T) {
	t.Helper()
	f, err := os.Open(d.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := unix.IoctlSetPointerInt(int(f.Fd()), ioctlShutdown, noLogFlush); err != nil {
		t.Skipf("this file system cannot be stopped: %v", err)
	}
}

// restart mounts what the power cut has left.
func (d *disk) restart(t *testing.T) {
	t.Helper()
	if out, err := exec.Command("umount", d.dir).CombinedOutput(); err != nil {
		t.Fatalf("umount: %v %s", err, out)
	}
	d.mount(t)
}

// TestAPowerCutLosesAndTearsNothing commits two batches, cuts the power at a
// step of the third, and looks at what is on the disk.
func TestAPowerCutLosesAndTearsNothing(t *testing.T) {
	for _, step := range steps {
		t.Run(step, func(t *testing.T) {
			d := newDisk(t)
			root := filepath.Join(d.dir, "out")
			b := newBed(t, func(s *setting) { s.root, s.scratch = root, "" })
			want, committed := map[string]string{}, map[string]string{}
			for batch := range 3 {
				var files []target.File
				for i := range 2 * few {
					name := fmt.Sprintf("b%d/%d/%d.png", batch, i%2, i)
					want[name] = strings.Repeat(name, 3000)
					files = append(files, b.file(t, name, want[name]))
				}
				if batch == 2 {
					b.hook = stopAt(step, func() error { d.cut(t); return errors.New("no power") })
				}
				for i, err := range b.Commit(context.Background(), files) {
					if err == nil {
						committed[files[i].Name] = want[files[i].Name]
					}
				}
			}
			_ = b.Close()
			d.restart(t)
			if len(committed) < 4*few {
				t.Errorf("only %d files were committed before the cut", len(committed))
			}
			got := visible(t, root)
			for name, content := range committed {
				if got[name] != content {
					t.Errorf("%s was delivered and has %d bytes of %d", name, len(got[name]), len(content))
				}
			}
			for name, content := range got {
				if !strings.Contains(name, ".exp-") && content != want[name] {
					t.Errorf("%s is torn: %d bytes of %d", name, len(content), len(want[name]))
				}
			}
			again(t, root, "", want)
		})
	}
}
