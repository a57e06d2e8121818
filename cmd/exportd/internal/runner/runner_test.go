package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/engine/stage"
)

// The test program is its own child: a real child over stages that do to the
// process what codecs do.
func TestMain(m *testing.M) {
	if os.Getenv("RUNNER_CHILD") == "" {
		goleak.VerifyTestMain(m)
		return
	}
	err := Child(context.Background(), ChildConfig{
		Registry: faults(),
		Start: func([]asset.Format) error {
			if os.Getenv("RUNNER_REFUSE") != "" {
				return diag.New(diag.NoLibvips, "there is none")
			}
			if os.Getenv("RUNNER_DIE") != "" {
				os.Exit(0) // without bye, whatever the code
			}
			return nil
		},
		Open: func([]byte) (func(context.Context, *asset.Asset) (asset.Source, error), error) {
			return func(context.Context, *asset.Asset) (asset.Source, error) { return nil, errors.New("no sources here") }, nil
		},
	}, os.Stdin, os.NewFile(EventFD, "events"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func faults() *stage.Registry {
	reg, _ := stage.NewRegistry(
		stage.Kind{Name: "resolve", Out: stage.PortAsset, New: made(func(context.Context, *asset.Item) error { return nil })},
		stage.Kind{Name: "pass", In: []stage.Port{stage.PortAsset}, Out: stage.PortAsset, New: made(func(context.Context, *asset.Item) error { return nil })},
		stage.Kind{Name: "decode", In: []stage.Port{stage.PortAsset}, Out: stage.PortImage, New: made(codec)},
		stage.Kind{Name: "encode", In: []stage.Port{stage.PortImage}, Out: stage.PortArtifact, New: made(encode)},
		stage.Kind{Name: "deliver", In: []stage.Port{stage.PortArtifact}, New: fenced},
	)
	return reg
}

type behaviour func(context.Context, *asset.Item) error

func (f behaviour) Process(ctx context.Context, it *asset.Item) error { return f(ctx, it) }

func made(f behaviour) func(stage.Config) (stage.Stage, error) {
	return func(stage.Config) (stage.Stage, error) { return f, nil }
}

type picture struct{}

func (picture) Width() int   { return 1 }
func (picture) Height() int  { return 1 }
func (picture) Close() error { return nil }

// codec does what its asset's handle says.
func codec(ctx context.Context, it *asset.Item) error {
	it.Image = picture{}
	switch name, _, _ := strings.Cut(string(it.Asset.Handle), "-"); name {
	case "crash":
		abort("free(): invalid next size")
	case "once":
		mark := filepath.Join(os.Getenv("RUNNER_CHILD"), string(it.Asset.Handle))
		if f, err := os.OpenFile(mark, os.O_CREATE|os.O_EXCL, 0o600); err == nil {
			_ = f.Close()
			abort("once")
		}
	case "exit":
		os.Exit(0)
	case "hang":
		select {} // a codec that looks at nothing
	case "slow":
		time.Sleep(20 * time.Millisecond)
	case "nap":
		time.Sleep(2500 * time.Millisecond) // and the plan of the test does not mind
		return nil
	case "bad":
		return diag.New(diag.ImageCorrupt, "half of it is missing")
	case "panic":
		panic("a stage's own mistake")
	}
	return ctx.Err()
}

func abort(words string) {
	fmt.Fprintln(os.Stderr, words)
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

func encode(_ context.Context, it *asset.Item) error {
	it.Image = nil
	it.Artifact = &asset.Artifact{Ext: "x"}
	return nil
}

func deliver(_ context.Context, it *asset.Item) error {
	it.Delivered = &asset.Delivered{Stage: "deliver", Name: string(it.Asset.Handle)}
	return nil
}

// fenced is a deliver stage that asks, where it may, before it delivers.
func fenced(cfg stage.Config) (stage.Stage, error) {
	if cfg.Env.Fence == nil {
		return behaviour(deliver), nil
	}
	return behaviour(func(ctx context.Context, it *asset.Item) error {
		if err := cfg.Env.Fence(ctx); err != nil {
			return err
		}
		return deliver(ctx, it)
	}), nil
}

const testPlan = `version = 1
name = "faults"
[plan]
job = "t"
digest = "0"
[stage.resolve]
kind = "resolve"
[stage.decode]
kind = "decode"
from = "resolve"
[stage.encode]
kind = "encode"
from = "decode"
[stage.deliver]
kind = "deliver"
from = "encode"
`

// withChild makes this program the child.
func withChild(t testing.TB, cfg Config) Config {
	cfg.Command = []string{os.Args[0]}
	cfg.Env = append(cfg.Env, "RUNNER_CHILD="+t.TempDir())
	cfg.Setup.Catalog, cfg.Setup.Workers, cfg.Setup.Budget = []byte("{}"), 2, 100
	return cfg
}

// run runs assets by handle and gives each one's line.
func run(t *testing.T, ctx context.Context, drain <-chan struct{}, cfg Config, handles ...string) (map[string]report.AssetLine, error) {
	t.Helper()
	cfg.Setup.Plan = testPlan
	cfg = withChild(t, cfg)
	lines := map[string]report.AssetLine{}
	err := Run(ctx, drain, cfg, tasks(handles), Events{
		Branch: func(report.BranchLine) error { return nil },
		Done: func(l report.AssetLine) error {
			if _, twice := lines[string(l.Handle)]; twice {
				t.Errorf("%s ended twice", l.Handle)
			}
			lines[string(l.Handle)] = l
			return nil
		},
	})
	return lines, err
}

// tasks gives a task a handle.
func tasks(handles []string) Source {
	next := 0
	return func() (Task, bool, error) {
		if next == len(handles) {
			return Task{}, false, nil
		}
		next++
		return Task{Seq: next - 1, Asset: &asset.Asset{Handle: asset.Handle(handles[next-1])}}, true, nil
	}
}

// many gives n handles that do nothing special, with others strewn in.
func many(n int, others ...string) []string {
	var all []string
	for i := range n {
		if k := i * len(others) / n; len(others) > 0 && i == k*n/len(others)+n/(2*len(others)) {
			all = append(all, others[k])
		}
		all = append(all, fmt.Sprintf("fine-%d", i))
	}
	return all
}

func TestACodecThatDiesCostsItsAssetAlone(t *testing.T) {
	handles := many(200, "crash-1", "once-1", "exit-1", "once-2", "crash-2", "bad-1", "panic-1")
	lines, err := run(t, t.Context(), nil, Config{}, handles...)
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) != len(handles) {
		t.Errorf("%d of %d assets ended", len(lines), len(handles))
	}
	want := map[string]diag.Code{"crash-1": diag.CodecCrash, "crash-2": diag.CodecCrash, "exit-1": diag.CodecCrash, "bad-1": diag.ImageCorrupt, "panic-1": diag.InternalError}
	for h, l := range lines {
		if l.Code != want[h] {
			t.Errorf("%s ended with %q: %s", h, l.Code, l.Message)
		}
	}
	if !strings.Contains(lines["crash-1"].Message, "free(): invalid next size") {
		t.Errorf("the codec's last words are missing: %s", lines["crash-1"].Message)
	}
}

func TestACodecThatIgnoresItsDeadlineIsKilled(t *testing.T) {
	lines, err := run(t, t.Context(), nil, Config{Setup: Setup{Limits: stage.Limits{Time: 200 * time.Millisecond}}, Grace: 200 * time.Millisecond}, many(20, "hang-1")...)
	if err != nil {
		t.Fatal(err)
	}
	if l := lines["hang-1"]; l.Code != diag.LimitTime {
		t.Errorf("it ended with %q: %s", l.Code, l.Message)
	}
	if len(lines) != 21 {
		t.Errorf("%d of 21 assets ended", len(lines))
	}
}

// TestAStagesTimeoutIsItsOwn lets a codec hang whose stage may take less than
// the limit, and one sleep whose stage may take more.
func TestAStagesTimeoutIsItsOwn(t *testing.T) {
	short := Setup{Limits: stage.Limits{Time: time.Hour}, Timeouts: map[string]time.Duration{"decode": 200 * time.Millisecond}}
	lines, err := run(t, t.Context(), nil, Config{Setup: short, Grace: 200 * time.Millisecond}, many(3, "hang-1")...)
	if err != nil || lines["hang-1"].Code != diag.LimitTime || !strings.Contains(lines["hang-1"].Hint, `"decode"`) {
		t.Errorf("%v, %+v", err, lines["hang-1"])
	}
	long := Setup{Limits: stage.Limits{Time: time.Millisecond}, Timeouts: map[string]time.Duration{"decode": time.Hour}}
	lines, err = run(t, t.Context(), nil, Config{Setup: long}, "nap-1")
	if err != nil || lines["nap-1"].Code != "" {
		t.Errorf("%v, %+v", err, lines["nap-1"])
	}
}

func TestAChildIsReplacedByAge(t *testing.T) {
	lines, err := run(t, t.Context(), nil, Config{MaxTasks: 7}, many(50)...)
	if err != nil || len(lines) != 50 {
		t.Errorf("%d of 50 assets ended: %v", len(lines), err)
	}
}

func TestAChildThatCannotStartSaysWhy(t *testing.T) {
	_, err := run(t, t.Context(), nil, Config{Env: []string{"RUNNER_REFUSE=1"}}, "fine-1")
	if diag.From(err, "").Code != diag.NoLibvips {
		t.Errorf("got %v", err)
	}
	_, err = run(t, t.Context(), nil, Config{Env: []string{"RUNNER_DIE=1"}}, "fine-1")
	if diag.From(err, "").Code != diag.ChildStart {
		t.Errorf("got %v", err)
	}
}

// TestDrainFinishesWhatWasBegun drains a job that the child knows the end of
// already, and one of which it does not.
func TestDrainFinishesWhatWasBegun(t *testing.T) {
	for _, n := range []int{window - 1, 10 * window} {
		t.Run(fmt.Sprint(n), func(t *testing.T) { drained(t, n) })
	}
}

func drained(t *testing.T, n int) {
	drain := make(chan struct{})
	var handles []string
	for i := range n {
		handles = append(handles, fmt.Sprintf("slow-%d", i))
	}
	time.AfterFunc(300*time.Millisecond, func() { close(drain) })
	start := time.Now()
	lines, err := run(t, t.Context(), drain, Config{}, handles...)
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) == 0 || len(lines) > 200 {
		t.Errorf("%d ended, begun were some thirty", len(lines))
	}
	if took := time.Since(start); took > 4*time.Second {
		t.Errorf("it took %s", took)
	}
	for h, l := range lines {
		if l.Outcome != asset.Exported {
			t.Errorf("%s: %s %s", h, l.Code, l.Message)
		}
	}
}

func TestCancelEndsAtOnceAndClaimsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	start := time.Now()
	lines, err := run(t, ctx, nil, Config{}, append(many(50), "hang-1", "hang-2", "hang-3")...)
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
	for h, l := range lines {
		if l.Outcome != asset.Exported {
			t.Errorf("%s: %s %s", h, l.Code, l.Message)
		}
	}
}
