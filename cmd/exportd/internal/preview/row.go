package preview

import (
	"slices"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/engine/stage"
)

// Row is the fate of one asset.
type Row struct {
	Handle  asset.Handle  `json:"handle"`
	Outcome asset.Outcome `json:"outcome"` // what a run would end with
	Code    diag.Code     `json:"code,omitempty"`
	Message string        `json:"message,omitempty"`
	Hint    string        `json:"hint,omitempty"`
	Source  *stage.Source `json:"source,omitempty"` // nil where no picture was opened
	Files   []File        `json:"files"`            // those that would be delivered
	Notes   diag.List     `json:"notes,omitempty"`
	// Geometry is the way to each rendition, by the transform's name.
	Geometry map[string]modifier.Geometry `json:"-"`

	seq   int
	files []planning.File
	ended bool
}

// File is one file that would be delivered.
type File struct {
	Stage     string `json:"stage"`
	Rendition string `json:"rendition,omitempty"`
	Name      string `json:"name"`
	Wanted    string `json:"wanted,omitempty"` // the name that another file has already
	Format    string `json:"format,omitempty"`
	Width     int    `json:"width,omitempty"`  // pixels; 0 for originals
	Height    int    `json:"height,omitempty"` // pixels
	Bytes     int64  `json:"bytes,omitempty"`  // of originals; nobody knows that of a picture before it is made
	// Colour is the colour ledger of a picture.
	Colour *asset.Colour `json:"colour,omitempty"`
}

// Totals add the rows up.
type Totals struct {
	Counts report.Totals `json:"counts"`
	Files  int           `json:"files"`
	Pixels int64         `json:"pixels"` // of all replies
	// Largest is the most that the pixels of one asset can hold, Memory the most
	// that those of all workers can at once; in bytes, see stage.Source.
	Largest int64 `json:"largest"`
	Memory  int64 `json:"memory"`

	most []int64 // of the costliest assets, one for each worker
}

// rows puts what becomes of assets into job order. It is used by one goroutine.
type rows struct {
	each    func(Row) error
	totals  Totals
	workers int
	pending []*Row // in job order; the first is the next to be handed on
}

func newRows(workers int, each func(Row) error) *rows { return &rows{each: each, workers: workers} }

func (r *rows) begin(e planning.Entry) {
	r.pending = append(r.pending, &Row{Handle: e.Handle, Files: []File{}, seq: e.Seq, files: e.Files})
}

// find gives the row of an asset that has begun, nil when there is none.
func (r *rows) find(seq int) *Row {
	i, ok := slices.BinarySearchFunc(r.pending, seq, func(p *Row, seq int) int { return p.seq - seq })
	if !ok {
		return nil
	}
	return r.pending[i]
}

func (r *rows) probe(p stage.Probe) {
	row := r.find(p.Seq)
	switch {
	case row == nil:
	case p.Source != nil:
		row.Source = p.Source
	case p.Geometry != nil:
		if row.Geometry == nil {
			row.Geometry = map[string]modifier.Geometry{}
		}
		row.Geometry[p.Stage] = *p.Geometry
	}
}

func (r *rows) branch(b report.BranchLine) error {
	row := r.find(b.Seq)
	if row == nil {
		return errOrder
	}
	if d := b.Delivered; d != nil && b.Outcome == report.Exported {
		row.Files = append(row.Files, File{
			Stage: d.Stage, Rendition: d.Rendition, Name: d.Name, Wanted: row.wanted(d), Format: d.Format,
			Width: d.Width, Height: d.Height, Bytes: d.Bytes, Colour: d.Colour,
		})
	}
	return nil
}

// wanted is the name that the pipeline gives a file that was renamed.
func (row *Row) wanted(d *asset.Delivered) string {
	if i := row.place(d.Stage, d.Rendition); i >= 0 {
		return row.files[i].Wanted
	}
	return ""
}

// place is where planning lists a file.
func (row *Row) place(stageName, rendition string) int {
	return slices.IndexFunc(row.files, func(f planning.File) bool { return f.Stage == stageName && f.Rendition == rendition })
}

// done ends an asset and hands on every row whose turn it is.
func (r *rows) done(a report.AssetLine) error {
	row := r.find(a.Seq)
	if row == nil {
		return errOrder
	}
	row.ended, row.Outcome, row.Notes = true, a.Outcome, a.Notes
	row.Code, row.Message, row.Hint = a.Code, a.Message, a.Hint
	slices.SortFunc(row.Files, func(a, b File) int {
		return row.place(a.Stage, a.Rendition) - row.place(b.Stage, b.Rendition)
	})
	r.totals.add(row, r.workers)
	for len(r.pending) > 0 && r.pending[0].ended {
		next := r.pending[0]
		r.pending = r.pending[1:]
		if err := r.each(*next); err != nil {
			return err
		}
	}
	return nil
}

func (t *Totals) add(row *Row, workers int) {
	t.Counts.Add(row.Outcome)
	t.Files += len(row.Files)
	for _, f := range row.Files {
		t.Pixels += int64(f.Width) * int64(f.Height)
	}
	if row.Source == nil {
		return
	}
	t.most = append(t.most, row.Source.Memory)
	slices.Sort(t.most)
	if len(t.most) > workers {
		t.most = t.most[1:]
	}
	t.Largest, t.Memory = t.most[len(t.most)-1], 0
	for _, m := range t.most {
		t.Memory += m
	}
}
