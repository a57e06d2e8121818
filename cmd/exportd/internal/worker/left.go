package worker

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/exportd/exportd/cmd/exportd/internal/export"
	"github.com/exportd/exportd/cmd/exportd/internal/queue"
	"github.com/exportd/exportd/cmd/exportd/internal/unit"
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/report"
)

// maxDeaths is how many workers may die while an asset is known to be in flight,
// and maxBlank how many in a row without anybody knowing why; of deaths of the
// whole daemon there may be more.
const (
	maxDeaths = 3
	maxBlank  = 12
)

// left lists the assets of the unit that have no outcome yet, with what is known
// of them. Those that have killed too many workers get theirs here.
func (a *attempt) left(ctx context.Context) ([]export.Part, error) {
	parts, err := unit.Decode(a.claim.Data)
	if err != nil {
		return nil, err
	}
	bySeq := map[int]int{}
	for i, p := range parts {
		bySeq[p.Entry.Seq] = i
	}
	ended := map[int]bool{}
	for _, data := range a.claim.Pages {
		p, err := unit.DecodePage(data)
		if err != nil {
			return nil, err
		}
		for _, l := range p.Lines {
			switch l := l.(type) {
			case report.AssetLine:
				ended[l.Seq] = true
			case report.BranchLine:
				if i, ok := bySeq[l.Seq]; ok {
					parts[i].Before = append(parts[i].Before, l)
				}
			}
		}
	}
	parts = slices.DeleteFunc(parts, func(p export.Part) bool { return ended[p.Entry.Seq] })
	guilty := func(p export.Part) bool {
		return a.claim.Toll >= maxBlank*queue.WorkerDied || a.claim.Suspects[p.Entry.Seq] >= maxDeaths*queue.WorkerDied
	}
	// Suspects come last: whoever dies for another reason then dies elsewhere.
	slices.SortStableFunc(parts, func(x, y export.Part) int {
		return a.claim.Suspects[x.Entry.Seq] - a.claim.Suspects[y.Entry.Seq]
	})
	if !slices.ContainsFunc(parts, guilty) {
		return parts, nil
	}
	return a.condemn(ctx, parts, guilty)
}

// Dead is what the dead letter says of a unit that killed its workers.
type Dead struct {
	Job    string         `json:"job"`
	Unit   string         `json:"unit"`
	Assets []asset.Handle `json:"assets"` // in flight when they died
}

// condemn fails what has killed too many workers: all that is left when nobody
// came so far as to say what that was.
func (a *attempt) condemn(ctx context.Context, parts []export.Part, guilty func(export.Part) bool) ([]export.Part, error) {
	dead := Dead{Job: a.claim.Job, Unit: a.claim.Unit}
	var left []export.Part
	for _, p := range parts {
		if !guilty(p) {
			left = append(left, p)
			continue
		}
		dead.Assets = append(dead.Assets, p.Entry.Handle)
		d := diag.New(diag.WorkerCrash, "at least %d workers died while it was being exported", maxDeaths)
		if err := a.keep(report.AssetLine{Seq: p.Entry.Seq, Handle: p.Entry.Handle, Outcome: report.Failed, Code: d.Code, Message: d.Message, Hint: d.Mend()}); err != nil {
			return nil, err
		}
	}
	text, err := json.Marshal(dead)
	if err != nil {
		return nil, err
	}
	if err := a.Queue.Bury(ctx, a.claim.Job, a.claim.Unit, text); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return left, a.flush(ctx)
}
