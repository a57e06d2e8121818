package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"os"

	"github.com/exportd/exportd/engine/diag"
)

// Lines walks the lines of a journal as they were written, without opening it
// for a run: it changes nothing, and the journal of a run that goes on may be
// read. A torn last line is left out. Anything else that is no line of a journal
// is E-STATE with its place.
func Lines(path string) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		f, err := os.Open(path)
		if err != nil {
			yield(nil, state(path, "read", err))
			return
		}
		defer f.Close()
		r := bufio.NewReaderSize(f, 256<<10)
		for number := 1; ; number++ {
			text, err := readLine(r)
			if torn(text, err) {
				return
			}
			var l Line
			if err == nil {
				l, err = parseLine(text)
			}
			if err != nil {
				d := diag.New(diag.StateRead, "this is no line of a journal: %w", err)
				yield(nil, d.At(diag.Place{File: path, Line: number, Column: 1}).WithHint("name a journal.ndjson, or the output folder of a run"))
				return
			}
			if !yield(l, nil) {
				return
			}
		}
	}
}

// Marshal gives a line as it stands in a journal, with its end.
func Marshal(l Line) ([]byte, error) {
	var b bytes.Buffer
	err := encode(&b, l)
	return b.Bytes(), err
}

// ParseLine reads a line that [Marshal] gave.
func ParseLine(text []byte) (Line, error) { return parseLine(text) }

func parseLine(text []byte) (Line, error) {
	var e entry
	if err := json.Unmarshal(text, &e); err != nil {
		return nil, err
	}
	switch e.Line {
	case branchEnd:
		var l BranchLine
		err := json.Unmarshal(text, &l)
		return l, err
	case assetEnd:
		var l AssetLine
		err := json.Unmarshal(text, &l)
		return l, err
	}
	return nil, errors.New("its line is neither branch nor asset")
}
