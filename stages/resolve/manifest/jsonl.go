package manifest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/resolve"
)

// checked is how many records are judged when a file is opened, so that a wrong
// name is found at once; the others are judged when they are asked for.
const checked = 100

// jsonl is a file of JSON objects, one a line.
type jsonl struct {
	file   string
	naming *resolve.Naming
	// probe is a struct with a field for each name that the handle may have: to
	// decode into it skips the rest of a line.
	probe reflect.Type
}

func newJSONL(file string, naming *resolve.Naming) *jsonl {
	var fields []reflect.StructField
	for i, name := range naming.Names("handle") {
		fields = append(fields, reflect.StructField{
			Name: fmt.Sprintf("Handle%d", i), Type: reflect.TypeFor[json.RawMessage](), Tag: reflect.StructTag(fmt.Sprintf("json:%q", name)),
		})
	}
	return &jsonl{file: file, naming: naming, probe: reflect.StructOf(fields)}
}

func (j *jsonl) scan(r io.Reader, f func([]byte, int64)) error {
	lines := newLines(r)
	probe := reflect.New(j.probe)
	for number := 1; ; number++ {
		line, offset, err := lines.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		at := diag.Place{File: j.file, Line: number, Column: 1}
		if err != nil {
			return diag.New(diag.CatalogRoot, "the catalog's manifest: %w", err).At(at)
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		probe.Elem().SetZero()
		if err := json.Unmarshal(line, probe.Interface()); err != nil {
			return diag.New(diag.CatalogRoot, "the catalog's manifest has a line that is no JSON object: %w", err).At(at).
				WithHint("write one object a line")
		}
		handle := j.handle(probe.Elem())
		if len(handle) == 0 {
			return diag.New(diag.CatalogColumn, "the catalog's manifest has a record without a handle").At(at).
				WithHint(`give it a "handle", or say under [catalog.columns] which name it has`)
		}
		if number <= checked {
			if d := diag.From(j.row(line).Wrong, diag.RecordInvalid); d != nil && d.Code == diag.CatalogColumn {
				return diag.New(d.Code, "%s", d.Message).At(at).WithHint("%s", d.Mend())
			}
		}
		f(handle, offset)
	}
}

// handle gives the text of the handle in a probe.
func (j *jsonl) handle(probe reflect.Value) []byte {
	for i := range probe.NumField() {
		raw := probe.Field(i).Bytes()
		if len(raw) == 0 || raw[0] == 'n' {
			continue
		}
		if raw[0] != '"' {
			return raw
		}
		if bytes.IndexByte(raw, '\\') < 0 {
			return raw[1 : len(raw)-1]
		}
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return []byte(s)
		}
	}
	return nil
}

func (j *jsonl) read(r io.Reader) (resolve.Row, error) {
	line, _, err := newLines(r).next()
	if err != nil {
		return resolve.Row{}, err
	}
	return j.row(line), nil
}

func (j *jsonl) row(line []byte) resolve.Row {
	values := map[string]any{}
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	if err := dec.Decode(&values); err != nil {
		return resolve.Row{Wrong: err}
	}
	return j.naming.Row(values)
}

// lines reads lines and knows where they begin.
type lines struct {
	buf    *bufio.Reader
	offset int64
	long   []byte
}

func newLines(r io.Reader) *lines { return &lines{buf: bufio.NewReaderSize(r, 4096)} }

var bom = []byte("\ufeff")

// next gives the next line, which is valid until the one after it.
func (l *lines) next() (line []byte, offset int64, err error) {
	offset, l.long = l.offset, l.long[:0]
	for {
		part, err := l.buf.ReadSlice('\n')
		l.offset += int64(len(part))
		if len(l.long)+len(part) > maxRecord {
			return nil, offset, fmt.Errorf("a line has more than %d bytes", maxRecord)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			l.long = append(l.long, part...)
			continue
		case err != nil && (!errors.Is(err, io.EOF) || len(l.long)+len(part) == 0):
			return nil, offset, err
		}
		if line = part; len(l.long) > 0 {
			l.long = append(l.long, part...)
			line = l.long
		}
		if offset == 0 {
			line = bytes.TrimPrefix(line, bom)
		}
		return line, offset, nil
	}
}
