package runner

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/engine/stage"
)

// Config says how to run.
type Config struct {
	Command []string // the program that calls [Child]
	Env     []string // added to the child's environment
	Setup   Setup
	Lock    *os.File // handed to the child, so that the state stays locked while it lives
	// Grace is what a codec gets after its deadline before the child is killed.
	Grace time.Duration
	// MaxTasks and MaxRSS replace the child after so many assets, or above so
	// many bytes of resident memory; 0 = never.
	MaxTasks int
	MaxRSS   int64
	// Log gets what plugins log; nil drops it.
	Log *slog.Logger
	// Alone has one asset at a time in the child, each committed by itself.
	Alone bool
}

// Events are called from one goroutine, one at a time. Their errors end the run.
type Events struct {
	// Probe hears what a dry run learns of an asset before it is done; it may be
	// nil.
	Probe  func(stage.Probe)
	Branch func(report.BranchLine) error
	Done   func(report.AssetLine) error
	// Fence is asked before files get their names, and an error keeps them from
	// it; nil when nobody else can be exporting the same assets.
	Fence func() error
}

// Source gives the next task, false at the end.
type Source func() (Task, bool, error)

// window bounds the tasks that a child has and has not finished. It must hold
// more than a deliver batch, or the batch would wait for its delay every time.
const window = 512

// aloneDelay is how long a commit waits for company that will not come.
const aloneDelay = time.Millisecond

// crashesAllowed is how many children in a row may die without finishing a
// task or naming a suspect before the run gives up.
const crashesAllowed = 3

// Run feeds every task of the source to a child and reports what became of it.
//
// Stopping has two phases. When drain is closed, no further task is started and
// Run returns once all that were started are done. When ctx is done, the child
// is killed. Either way Run gives nil or an error of the environment; tasks
// without a done event are simply not done, and the next run takes them up.
func Run(ctx context.Context, drain <-chan struct{}, cfg Config, next Source, on Events) error {
	cfg.Setup.Fenced = on.Fence != nil
	if cfg.Alone {
		cfg.Setup.CommitDelay = aloneDelay
	}
	s := &supervisor{cfg: cfg, next: next, on: on, sent: map[int]*sentTask{}, drain: drain}
	for {
		again, err := s.child(ctx)
		if err != nil || !again {
			return err
		}
	}
}

// sentTask is a task that a child has.
type sentTask struct {
	Task
	crashes int
	near    int                  // crashes that it was begun in and not inside a codec
	begun   string               // the last stage it came to that touches pixels
	inside  map[string]time.Time // stages that touch its pixels now, with their start
}

// suspect reports whether a crash may be the task's doing. Whoever is inside a
// codec is; known says that somebody was. A codec may also have spoilt memory and
// died of it later: then it was somebody who had been inside, and when that
// happens to a task twice, it is tried alone.
func (t *sentTask) suspect(known bool) bool {
	switch {
	case len(t.inside) > 0:
		return true
	case t.begun == "":
		return false
	}
	t.near++
	return !known || t.near > 1
}

// where names the stage that a crash is told of.
func (t *sentTask) where() string {
	if len(t.inside) == 0 {
		return t.begun
	}
	return slices.Sorted(maps.Keys(t.inside))[0]
}

type supervisor struct {
	cfg   Config
	next  Source
	on    Events
	drain <-chan struct{}

	sent     map[int]*sentTask
	queue    []*sentTask // to be sent again
	suspects []*sentTask // to be tried alone
	ended    bool        // the source has no more
	stopping bool
	barren   int // children in a row that died without progress
}

// child runs one child until it says bye or dies. It asks to be called again
// when there is more to do.
func (s *supervisor) child(ctx context.Context) (again bool, err error) {
	p, err := start(s.cfg)
	if err != nil {
		return false, diag.New(diag.ChildStart, "%w", err).WithHint("run exportd doctor")
	}
	defer func() { _ = p.stdin.Close(); p.kill(); <-p.exited }()
	c := &conversation{supervisor: s, process: p, alone: len(s.suspects) > 0}
	if err := c.run(ctx); err != nil {
		// The events still in the pipe belong to nobody; let the reader end.
		p.kill()
		for range p.events {
		}
		return false, err
	}
	if !c.bye {
		if err := s.crashed(c); err != nil {
			return false, err
		}
	}
	return !s.finished(), nil
}

// finished reports whether nothing is left to do.
func (s *supervisor) finished() bool {
	if s.stopping {
		return true
	}
	return s.ended && len(s.queue) == 0 && len(s.suspects) == 0 && len(s.sent) == 0
}

// crashed decides what becomes of the tasks that a dead child had.
func (s *supervisor) crashed(c *conversation) error {
	reason := c.process.tail.last()
	if reason == "" {
		reason = "it left no message"
	}
	guilty := false
	tasks := c.tasks()
	known := slices.ContainsFunc(tasks, func(t *sentTask) bool { return len(t.inside) > 0 })
	for _, t := range tasks {
		delete(s.sent, t.Seq)
		if !t.suspect(known) {
			s.queue = append(s.queue, t)
			t.begun = ""
			continue
		}
		guilty = true
		inside, overdue := c.killed[t.Seq]
		if !overdue {
			inside = t.where()
		}
		t.crashes++
		t.inside, t.begun = nil, ""
		switch {
		case overdue:
			if err := s.fail(t, inside, diag.New(diag.LimitTime, "the codec did not stop after %s, its process was ended", s.cfg.Setup.timeout(inside)).WithHint("raise limits.time, or the timeout of stage %q", inside)); err != nil {
				return err
			}
		case t.crashes > 1:
			if err := s.fail(t, inside, diag.New(diag.CodecCrash, "the image codec died twice on this asset: %s", reason).WithHint("the file is damaged or hostile: replace it, or export it with fmt = \"orig\"")); err != nil {
				return err
			}
		default:
			s.suspects = append(s.suspects, t)
		}
	}
	if guilty || c.progress {
		s.barren = 0
		return nil
	}
	if s.barren++; s.barren >= crashesAllowed {
		return diag.New(diag.ChildStart, "the pixel child died %d times without doing anything: %s", s.barren, reason).WithHint("run exportd doctor")
	}
	return nil
}

// fail ends a task in the supervisor's own name, at the stage where it was.
func (s *supervisor) fail(t *sentTask, stage string, d *diag.Diag) error {
	end := report.BranchLine{Seq: t.Seq, Handle: t.Asset.Handle, Stage: stage, Outcome: report.Failed, Code: d.Code, Message: d.Message, Hint: d.Hint, Attempts: t.crashes}
	if err := s.on.Branch(end); err != nil {
		return err
	}
	return s.on.Done(report.AssetLine{Seq: t.Seq, Handle: t.Asset.Handle, Outcome: report.Failed, Code: d.Code, Message: d.Message, Hint: d.Hint})
}
