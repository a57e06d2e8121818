package daemon

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/exportd/exportd/cmd/exportd/internal/export"
	"github.com/exportd/exportd/cmd/exportd/internal/queue"
	"github.com/exportd/exportd/cmd/exportd/internal/unit"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/report"
)

// part is an asset with its line of a unit.
type part struct {
	export.Part
	line []byte
}

// offer cuts the next unit and gives it out. With nothing left the grant goes
// back.
func (c *carrier) offer(ctx context.Context) error {
	id, data, err := c.cut()
	if err != nil || data == nil {
		c.exhausted = err == nil
		c.d.fair.release(c.share, 0)
		return err
	}
	if err := c.d.queue.Offer(ctx, c.id, id.String(), data); err != nil {
		c.d.fair.release(c.share, 0)
		return errors.Join(err, c.again())
	}
	c.flying[id.String()] = &flight{id: id}
	c.d.Failpoint(StepOffered)
	return nil
}

// cut gathers the next assets that have to be done, up to the bounds of a unit;
// nil when there are none.
func (c *carrier) cut() (id unit.ID, data []byte, err error) {
	r, _ := c.d.record(c.id)
	id = unit.ID{Round: r.Round, First: -1}
	most := c.d.pace.assets(r.Assets-c.home.Totals().Total, c.d.fair.free()+1, c.d.images())
	for n := 0; n < most; n++ {
		p, err := c.next(r.Round > 0)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return id, nil, err
		}
		out := c.out(p.Entry.Seq)
		if n > 0 && (out > 0 || len(data)+len(p.line) > queue.MaxUnit) {
			c.ahead = p
			break
		}
		if out > 0 { // it is on its way, and all of that unit
			if err := c.home.Skip(out); err != nil {
				return id, nil, err
			}
			n--
			continue
		}
		if id.First < 0 {
			id.First = p.Entry.Seq
		}
		id.Next = p.Entry.Seq + 1
		data = append(data, p.line...)
	}
	return id, data, nil
}

// maxPart bounds one asset of a unit, in bytes: the queue takes no more.
const maxPart = 200 << 10

// next gives the next asset that has to be done. One whose record is too large for
// any unit fails here.
func (c *carrier) next(retry bool) (*part, error) {
	if p := c.ahead; p != nil {
		c.ahead = nil
		return p, nil
	}
	for {
		p, err := c.home.Next(retry)
		if err != nil {
			return nil, err
		}
		line, err := unit.EncodePart(p)
		if err != nil {
			return nil, err
		}
		if len(line) <= maxPart {
			return &part{Part: p, line: line}, nil
		}
		d := diag.New(diag.RecordSize, "what is known of it has %d bytes, allowed are %d", len(line), maxPart)
		end := report.AssetLine{Seq: p.Entry.Seq, Handle: p.Entry.Handle, Outcome: report.Failed, Code: d.Code, Message: d.Message, Hint: d.Mend()}
		if err := c.home.Keep(end); err != nil {
			return nil, err
		}
		c.log.add(assetEntry(end))
	}
}

// out gives the end of the unit that has an asset and is out, 0 for none.
func (c *carrier) out(seq int) int {
	for _, f := range c.flying {
		if seq >= f.id.First && seq < f.id.Next {
			return f.id.Next
		}
	}
	return 0
}

// pace knows how long assets take, so that a unit takes about as long as others
// can wait for a worker.
type pace struct {
	mu      sync.Mutex
	seconds float64 // of one asset
}

// The aims of a unit.
const (
	unitTime   = 10 * time.Second
	firstGuess = 0.25 // seconds of an asset before any has ended
	minAssets  = 4
)

// add takes up how long some assets took.
func (p *pace) add(seconds float64, assets int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.seconds == 0 {
		p.seconds = firstGuess
	}
	weight := min(float64(assets)/64, 1)
	p.seconds += weight * (seconds/float64(assets) - p.seconds)
}

// assets says how many assets the next unit may have, when so many are left, for
// so many workers that wait, each with so many images at once.
func (p *pace) assets(left, waiting, images int) int {
	p.mu.Lock()
	each := p.seconds
	p.mu.Unlock()
	if each == 0 {
		each = firstGuess
	}
	n := unit.MaxAssets
	if aim := unitTime.Seconds() * float64(images) / max(each, 1e-4); aim < float64(n) {
		n = int(aim)
	}
	if share := (left + waiting - 1) / max(waiting, 1); share < n {
		n = share
	}
	return min(max(n, minAssets), unit.MaxAssets)
}
