// Package terminal shows a run's progress to people: a bar on a terminal, plain
// lines otherwise. It writes to stderr only; stdout belongs to results.
package terminal

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/sys/unix"

	"github.com/exportd/exportd/engine/diag"
)

// Progress counts assets. It is safe for concurrent use.
type Progress struct {
	mu                           sync.Mutex
	out                          io.Writer
	total, before                int
	done, exported, failed, skip int
	started, spoken              time.Time
	bars                         *mpb.Progress
	bar                          *mpb.Bar
}

// plainEvery is how often a plain line is written.
const plainEvery = 5 * time.Second

// New shows progress over total assets, of which before were done by earlier
// runs, on w: a bar when w is a terminal.
func New(w io.Writer, total, before int) *Progress {
	p := &Progress{out: w, total: total, before: before, done: before, started: time.Now(), spoken: time.Now()}
	if !IsTerminal(w) {
		return p
	}
	p.bars = mpb.New(mpb.WithOutput(w), mpb.WithWidth(40), mpb.WithRefreshRate(150*time.Millisecond))
	p.bar = p.bars.AddBar(int64(total),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return p.counts() })),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return p.rate() })),
	)
	p.bar.SetCurrent(int64(before))
	return p
}

// Asset counts one more asset and says why it failed or was skipped.
func (p *Progress) Asset(handle string, failed, skipped bool, d *diag.Diag) {
	p.mu.Lock()
	p.done++
	switch {
	case failed:
		p.failed++
	case skipped:
		p.skip++
	default:
		p.exported++
	}
	speak := p.bar == nil && time.Since(p.spoken) >= plainEvery
	if speak {
		p.spoken = time.Now()
	}
	p.mu.Unlock()
	if d != nil && (failed || skipped) {
		verb := "failed"
		if skipped {
			verb = "skipped"
		}
		p.line(fmt.Sprintf("%s: %s %s: %s", handle, verb, d.Code, d.Message))
	}
	if speak {
		p.line(p.counts() + ", " + p.rate())
	}
	if p.bar != nil {
		p.bar.Increment()
	}
}

// line writes one line above the bar.
func (p *Progress) line(text string) {
	if p.bars != nil {
		_, _ = p.bars.Write([]byte(text + "\n"))
		return
	}
	fmt.Fprintln(p.out, text)
}

// Stop ends the bar where it stands.
func (p *Progress) Stop() {
	if p.bar == nil {
		return
	}
	if !p.bar.Completed() {
		p.bar.Abort(false)
	}
	p.bars.Wait()
}

func (p *Progress) counts() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Sprintf("%d of %d assets, %d failed, %d skipped", p.done, p.total, p.failed, p.skip)
}

// rate gives assets a second and the time left at that rate.
func (p *Progress) rate() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	seconds := time.Since(p.started).Seconds()
	here := p.done - p.before
	if here == 0 || seconds <= 0 {
		return "starting"
	}
	per := float64(here) / seconds
	left := time.Duration(float64(p.total-p.done)/per) * time.Second
	return fmt.Sprintf("%.1f/s, %s left", per, left)
}

// IsTerminal reports whether w is a terminal with room for a bar. One without a
// size, as some containers give, gets plain lines.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	return err == nil && size.Row > 0 && size.Col > 0
}
