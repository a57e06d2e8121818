package manifest

import (
	"cmp"
	"context"
	"errors"
	"hash/maphash"
	"io"
	"io/fs"
	"os"
	"slices"
	"sort"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/resolve"
)

// maxRecord bounds one record, in bytes.
const maxRecord = 1 << 20

// Config describes a manifest.
type Config struct {
	File string
	// Separator stands between the columns of a CSV file; 0 is a file of JSON lines.
	Separator rune
	// Columns are the fields by the file's names for them; see [resolve.NewNaming].
	Columns map[string]string
}

// Manifest is an open manifest.
type Manifest struct {
	file   *os.File
	info   fs.FileInfo // when it was indexed
	format format
	seed   maphash.Seed
	index  []place // by hash
}

var _ resolve.Records = (*Manifest)(nil)

// place is where a record is.
type place struct {
	hash   uint64 // of its handle
	offset int64
}

// format reads records of one form.
type format interface {
	// scan calls f with every record's handle and where it begins.
	scan(r io.Reader, f func(handle []byte, offset int64)) error
	// read reads the record that begins where r does.
	read(r io.Reader) (resolve.Row, error)
}

// New opens and indexes a manifest.
func New(cfg Config) (*Manifest, error) {
	naming, err := resolve.NewNaming(cfg.Columns)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(cfg.File)
	if err != nil {
		return nil, diag.New(diag.CatalogRoot, "the catalog's manifest cannot be opened: %w", err).
			WithHint("check catalog.file in the configuration")
	}
	m := &Manifest{file: file, seed: maphash.MakeSeed()}
	if cfg.Separator == 0 {
		m.format = newJSONL(cfg.File, naming)
	} else {
		m.format = newCSV(cfg.File, cfg.Separator, naming)
	}
	if err := m.build(); err != nil {
		file.Close()
		return nil, err
	}
	return m, nil
}

func (m *Manifest) build() (err error) {
	if m.info, err = m.file.Stat(); err != nil {
		return diag.New(diag.CatalogRoot, "the catalog's manifest: %w", err)
	}
	err = m.format.scan(m.file, func(handle []byte, offset int64) {
		m.index = append(m.index, place{maphash.Bytes(m.seed, handle), offset})
	})
	if err != nil {
		return diag.From(err, diag.CatalogRoot)
	}
	m.index = slices.Clip(m.index)
	slices.SortFunc(m.index, func(a, b place) int { return cmp.Compare(a.hash, b.hash) })
	return nil
}

// Len is the number of records.
func (m *Manifest) Len() int { return len(m.index) }

// Check has nothing to ask: the whole file has been read.
func (m *Manifest) Check(ctx context.Context) error { return ctx.Err() }

// Close lets the file go.
func (m *Manifest) Close() error { return m.file.Close() }

// Lookup reads the records of the handles.
func (m *Manifest) Lookup(ctx context.Context, handles []asset.Handle) ([]resolve.Row, error) {
	if err := m.unchanged(); err != nil {
		return nil, err
	}
	rows := make([]resolve.Row, 0, len(handles))
	for _, h := range handles {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		hash := maphash.String(m.seed, string(h))
		at := sort.Search(len(m.index), func(i int) bool { return m.index[i].hash >= hash })
		for ; at < len(m.index) && m.index[at].hash == hash; at++ {
			row, err := m.format.read(io.NewSectionReader(m.file, m.index[at].offset, maxRecord+1))
			if err != nil {
				return nil, errors.Join(m.unchanged(), diag.New(diag.CatalogRoot, "read the catalog's manifest: %w", err))
			}
			if row.Handle == h { // and not another one with the same hash
				rows = append(rows, row)
			}
		}
	}
	return rows, nil
}

// unchanged makes sure that records still begin where they did.
func (m *Manifest) unchanged() error {
	now, err := m.file.Stat()
	if err == nil && now.Size() == m.info.Size() && now.ModTime().Equal(m.info.ModTime()) {
		return nil
	}
	return diag.New(diag.CatalogRoot, "the catalog's manifest %s was changed while it was in use", m.file.Name()).
		WithHint("replace the file by renaming a new one over it, and run the command again")
}
