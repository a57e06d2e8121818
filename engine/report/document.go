package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"iter"
)

// WriteDocument writes the document of `run --json` (DESIGN 9): the summary, then
// every failure and warning of the journal in job order, and at last what ended
// the run early, if something did. A nil journal has none of them. The document
// is never in memory as a whole.
func WriteDocument(w io.Writer, s *Summary, j *Journal, ended *Issue) error {
	d := &document{out: bufio.NewWriter(w)}
	d.head(s)
	failures, warnings := none, none
	if j != nil {
		failures, warnings = j.Failures(), j.Warnings()
	}
	d.list("failures", failures)
	d.list("warnings", warnings)
	if ended != nil {
		d.text(",\n  \"error\": ")
		d.value(ended, "  ")
	}
	d.text("\n}\n")
	if d.err != nil {
		return d.err
	}
	return d.out.Flush()
}

func none(func(Issue, error) bool) {}

// document remembers the first error.
type document struct {
	out *bufio.Writer
	err error
}

// head writes the summary without its closing brace.
func (d *document) head(s *Summary) {
	var text bytes.Buffer
	whole := &document{out: bufio.NewWriter(&text)}
	whole.value(s, "")
	d.err = whole.err
	_ = whole.out.Flush() // a buffer takes everything
	d.text(string(bytes.TrimSuffix(text.Bytes(), []byte("\n}"))))
}

func (d *document) text(s string) {
	if d.err == nil {
		_, d.err = d.out.WriteString(s)
	}
}

// value writes v indented, without a line end. prefix is what its lines but the
// first begin with.
func (d *document) value(v any, prefix string) {
	if d.err != nil {
		return
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	enc.SetIndent(prefix, "  ")
	d.err = enc.Encode(v)
	d.text(string(bytes.TrimSuffix(text.Bytes(), []byte("\n"))))
}

func (d *document) list(name string, issues iter.Seq2[Issue, error]) {
	d.text(",\n  \"" + name + "\": [")
	n := 0
	for issue, err := range issues {
		if err != nil && d.err == nil {
			d.err = err
		}
		if d.err != nil {
			return
		}
		if n++; n > 1 {
			d.text(",")
		}
		d.text("\n    ")
		d.value(issue, "    ")
	}
	if n > 0 {
		d.text("\n  ")
	}
	d.text("]")
}
