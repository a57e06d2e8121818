package limit

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/exportd/exportd/stages/deliver/target"
)

// counter is a target that only counts.
type counter struct {
	target.Target
	files int
}

func (c *counter) Prepare(context.Context, target.File) error { c.files++; return nil }

// known is one that can be asked.
type known struct{ counter }

func (*known) Published(context.Context) (string, error)        { return "sum", nil }
func (*known) Holds(context.Context, target.File) (bool, error) { return true, nil }

func TestNoMoreThanTheRateGetsThrough(t *testing.T) {
	c := &counter{}
	slow := New(c, 0.001) // the second file's turn is in a quarter of an hour
	if err := slow.Prepare(context.Background(), target.File{}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := slow.Prepare(ctx, target.File{}); err == nil || c.files != 1 {
		t.Errorf("%d files got through, %v", c.files, err)
	}
	fast := New(c, 1e6)
	for range 100 {
		if err := fast.Prepare(context.Background(), target.File{}); err != nil {
			t.Fatal(err)
		}
	}
	if c.files != 101 {
		t.Errorf("%d files got through", c.files)
	}
}

func TestAWaitEndsWithTheRun(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := New(&counter{}, 1).Prepare(ctx, target.File{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestWhatCanBeAskedStaysSo(t *testing.T) {
	if _, ok := New(&counter{}, 1).(target.Inspector); ok {
		t.Error("a target that cannot be asked can be asked now")
	}
	in, ok := New(&known{}, 1).(target.Inspector)
	if !ok {
		t.Fatal("the target cannot be asked any more")
	}
	if sum, err := in.Published(context.Background()); sum != "sum" || err != nil {
		t.Errorf("%q, %v", sum, err)
	}
}
