package main

import (
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// handles N FILE HANDLE…: a handle file of N lines, taken in turn.
func handles(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	var b strings.Builder
	for i := range n {
		b.WriteString(args[2+i%(len(args)-2)] + "\n")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(b.String()), 0o644))
}

// start makes a command of the script's exportd, in the script's folder.
func start(ts *testscript.TestScript, args []string) *exec.Cmd {
	path := args[0]
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if _, err := os.Stat(filepath.Join(dir, args[0])); err == nil {
			path = filepath.Join(dir, args[0])
			break
		}
	}
	cmd := exec.Command(path, args[1:]...)
	cmd.Args[0] = args[0]
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "PATH="+ts.Getenv("PATH"))
	return cmd
}

// signal NAME CODE FILES COMMAND…: runs the command, sends it the signal once
// FILES more files lie in the folder out, and wants its exit code; -1 is killed.
// NAME child kills its pixel child instead.
func signalled(ts *testscript.TestScript, _ bool, args []string) {
	wanted, err := strconv.Atoi(args[1])
	ts.Check(err)
	files, err := strconv.Atoi(args[2])
	ts.Check(err)
	cmd := start(ts, args[3:])
	output := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = output, output
	before := count(ts.MkAbs("out"))
	ts.Check(cmd.Start())
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	for deadline := time.Now().Add(time.Minute); count(ts.MkAbs("out")) < before+files; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			ts.Fatalf("there are never %d files\n%s", files, output)
		}
	}
	ts.Check(send(cmd.Process.Pid, args[0]))
	<-ended
	if got := cmd.ProcessState.ExitCode(); got != wanted {
		ts.Fatalf("exit code %d, want %d\n%s", got, wanted, output)
	}
}

func send(pid int, name string) error {
	switch name {
	case "INT":
		return syscall.Kill(pid, syscall.SIGINT)
	case "TERM":
		return syscall.Kill(pid, syscall.SIGTERM)
	case "KILL":
		return syscall.Kill(pid, syscall.SIGKILL)
	case "child":
		children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
		for deadline := time.Now().Add(time.Second); err == nil && len(strings.Fields(string(children))) == 0 && time.Now().Before(deadline); {
			children, err = allChildren(pid)
		}
		if err != nil {
			return err
		}
		child, err := strconv.Atoi(strings.Fields(string(children))[0])
		if err != nil {
			return err
		}
		return syscall.Kill(child, syscall.SIGKILL)
	}
	return fmt.Errorf("no signal %q", name)
}

// allChildren asks every thread of a process: a child belongs to the one that
// forked it.
func allChildren(pid int) ([]byte, error) {
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	var all []byte
	for _, t := range tasks {
		text, readErr := os.ReadFile(t)
		err = errors.Join(err, readErr)
		all = append(all, text...)
	}
	return all, err
}

// count counts the files that a run shows in a folder.
func count(dir string) int {
	n := 0
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil //nolint:nilerr // what vanished meanwhile does not count
		case d.IsDir() && d.Name() == ".exportd":
			return filepath.SkipDir
		case !d.IsDir():
			n++
		}
		return nil
	})
	return n
}

// whole DIR: every picture that a run shows in a folder can be decoded to its
// end, and nothing temporary lies beside them.
func whole(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".exportd":
			return filepath.SkipDir
		case d.IsDir() || strings.HasPrefix(d.Name(), "manifest."):
			return nil
		case strings.HasPrefix(d.Name(), ".exp-"):
			return fmt.Errorf("%s is left", path)
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		if _, _, err := image.Decode(f); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	}))
}

// as UID CODE COMMAND…: the command, run by another user, ends with the code.
// Without the right to change the user the scenario is the caller's own.
func asUser(ts *testscript.TestScript, _ bool, args []string) {
	uid, err := strconv.Atoi(args[0])
	ts.Check(err)
	wanted, err := strconv.Atoi(args[1])
	ts.Check(err)
	cmd := start(ts, args[2:])
	if os.Geteuid() == 0 {
		for _, path := range []string{cmd.Path, cmd.Dir} { // the other user must get there
			for dir := filepath.Dir(path); strings.HasPrefix(dir, os.TempDir()+"/"); dir = filepath.Dir(dir) {
				ts.Check(os.Chmod(dir, 0o755))
			}
		}
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}}
	}
	output, _ := cmd.CombinedOutput()
	ts.Check(os.WriteFile(ts.MkAbs("said"), output, 0o644))
	if got := cmd.ProcessState.ExitCode(); got != wanted {
		ts.Fatalf("exit code %d, want %d\n%s", got, wanted, output)
	}
}

// mayMount tries whether this machine lets tests mount a file system.
func mayMount() bool {
	dir, err := os.MkdirTemp("", "mount")
	if err != nil {
		return false
	}
	defer os.Remove(dir)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4k"); err != nil {
		return false
	}
	return syscall.Unmount(dir, 0) == nil
}

// tmpfs DIR SIZE: a file system of its own in the folder; with a folder that has
// one already, another size.
func tmpfs(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size="+args[1]); err == nil {
		return
	}
	ts.Check(syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+args[1]))
	ts.Defer(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
}
