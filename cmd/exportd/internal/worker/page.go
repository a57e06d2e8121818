package worker

import (
	"context"
	"time"

	"github.com/exportd/exportd/cmd/exportd/internal/queue"
	"github.com/exportd/exportd/cmd/exportd/internal/unit"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/report"
)

// A page is reported after so many assets, and when it is so old.
const (
	pageAssets = 16
	pageDelay  = time.Second
)

// page gathers what is to be reported.
type page struct {
	text    []byte
	assets  int
	trouble *diag.Diag
	failJob bool
}

// take gives the page and begins a new one.
func (p *page) take() ([]byte, error) {
	text := p.text
	var err error
	if p.trouble != nil || p.failJob {
		text, err = unit.AddNote(text, p.trouble, p.failJob)
	}
	*p = page{}
	return text, err
}

// keep hears what became of an asset or a branch of it.
func (a *attempt) keep(l report.Line) error {
	text, err := report.Marshal(short(l))
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.page.text)+len(text) > queue.MaxPage {
		if err := a.flush(context.Background()); err != nil {
			return err
		}
	}
	a.page.text = append(a.page.text, text...)
	if _, ok := l.(report.AssetLine); ok {
		a.page.assets++
	}
	if a.page.assets >= pageAssets || a.claim.Toll > 0 && a.page.assets > 0 {
		return a.flush(context.Background())
	}
	return nil
}

// maxLine is how long a line may be, in bytes; a longer one loses its notes,
// which are the only part without a bound of its own.
const maxLine = queue.MaxPage / 2

func short(l report.Line) report.Line {
	text, err := report.Marshal(l)
	if err != nil || len(text) <= maxLine {
		return l
	}
	switch l := l.(type) {
	case report.BranchLine:
		l.Notes = nil
		return l
	case report.AssetLine:
		l.Notes = nil
		return l
	}
	return l
}

// flush reports what was gathered. The lock is held.
func (a *attempt) flush(ctx context.Context) error {
	if len(a.page.text) == 0 && a.page.trouble == nil {
		return nil
	}
	data, err := a.page.take()
	if err != nil {
		return err
	}
	a.Failpoint(StepPage)
	if err := a.claim.Page(ctx, data); err != nil {
		return err
	}
	a.Failpoint(StepPaged)
	return nil
}
