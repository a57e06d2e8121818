package main

import (
	"maps"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// frozen JOB CALM: a worker and its pixel child stand still in the middle of a
// unit for longer than their claim holds. Another worker takes the unit over and
// ends the job; when the first one wakes up, it changes nothing.
func frozen(ts *testscript.TestScript, _ bool, args []string) {
	b := &besieged{ts: ts, dir: ts.Getenv("WORK")}
	b.start()
	defer func() { b.kill() }()
	id := strings.TrimSpace(b.ask("submit", ts.MkAbs(args[0])))
	cold := b.freeze()
	b.until("the job ends", func() bool { return b.left([]string{id}) == 0 })
	before := inodes(ts, "exports")
	for _, pid := range cold {
		ts.Check(syscall.Kill(pid, syscall.SIGCONT))
	}
	b.until("the worker sees that it was overtaken", func() bool {
		return strings.Contains(b.text(), `msg="unit lost"`) || strings.Contains(b.text(), `msg="unit stopped with its job"`)
	})
	time.Sleep(500 * time.Millisecond) // what a stale child had in its hands would come now
	if after := inodes(ts, "exports"); !maps.Equal(before, after) {
		ts.Fatalf("the stale worker has changed what was delivered: %v, then %v", before, after)
	}
	want := ts.ReadFile(filepath.Join(args[1], "manifest.ndjson"))
	if got := ts.ReadFile(filepath.Join("exports", id, "manifest.ndjson")); got != want {
		ts.Fatalf("the manifest is\n%swant\n%s", got, want)
	}
	b.leftovers()
}

// freeze stops the first worker that has delivered something, and what it started.
func (b *besieged) freeze() (cold []int) {
	b.until("a file is delivered", func() bool { return len(inodes(b.ts, "exports")) > 0 })
	for _, worker := range children(b.cmd.Process.Pid) {
		below := children(worker)
		if len(below) == 0 {
			continue // it has no unit
		}
		cold = append(below, worker)
		for _, pid := range cold {
			b.ts.Check(syscall.Kill(pid, syscall.SIGSTOP))
		}
		return cold
	}
	b.ts.Fatalf("no worker has a unit\n%s", b.text())
	return nil
}

// until waits for something to be so.
func (b *besieged) until(what string, is func() bool) {
	for deadline := time.Now().Add(60 * time.Second); !is(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.ts.Fatalf("waiting until %s:\n%s", what, b.text())
		}
	}
}
