package manifest

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/resolve"
)

// table is a file of CSV (RFC 4180) whose first record names the columns.
type table struct {
	file      string
	separator rune
	naming    *resolve.Naming
	columns   *resolve.Columns
	width     int
	handle    int // its column
}

func newCSV(file string, separator rune, naming *resolve.Naming) *table {
	return &table{file: file, separator: separator, naming: naming}
}

func (t *table) reader(r io.Reader) *csv.Reader {
	c := csv.NewReader(r)
	c.Comma, c.ReuseRecord, c.FieldsPerRecord = t.separator, true, t.width
	return c
}

func (t *table) scan(r io.Reader, f func([]byte, int64)) error {
	buf := bufio.NewReaderSize(r, 64<<10)
	start := int64(0)
	if head, err := buf.Peek(len(bom)); err == nil && bytes.Equal(head, bom) {
		_, _ = buf.Discard(len(bom)) // it was peeked at
		start = int64(len(bom))
	}
	c := t.reader(buf)
	names, err := c.Read()
	if errors.Is(err, io.EOF) {
		return diag.New(diag.CatalogColumn, "the catalog's manifest %s is empty", t.file).WithHint("its first line names the columns: handle,file")
	}
	if err != nil {
		return t.failed(err)
	}
	if err := t.head(append([]string(nil), names...)); err != nil {
		return err
	}
	for {
		offset := start + c.InputOffset()
		record, err := c.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return t.failed(err)
		}
		if record[t.handle] == "" {
			line, column := c.FieldPos(t.handle)
			return diag.New(diag.CatalogColumn, "the catalog's manifest has a record without a handle").
				At(diag.Place{File: t.file, Line: line, Column: column})
		}
		f([]byte(record[t.handle]), offset)
	}
}

// head takes the names of the columns.
func (t *table) head(names []string) (err error) {
	t.width = len(names)
	if t.columns, err = t.naming.Columns(names); err != nil {
		d := diag.From(err, diag.CatalogColumn)
		return diag.New(d.Code, "%s", d.Message).At(diag.Place{File: t.file, Line: 1, Column: 1}).WithHint("%s", d.Mend())
	}
	for i, name := range names {
		if t.naming.Is(name, "handle") {
			t.handle = i
		}
	}
	return nil
}

func (t *table) failed(err error) error {
	d := diag.New(diag.CatalogRoot, "the catalog's manifest: %w", err).WithHint("mend the line; catalog.separator says what stands between the columns")
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		d = diag.New(diag.CatalogRoot, "the catalog's manifest: %w", parse.Err).WithHint("mend the line; catalog.separator says what stands between the columns").
			At(diag.Place{File: t.file, Line: parse.Line, Column: max(1, parse.Column)})
	}
	return d
}

func (t *table) read(r io.Reader) (resolve.Row, error) {
	record, err := t.reader(r).Read()
	if err != nil {
		return resolve.Row{}, err
	}
	values := make([]any, len(record))
	for i, v := range record {
		values[i] = v
	}
	return t.columns.Row(values), nil
}
