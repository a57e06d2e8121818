package runner

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/report"
)

// sixStages are two that see assets, one that gives images and so tells the
// supervisor what is inside it, and two behind it.
var sixStages = strings.Replace(testPlan, `[stage.decode]
kind = "decode"
from = "resolve"
`, `[stage.first]
kind = "pass"
from = "resolve"
[stage.second]
kind = "pass"
from = "first"
[stage.decode]
kind = "decode"
from = "second"
`, 1)

// BenchmarkSixNoopStages measures what a run costs an asset beside its pixels:
// six stages that do nothing, two workers, the pipe to the child and back, and
// the journal. The goal is at most 50 µs of CPU an asset, of both processes; a
// picture takes a thousand times that.
func BenchmarkSixNoopStages(b *testing.B) {
	journal, err := report.OpenJournal(filepath.Join(b.TempDir(), "journal.ndjson"))
	if err != nil {
		b.Fatal(err)
	}
	cfg := Config{Setup: Setup{Plan: sixStages}}
	before := cpu(b)
	next := 0
	err = Run(b.Context(), nil, withChild(b, cfg), func() (Task, bool, error) {
		if next == b.N {
			return Task{}, false, nil
		}
		next++
		handle := fmt.Sprintf("fine-%d", next)
		return Task{Seq: next - 1, Asset: &asset.Asset{Handle: asset.Handle(handle), File: handle, Type: asset.TypeImage, Size: 1}}, true, nil
	}, Events{
		Branch: func(l report.BranchLine) error { return journal.Append(l) },
		Done:   func(l report.AssetLine) error { return journal.Append(l) },
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := journal.Close(); err != nil {
		b.Fatal(err)
	}
	if got := journal.Totals().Exported; got != b.N {
		b.Fatalf("%d of %d ended", got, b.N)
	}
	b.ReportMetric(float64((cpu(b)-before).Nanoseconds())/1e3/float64(b.N), "cpu-µs/asset")
}

// cpu is the time that this process and its dead children have taken.
func cpu(b *testing.B) (sum time.Duration) {
	b.Helper()
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var used syscall.Rusage
		if err := syscall.Getrusage(who, &used); err != nil {
			b.Fatal(err)
		}
		sum += time.Duration(used.Utime.Nano() + used.Stime.Nano())
	}
	return sum
}
