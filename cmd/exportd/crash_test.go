package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/exportd/exportd/cmd/exportd/internal/export"
	"github.com/exportd/exportd/engine/report"
)

// killAt names the step at which the program under test kills itself, and after
// a colon the time it comes there: 3-branch:2.
const killAt = "EXPORTD_TEST_KILL_AT"

// killOnce names a file; who makes it may kill itself, and nobody after it.
const killOnce = "EXPORTD_TEST_KILL_ONCE"

// stopAt, set to anything, makes it SIGINT that the program sends itself there,
// and it goes on.
const stopAt = "EXPORTD_TEST_STOP_AT"

// tested is the program with a failpoint, where the environment names one.
func tested() *app {
	a := &app{stdout: os.Stdout, stderr: os.Stderr}
	step, count, _ := strings.Cut(os.Getenv(killAt), ":")
	left, err := strconv.Atoi(count)
	if err != nil {
		left = 1
	}
	if step != "" {
		a.failpoint = func(at string) {
			if at != step {
				return
			}
			left--
			switch {
			case left != 0, !first(os.Getenv(killOnce)):
			case os.Getenv(stopAt) != "":
				_ = syscall.Kill(os.Getpid(), syscall.SIGINT)
			default:
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
				select {}
			}
		}
	}
	return a
}

// first reports whether nobody has made the file before.
func first(file string) bool {
	if file == "" {
		return true
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return false
	}
	return f.Close() == nil
}

// crash STEP[:N] DIR COMMAND…: the command is killed at a step. DIR is where it
// exports to; crash waits until nobody holds a lock there.
func crash(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(killAt, args[0])
	err := ts.Exec(args[2], args[3:]...)
	ts.Setenv(killAt, "")
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != -1 {
		ts.Fatalf("%s at %s was not killed: %v", args[2], args[0], err)
	}
	locks, err := filepath.Glob(filepath.Join(ts.MkAbs(args[1]), ".exportd", "*", "lock"))
	ts.Check(err)
	for _, lock := range locks {
		f, err := os.Open(lock)
		ts.Check(err)
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
			if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err == nil {
				break
			}
			if time.Now().After(deadline) {
				ts.Fatalf("%s stays locked: %v", lock, err)
			}
		}
		ts.Check(f.Close())
	}
}

// survive CODE CALM COMMAND…: the command, to which "-o DIR" is added, is killed
// at every step, three times at different branches and assets, and run again
// until CODE; each time its manifest and its dead letter must be CALM's, and what was delivered
// before the kill must keep its inode and its time.
func survive(ts *testscript.TestScript, _ bool, args []string) {
	want := ts.ReadFile(filepath.Join(args[1], "manifest.ndjson"))
	letters := filepath.Join("dead-letter", "dead-letter.ndjson")
	wantLetters := ts.ReadFile(filepath.Join(args[1], letters))
	for i, step := range export.Steps() {
		times := []int{1}
		if strings.HasPrefix(step, "3-") {
			times = []int{1, 2, 3}
		}
		for _, n := range times {
			dir := fmt.Sprintf("killed-%d-%d", i, n)
			command := append(args[2:len(args):len(args)], "-o", dir)
			crash(ts, false, append([]string{fmt.Sprintf("%s:%d", step, n), dir}, command...))
			before := inodes(ts, dir)
			exitCode(ts, false, append([]string{args[0]}, command...))
			if got := ts.ReadFile(filepath.Join(dir, "manifest.ndjson")); got != want {
				ts.Fatalf("killed at %s:%d, the manifest is\n%swant\n%s", step, n, got, want)
			}
			if got := ts.ReadFile(filepath.Join(dir, letters)); got != wantLetters {
				ts.Fatalf("killed at %s:%d, the dead letter is\n%swant\n%s", step, n, got, wantLetters)
			}
			after := inodes(ts, dir)
			for name, was := range before {
				if after[name] != was {
					ts.Fatalf("killed at %s:%d, %s was written again: %s, then %s", step, n, name, was, after[name])
				}
			}
		}
	}
}

// inodes gives the inode and the time of every delivered file.
func inodes(ts *testscript.TestScript, dir string) map[string]string {
	found := map[string]string{}
	root := ts.MkAbs(dir)
	err := filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case e.Name() == ".exportd":
			return filepath.SkipDir
		case e.IsDir() || strings.HasPrefix(e.Name(), "manifest.") || e.Name() == "dead-letter.ndjson" || strings.HasPrefix(e.Name(), ".exp-"):
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		sys, _ := info.Sys().(*syscall.Stat_t)
		var b bytes.Buffer
		fmt.Fprint(&b, sys.Ino, info.ModTime().UnixNano(), info.Size())
		found[p] = b.String()
		return nil
	})
	ts.Check(err)
	return found
}

// mark DIR: the files that the journal knows as delivered get other bytes of the
// same length; marked DIR: they still have them.
func mark(ts *testscript.TestScript, _ bool, args []string) {
	for _, f := range journalled(ts, args[0]) {
		info, err := os.Stat(f)
		ts.Check(err)
		ts.Check(os.WriteFile(f, bytes.Repeat([]byte("x"), int(info.Size())), 0o644))
		ts.Check(os.WriteFile(f+".marked", nil, 0o644))
	}
}

func marked(ts *testscript.TestScript, _ bool, args []string) {
	marks, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "*.marked"))
	ts.Check(err)
	if len(marks) == 0 {
		ts.Fatalf("nothing was marked")
	}
	for _, m := range marks {
		data, err := os.ReadFile(strings.TrimSuffix(m, ".marked"))
		ts.Check(err)
		if len(bytes.Trim(data, "x")) != 0 {
			ts.Fatalf("%s was made again", strings.TrimSuffix(m, ".marked"))
		}
	}
}

// journalled lists the files whose delivery is in a run's journal.
func journalled(ts *testscript.TestScript, dir string) []string {
	logs, err := filepath.Glob(filepath.Join(ts.MkAbs(dir), ".exportd", "*", "journal.ndjson"))
	ts.Check(err)
	var files []string
	for _, log := range logs {
		text, err := os.ReadFile(log)
		ts.Check(err)
		for line := range bytes.Lines(text) {
			var l report.BranchLine
			ts.Check(json.Unmarshal(line, &l))
			if l.Delivered != nil {
				files = append(files, filepath.Join(ts.MkAbs(dir), l.Delivered.Name))
			}
		}
	}
	return files
}
