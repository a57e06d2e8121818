package deliver

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/deliver/target"
)

// tiredTarget is a target whose commits fail as a device in trouble does.
type tiredTarget struct {
	target.Target
	fails int
	temps []string
}

func (t *tiredTarget) Commit(ctx context.Context, files []target.File) []error {
	for _, f := range files {
		t.temps = append(t.temps, f.Temp)
	}
	if t.fails--; t.fails < 0 {
		return t.Target.Commit(ctx, files)
	}
	errs := make([]error, len(files))
	for i := range errs {
		errs[i] = target.Refused("it", syscall.EIO)
	}
	return errs
}

func TestAFailedCommitCanBeTriedAgain(t *testing.T) {
	w := newWorld(t, "file:", nil)
	d := w.Committer.(*deliver)
	tired := &tiredTarget{Target: d.target, fails: 1}
	d.target = tired
	made := filepath.Join(w.env.Scratch, "made")
	if err := os.WriteFile(made, []byte("art"), 0o600); err != nil {
		t.Fatal(err)
	}
	art := item("art", "card", 1)
	art.Artifact = &asset.Artifact{Width: 1, Size: 3, Path: made}
	items := []*asset.Item{item("original", "", len(content)), art}
	for attempt := range 2 {
		for _, it := range items {
			if err := w.Process(context.Background(), it); err != nil {
				t.Fatal(err)
			}
		}
		for _, err := range w.Commit(context.Background(), items) {
			if diag.Retryable(err) != (attempt == 0) {
				t.Errorf("attempt %d: %v", attempt, err)
			}
		}
	}
	if tired.temps[0] == tired.temps[2] || tired.temps[1] == tired.temps[3] {
		t.Errorf("a temporary that a failed barrier has seen was used again: %v", tired.temps)
	}
	if got := files(t, w.env.Root); len(got) != 2 || got["original"] != content || got["art"] != "art" {
		t.Errorf("the target holds %v", got)
	}
}

func TestWhatIsGivenUpLeavesNothing(t *testing.T) {
	w := newWorld(t, "file:", nil)
	d := w.Committer.(*deliver)
	d.target = &tiredTarget{Target: d.target, fails: 1}
	if err := w.run(t, item("a", "", len(content)))[0]; code(err) != diag.Target {
		t.Errorf("got %v", err)
	}
	if got := files(t, w.env.Root); len(got) != 0 {
		t.Errorf("the target holds %v", got)
	}
}
