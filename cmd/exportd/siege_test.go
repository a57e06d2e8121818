package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/exportd/exportd/cmd/exportd/internal/daemon"
)

// sieges is how many kills a siege has that does not say so itself; an environment
// variable makes one longer by hand.
const sieges = "EXPORTD_TEST_KILLS"

// siege N JOB CALM: the job is handed to a daemon three times, and daemon and
// workers are killed N times at random moments. In the end each manifest is that
// of CALM, no file was made twice, and nothing is left over.
func siege(ts *testscript.TestScript, _ bool, args []string) {
	kills, err := strconv.Atoi(args[0])
	ts.Check(err)
	if text := os.Getenv(sieges); text != "" {
		kills, err = strconv.Atoi(text)
		ts.Check(err)
	}
	seed := uint64(time.Now().UnixNano())
	ts.Logf("seed %d", seed)
	b := &besieged{ts: ts, dir: ts.Getenv("WORK"), dice: rand.New(rand.NewPCG(seed, 1)), seen: map[string]string{}}
	b.start()
	defer b.kill()
	var ids []string
	for range 3 {
		ids = append(ids, strings.TrimSpace(b.ask("submit", args[1])))
	}
	done := 0
	for deadline := time.Now().Add(5 * time.Minute); ; {
		b.wait(time.Duration(20+b.dice.IntN(1000)) * time.Millisecond)
		left := b.left(ids)
		if done < kills && left > 0 {
			b.strike()
			done++
		}
		if left == 0 {
			break
		}
		if time.Now().After(deadline) {
			ts.Fatalf("%d jobs are not done after %d kills:\n%s", left, done, b.ask("ls"))
		}
	}
	ts.Logf("%d kills", done)
	want := ts.ReadFile(filepath.Join(args[2], "manifest.ndjson"))
	for _, id := range ids {
		if got := ts.ReadFile(filepath.Join("exports", id, "manifest.ndjson")); got != want {
			ts.Fatalf("the manifest of %s is\n%swant\n%s\nits log\n%s\nthe daemon's\n%s", id, got, want, b.ask("logs", id), b.text())
		}
		var r daemon.Record
		ts.Check(json.Unmarshal([]byte(b.ask("show", id, "--json")), &r))
		if r.Counts.Total != r.Assets || r.Counts.Exported+r.Counts.Skipped+r.Counts.Failed != r.Counts.Total {
			ts.Fatalf("the counts of %s are %+v of %d", id, r.Counts, r.Assets)
		}
	}
	b.look() // every file is the one that was seen first
	b.leftovers()
}

// besieged is a daemon that is killed and started again.
type besieged struct {
	ts   *testscript.TestScript
	dice *rand.Rand
	dir  string // where it runs
	env  []string
	cmd  *exec.Cmd
	gone chan struct{} // closed when it has ended
	log  *os.File
	seen map[string]string // inode and time of every delivered file
}

func (b *besieged) exe() string {
	for _, dir := range filepath.SplitList(b.ts.Getenv("PATH")) {
		if path := filepath.Join(dir, "exportd"); isFile(path) {
			return path
		}
	}
	b.ts.Fatalf("no exportd in the PATH")
	return ""
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func (b *besieged) start() {
	b.cmd = exec.Command(b.exe(), "serve")
	b.cmd.Dir = b.dir
	b.cmd.Env = append(os.Environ(), b.env...)
	if b.log == nil {
		f, err := os.Create(filepath.Join(b.dir, "serve.log"))
		b.ts.Check(err)
		b.log = f
	}
	b.cmd.Stderr = b.log
	b.ts.Check(b.cmd.Start())
	cmd, gone := b.cmd, make(chan struct{})
	b.gone = gone
	go func() { _ = cmd.Wait(); close(gone) }() // killed, as it was meant to be
	up(b.ts, false, []string{filepath.Join(b.dir, "exportd.sock")})
}

// text is what the daemon and its workers have said.
func (b *besieged) text() string {
	text, err := os.ReadFile(b.log.Name())
	b.ts.Check(err)
	return string(text)
}

func (b *besieged) kill() {
	_ = b.cmd.Process.Kill()
	<-b.gone
}

// ask calls `exportd jobs`.
func (b *besieged) ask(args ...string) string {
	out, err := b.try(args...)
	if err != nil {
		b.ts.Fatalf("jobs %v: %v\n%s", args, err, b.text())
	}
	return out
}

// try is ask for what may fail.
func (b *besieged) try(args ...string) (string, error) {
	cmd := exec.Command(b.exe(), append([]string{"jobs"}, args...)...)
	cmd.Dir = b.dir
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	return string(out), err
}

// left counts the jobs that are not over.
func (b *besieged) left(ids []string) (n int) {
	var page struct{ Jobs []daemon.Record }
	b.ts.Check(json.Unmarshal([]byte(b.ask("ls", "--json")), &page))
	for _, r := range page.Jobs {
		if slices.Contains(ids, r.ID) && !r.State.Over() {
			n++
		}
	}
	if len(page.Jobs) < len(ids) {
		b.ts.Fatalf("%d jobs of %d are known", len(page.Jobs), len(ids))
	}
	return n
}

// strike kills the daemon, or one of its workers.
func (b *besieged) strike() {
	workers := children(b.cmd.Process.Pid)
	if len(workers) > 0 && b.dice.IntN(2) == 0 {
		_ = syscall.Kill(workers[b.dice.IntN(len(workers))], syscall.SIGKILL) // or it has just ended
		return
	}
	b.kill()
	b.start()
}

// children lists the processes that a process has started.
func children(pid int) (all []int) {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, task := range tasks {
		text, _ := os.ReadFile(task)
		for word := range strings.FieldsSeq(string(text)) {
			if n, err := strconv.Atoi(word); err == nil {
				all = append(all, n)
			}
		}
	}
	return all
}

// wait looks at what is delivered meanwhile.
func (b *besieged) wait(long time.Duration) {
	for end := time.Now().Add(long); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		b.look()
	}
}

// look notes every file that is new, and fails for one that was made again.
func (b *besieged) look() {
	for path, is := range inodes(b.ts, "exports") {
		if was, known := b.seen[path]; known && was != is {
			b.ts.Fatalf("%s was made twice: %s, then %s", path, was, is)
		}
		b.seen[path] = is
	}
}

// leftovers fails for what nobody will ever use again.
func (b *besieged) leftovers() {
	err := filepath.WalkDir(b.ts.MkAbs("exports"), func(path string, e fs.DirEntry, err error) error {
		if err == nil && (strings.HasPrefix(e.Name(), ".exp-") || e.Name() == "units") {
			b.ts.Fatalf("%s is left over", path)
		}
		return err
	})
	b.ts.Check(err)
	if left, _ := filepath.Glob(filepath.Join(b.ts.MkAbs("state"), "jobs", ".new-*")); len(left) > 0 {
		b.ts.Fatalf("left over: %v", left)
	}
}
