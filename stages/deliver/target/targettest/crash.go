package targettest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/exportd/exportd/engine/filename"
)

// childEnv tells a child what to do: the step at which it kills itself, and the
// address of the place.
const childEnv = "EXPORTD_TARGETTEST_CHILD"

// steps are where a child dies. Those with a delay are in the middle of a call,
// so long after it began.
func steps() []string {
	all := []string{"staged", "prepared", "committed", "finished"}
	for _, call := range []string{"prepare", "commit", "finish"} {
		for _, after := range []time.Duration{0, 300 * time.Microsecond, 3 * time.Millisecond} {
			all = append(all, fmt.Sprint(call, " ", after))
		}
	}
	return all
}

// crashes kills a child at every step, looks at what can be seen, and delivers
// everything again.
func (c Config) crashes(t *testing.T) {
	for _, step := range steps() {
		t.Run(step, func(t *testing.T) {
			at := c.Start(t)
			top, _, _ := strings.Cut(t.Name(), "/")
			cmd := exec.Command(os.Args[0], "-test.run=^"+top+"$", "-test.timeout=60s")
			cmd.Env = append(os.Environ(), childEnv+"="+step+"\n"+at, "TMPDIR="+t.TempDir()) // what it leaves is cleared away
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if err != nil && (!errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL) {
				t.Fatalf("the child ended in another way: %v\n%s", err, out)
			}
			for name, text := range c.Read(t, at) {
				if want, ok := sample()[name]; ok && text != want {
					t.Errorf("%s is seen with %d bytes of %d", name, len(text), len(want))
				} else if !ok && name != filename.Manifest && name != filename.ManifestSum {
					t.Errorf("%s is seen", name)
				}
			}
			c.open(t, at).all(t, sample())
			c.holds(t, at, sample())
		})
	}
}

// child delivers and kills itself. A call that was faster than its delay is
// killed right behind it.
func (c Config) child(t *testing.T, order string) {
	step, at, _ := strings.Cut(order, "\n")
	d := c.open(t, at)
	reached := func(name string) {
		if name == step {
			die()
		}
	}
	during := func(call string, run func()) {
		if after, ok := strings.CutPrefix(step, call+" "); ok {
			delay, err := time.ParseDuration(after)
			if err != nil {
				t.Fatal(err)
			}
			time.AfterFunc(delay, die)
			defer die()
		}
		run()
	}
	for name, text := range sample() {
		stage(t, d.staging, name, text)
	}
	reached("staged")
	ctx := context.Background()
	during("prepare", func() { d.prepare(t, sample()) })
	files := d.prepare(t, sample())
	reached("prepared")
	during("commit", func() { _ = d.Commit(ctx, files) })
	reached("committed")
	m := manifestOf(t, sample())
	during("finish", func() { _ = d.Finish(ctx, m) })
	die()
}

// die is the crash: nothing is closed, nothing is cleaned up.
func die() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}
