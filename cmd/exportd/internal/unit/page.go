package unit

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/report"
)

// Page is a report on some assets of a unit.
type Page struct {
	Lines []report.Line
	// Trouble is why the worker has stopped: it is not an asset's fault. Later
	// pages tell that it is over.
	Trouble *diag.Diag
	// FailJob is set when an asset failed whose stage ends the job.
	FailJob bool
	// Seconds are those that the lines' assets have spent in stages.
	Seconds float64
}

// Add encodes a line at the end of a page.
func Add(page []byte, l report.Line) ([]byte, error) {
	text, err := report.Marshal(l)
	return append(page, text...), err
}

// note is a line of a page that is none of the journal.
type note struct {
	Line    string     `json:"line"`
	Trouble *diag.Diag `json:"trouble,omitempty"`
	FailJob bool       `json:"fail_job,omitempty"`
}

const noteLine = "note"

// AddNote encodes trouble, or that the job has to end, at the end of a page.
func AddNote(page []byte, trouble *diag.Diag, failJob bool) ([]byte, error) {
	text, err := json.Marshal(note{noteLine, trouble, failJob})
	return append(append(page, text...), '\n'), err
}

// DecodePage reads a page.
func DecodePage(data []byte) (p Page, err error) {
	for text := range bytes.Lines(data) {
		var n note
		if err := json.Unmarshal(text, &n); err != nil {
			return p, fmt.Errorf("read a page: %w", err)
		}
		if n.Line == noteLine {
			p.Trouble, p.FailJob = n.Trouble, p.FailJob || n.FailJob
			continue
		}
		l, err := report.ParseLine(text)
		if err != nil {
			return p, fmt.Errorf("read a page: %w", err)
		}
		if a, ok := l.(report.AssetLine); ok {
			p.Seconds += a.Seconds
		}
		p.Lines = append(p.Lines, l)
	}
	return p, nil
}
