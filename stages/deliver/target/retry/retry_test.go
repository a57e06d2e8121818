package retry

import (
	"context"
	"testing"
	"time"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/deliver/target"
)

// moody fails so many times.
type moody struct {
	target.Target
	fails, calls int
	worth        bool
}

func (m *moody) call() error {
	m.calls++
	if m.calls <= m.fails {
		return diag.New(diag.Target, "busy").Again(m.worth)
	}
	return nil
}

func (m *moody) Finish(context.Context, target.Manifest) error    { return m.call() }
func (m *moody) Published(context.Context) (string, error)        { return "sum", m.call() }
func (m *moody) Holds(context.Context, target.File) (bool, error) { return true, m.call() }

func TestWhatMayPassIsTriedAgain(t *testing.T) {
	for _, c := range []struct {
		behaviour    string
		fails, calls int
		worth, fine  bool
	}{
		{"at once", 0, 1, true, true}, {"the second time", 1, 2, true, true}, {"the last time", Attempts - 1, Attempts, true, true},
		{"never", 100, Attempts, true, false}, {"for good", 1, 1, false, false},
	} {
		for name, call := range map[string]func(target.Target) error{
			"finish": func(t target.Target) error { return t.Finish(context.Background(), target.Manifest{}) },
			"published": func(t target.Target) error {
				_, err := t.(target.Inspector).Published(context.Background())
				return err
			},
			"holds": func(t target.Target) error {
				_, err := t.(target.Inspector).Holds(context.Background(), target.File{})
				return err
			},
		} {
			m := &moody{fails: c.fails, worth: c.worth}
			patient := New(m).(*inspected)
			var waited []time.Duration
			patient.wait = func(_ context.Context, d time.Duration) error { waited = append(waited, d); return nil }
			if err := call(patient); (err == nil) != c.fine || m.calls != c.calls {
				t.Errorf("%s, %s: %d calls, %v", c.behaviour, name, m.calls, err)
			}
			for i, d := range waited {
				if d != base<<i {
					t.Errorf("%s: the wait %d is %v", c.behaviour, i, d)
				}
			}
		}
	}
}

func TestTheEndOfTheRunEndsAWait(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m := &moody{fails: 100, worth: true}
	if err := New(m).Finish(ctx, target.Manifest{}); err == nil || m.calls != 1 {
		t.Errorf("%d calls, %v", m.calls, err)
	}
}

func TestATargetThatCannotBeAskedStaysSo(t *testing.T) {
	if _, ok := New(struct{ target.Target }{}).(target.Inspector); ok {
		t.Error("it can be asked now")
	}
}
