package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/exportd/exportd/cmd/exportd/internal/daemon"
	"github.com/exportd/exportd/cmd/exportd/internal/worker"
)

// killSteps JOB CALM: for every numbered step of a job's life, a daemon or worker
// kills itself there, once; the daemon is started again where it died. Each time
// the job ends, is there once, and has CALM's manifest. A submit that was never
// answered may leave a job or none.
func killSteps(ts *testscript.TestScript, _ bool, args []string) {
	want := ts.ReadFile(filepath.Join(args[1], "manifest.ndjson"))
	for _, step := range slices.Concat(daemon.Steps(), worker.Steps()) {
		killStep(ts, step, args[0], want)
	}
}

// killStep is killSteps for one step.
func killStep(ts *testscript.TestScript, step, job, want string) {
	dir := ts.MkAbs("at-" + step)
	ts.Check(os.Mkdir(dir, 0o755))
	ts.Check(os.Symlink(ts.MkAbs("exportd.toml"), filepath.Join(dir, "exportd.toml")))
	mark := filepath.Join(dir, "killed")
	b := &besieged{ts: ts, dir: dir, env: []string{killAt + "=" + step, killOnce + "=" + mark}}
	b.start()
	defer b.kill()
	_, err := b.try("submit", ts.MkAbs(job))
	if err != nil && step != daemon.StepReceived && step != daemon.StepStored {
		ts.Fatalf("submit: %v\n%s", err, b.text())
	}
	jobs := b.finish(step)
	if !isFile(mark) {
		ts.Fatalf("nobody was killed at %s\n%s", step, b.text())
	}
	if stored := step != daemon.StepReceived; (len(jobs) == 1) != stored {
		ts.Fatalf("killed at %s, %d jobs are there", step, len(jobs))
	}
	for _, r := range jobs {
		if got := ts.ReadFile(filepath.Join(dir, "exports", r.ID, "manifest.ndjson")); got != want {
			ts.Fatalf("killed at %s, the manifest is\n%swant\n%s\n%s", step, got, want, b.text())
		}
	}
}

// finish waits for the end of every job, and starts the daemon again when it dies.
func (b *besieged) finish(step string) []daemon.Record {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		select {
		case <-b.gone:
			b.start()
		default:
		}
		text, err := b.try("ls", "--json")
		if err != nil {
			continue // it has just died
		}
		var page struct{ Jobs []daemon.Record }
		b.ts.Check(json.Unmarshal([]byte(text), &page))
		if !slices.ContainsFunc(page.Jobs, func(r daemon.Record) bool { return !r.State.Over() }) && (len(page.Jobs) > 0 || step == daemon.StepReceived && isFile(filepath.Join(b.dir, "killed"))) {
			return page.Jobs
		}
	}
	b.ts.Fatalf("killed at %s, the job does not end:\n%s", step, b.text())
	return nil
}
