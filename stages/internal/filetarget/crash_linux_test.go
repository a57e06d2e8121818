package filetarget

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/deliver/target"
)

// steps are the places at which a commit can be stopped. The second rename is
// one where some files have their names and others not.
var steps = []string{"check", "barrier", "folders", "rename 1", "rename 3", "settle", "end"}

// crashFiles is what the child commits: more files than get an fsync each.
func crashFiles() map[string]string {
	files := map[string]string{}
	for i := range 2 * few {
		files[fmt.Sprintf("d%d/e/%d.png", i%2, i)] = strings.Repeat(fmt.Sprint(i), 70_000)
	}
	return files
}

// stopAt gives a hook that does f at the given step.
func stopAt(step string, f func() error) func(string) error {
	step, nth, _ := strings.Cut(step, " ")
	renames := 0
	return func(at string) error {
		if at == "rename" {
			renames++
		}
		if at != step || nth != "" && nth != fmt.Sprint(renames) {
			return nil
		}
		return f()
	}
}

// TestHelperCommit is the child of the tests below.
func TestHelperCommit(t *testing.T) {
	step := os.Getenv("FILETARGET_KILL_AT")
	if step == "" {
		t.Skip("only as a child of another test")
	}
	b := lay(setting{root: os.Getenv("FILETARGET_ROOT"), scratch: os.Getenv("FILETARGET_SCRATCH")})
	b.hook = stopAt(step, func() error {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	})
	var files []target.File
	for name, content := range crashFiles() {
		files = append(files, b.file(t, name, content))
	}
	_ = b.Commit(context.Background(), files)
}

func TestAKilledCommitShowsNothingTornAndCanBeRepeated(t *testing.T) {
	want := crashFiles()
	for _, where := range []string{"scratch below the root", "temporaries at the root"} {
		for _, step := range steps {
			t.Run(where+", "+step, func(t *testing.T) {
				root := filepath.Join(t.TempDir(), "out")
				scratch := filepath.Join(t.TempDir(), "scratch")
				if strings.HasPrefix(where, "scratch") {
					scratch = filepath.Join(root, ".exportd", "scratch")
				}
				if err := os.MkdirAll(scratch, 0o700); err != nil {
					t.Fatal(err)
				}
				cmd := exec.Command(os.Args[0], "-test.run=^TestHelperCommit$")
				cmd.Env = append(os.Environ(), "FILETARGET_KILL_AT="+step, "FILETARGET_ROOT="+root, "FILETARGET_SCRATCH="+scratch)
				out, err := cmd.CombinedOutput()
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
					t.Fatalf("the child was not killed: %v\n%s", err, out)
				}
				for name, content := range visible(t, root) {
					if !strings.Contains(name, ".exp-") && content != want[name] {
						t.Errorf("%s is visible with %d bytes of %d", name, len(content), len(want[name]))
					}
				}
				again(t, root, scratch, want)
			})
		}
	}
}

// again runs the commit to its end and checks what is there.
func again(t *testing.T, root, scratch string, want map[string]string) {
	t.Helper()
	if err := target.Sweep(scratch); err != nil {
		t.Fatal(err)
	}
	b := newBed(t, func(s *setting) { s.root, s.scratch = root, scratch })
	var files []target.File
	for name, content := range want {
		files = append(files, b.file(t, name, content))
	}
	if err := errors.Join(b.Commit(context.Background(), files)...); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	got := visible(t, root)
	if len(got) != len(want) {
		t.Errorf("the target holds %d files, want %d", len(got), len(want))
	}
	for name, content := range want {
		if got[name] != content {
			t.Errorf("%s is wrong", name)
		}
	}
}

func TestAStepThatFailsLeavesNoTemporaries(t *testing.T) {
	broken := errors.New("broken")
	for _, step := range steps {
		b := newBed(t, nil)
		b.hook = stopAt(step, func() error { return broken })
		var files []target.File
		for name, content := range crashFiles() {
			files = append(files, b.file(t, name, content))
		}
		failed := 0
		for _, err := range b.Commit(context.Background(), files) {
			if errors.Is(err, broken) {
				failed++
			} else if err != nil {
				t.Errorf("%s: %v", step, err)
			}
		}
		if one := strings.HasPrefix(step, "rename"); one && failed != 1 || !one && failed != len(files) {
			t.Errorf("%s: %d of %d failed", step, failed, len(files))
		}
		for name := range visible(t, b.root) {
			if strings.Contains(name, ".exp-") {
				t.Errorf("%s: %s is left", step, name)
			}
		}
		again(t, b.root, b.scratch, crashFiles())
	}
}

// otherFileSystem mounts a small one.
func otherFileSystem(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("another file system needs the right to mount: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

func TestAFullDisk(t *testing.T) {
	root := otherFileSystem(t)
	b := newBed(t, func(s *setting) { s.root, s.scratch = root, "" })
	small := b.file(t, "d/small", "x")
	f, temp, err := b.Temp()
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	f.Close()
	if got := b.Staging.Refused("big", err); got.Code != diag.TargetFull || got.Hint == "" {
		t.Errorf("a full disk is %v", got)
	}
	b.Discard(temp)
	if err := commitOne(t, b, small); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if got := visible(t, root); len(got) != 1 {
		t.Errorf("the target holds %v", got)
	}
}

// TestNoRoomForAFolder fills the file system with entries, so that the commit
// itself finds no room.
func TestNoRoomForAFolder(t *testing.T) {
	root := t.TempDir()
	if err := syscall.Mount("tmpfs", root, "tmpfs", 0, "size=256k,nr_inodes=6"); err != nil {
		t.Skipf("a small file system needs the right to mount: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(root, syscall.MNT_DETACH) })
	b := newBed(t, func(s *setting) { s.root, s.scratch = root, "" })
	flat, deep := b.file(t, "flat", "x"), b.file(t, "1/2/3/4/5/6/deep", "x")
	errs := b.Commit(context.Background(), []target.File{flat, deep})
	if errs[0] != nil || code(errs[1]) != diag.TargetFull || !errors.Is(errs[1], syscall.ENOSPC) {
		t.Errorf("got %v", errs)
	}
	if got := visible(t, root); len(got) != 1 || got["flat"] != "x" {
		t.Errorf("the target holds %v", got)
	}
}

func TestAReadOnlyFileSystem(t *testing.T) {
	root := otherFileSystem(t)
	if err := syscall.Mount("", root, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("no right to remount: %v", err)
	}
	if err := lay(setting{root: root}).Staging.Open(); code(err) != diag.TargetDenied || !errors.Is(err, syscall.EROFS) {
		t.Errorf("got %v", err)
	}
}

// TestAFolderOfAnotherUser runs as nobody in a child of its own.
func TestAFolderOfAnotherUser(t *testing.T) {
	root := filepath.Join(t.TempDir(), "out")
	if os.Geteuid() != 0 {
		t.Skip("only root can become another user")
	}
	for dir, mode := range map[string]os.FileMode{root: 0o777, filepath.Join(root, "closed"): 0o755} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
	}
	// The folder above t.TempDir and that of the test binary are closed to others.
	if err := os.Chmod(filepath.Dir(filepath.Dir(root)), 0o755); err != nil {
		t.Fatal(err)
	}
	open := filepath.Dir(root)
	child := filepath.Join(open, "child.test")
	binary, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(child, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(child, "-test.run=^TestHelperNobody$", "-test.v")
	cmd.Dir = open
	cmd.Env = append(os.Environ(), "FILETARGET_NOBODY="+root)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestHelperNobody") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestHelperNobody(t *testing.T) {
	root := os.Getenv("FILETARGET_NOBODY")
	if root == "" {
		t.Skip("only as a child of another test")
	}
	b := lay(setting{root: root})
	errs := b.Commit(context.Background(), []target.File{b.file(t, "closed/a", "x"), b.file(t, "open/a", "x")})
	if code(errs[0]) != diag.TargetDenied || errs[1] != nil {
		t.Errorf("got %v", errs)
	}
	if got := visible(t, root); len(got) != 1 || got["open/a"] != "x" {
		t.Errorf("the target holds %v", got)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if err := lay(setting{root: filepath.Join(root, "closed")}).Staging.Open(); code(err) != diag.TargetDenied {
		t.Errorf("got %v", err)
	}
}
