package export

import (
	"errors"
	"io"
	"io/fs"
	"iter"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/report"
)

// Row is one asset of a finished run, for a table.
type Row struct {
	Handle    asset.Handle
	Line      report.AssetLine
	Before    int64 // bytes of the source; 0 when it did not resolve
	Delivered []asset.Delivered
}

// Rows walks the assets that have ended, in job order.
func (r *Result) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		planned, err := openEntries(r.state)
		if errors.Is(err, fs.ErrNotExist) {
			return // stopped before anything was planned
		}
		if err != nil {
			yield(Row{}, err)
			return
		}
		defer planned.close()
		for line, err := range r.Journal.Assets() {
			row := Row{Handle: line.Handle, Line: line}
			if err == nil {
				err = r.fill(&row, planned)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// fill adds what the plan and the branches know.
func (r *Result) fill(row *Row, planned *entries) error {
	for {
		entry, err := planned.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if entry.Seq < row.Line.Seq {
			continue
		}
		if entry.Asset != nil {
			row.Before = entry.Asset.Size
		}
		break
	}
	branches, err := r.Journal.Branches(row.Line.Seq)
	for _, b := range branches {
		if b.Outcome == report.Exported && b.Delivered != nil {
			row.Delivered = append(row.Delivered, *b.Delivered)
		}
	}
	return err
}
