package runner

import (
	"errors"
	"os"
	"testing"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/report"
)

// fencedRun runs assets with a fence and counts their outcomes and its questions.
func fencedRun(t *testing.T, alone bool, n int, fence func(asked int) error) (ends map[asset.Outcome]int, codes map[diag.Code]int, asked int) {
	t.Helper()
	cfg := Config{Command: []string{os.Args[0]}, Env: []string{"RUNNER_CHILD=" + t.TempDir()}, Alone: alone}
	cfg.Setup = Setup{Plan: testPlan, Catalog: []byte("{}"), Workers: 2, Budget: 100}
	ends, codes = map[asset.Outcome]int{}, map[diag.Code]int{}
	begun, done := 0, 0
	source := tasks(many(n))
	err := Run(t.Context(), nil, cfg, func() (Task, bool, error) {
		task, ok, err := source()
		if ok {
			begun++
		}
		if alone && begun-done > 1 {
			t.Errorf("%d assets at once", begun-done)
		}
		return task, ok, err
	}, Events{
		Branch: func(report.BranchLine) error { return nil },
		Done: func(l report.AssetLine) error {
			done++
			ends[l.Outcome]++
			codes[l.Code]++
			return nil
		},
		Fence: func() error { asked++; return fence(asked) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return ends, codes, asked
}

func TestAChildAsksBeforeItDelivers(t *testing.T) {
	ends, _, asked := fencedRun(t, false, 50, func(int) error { return nil })
	if ends[asset.Exported] != 50 || asked != 50 {
		t.Errorf("%v, asked %d times", ends, asked)
	}
}

func TestWhatTheFenceRefusesIsNotDelivered(t *testing.T) {
	ends, codes, _ := fencedRun(t, false, 50, func(asked int) error {
		if asked > 10 {
			return errors.New("somebody else has it")
		}
		return nil
	})
	if ends[asset.Exported] != 10 || codes[diag.Stopped] != 40 {
		t.Errorf("%v %v", ends, codes)
	}
}

func TestAloneIsOneAssetAtATime(t *testing.T) {
	if ends, _, _ := fencedRun(t, true, 20, func(int) error { return nil }); ends[asset.Exported] != 20 {
		t.Errorf("%v", ends)
	}
}
