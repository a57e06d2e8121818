package unit

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/exportd/exportd/cmd/exportd/internal/export"
	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/engine/report"
)

// MaxAssets is how many assets a unit may have.
const MaxAssets = 256

// ID names a unit of a job by what it covers: the assets from First up to but not
// Next, in a round of the job; a retry is another round.
type ID struct{ Round, First, Next int }

// String gives round-first-next.
func (id ID) String() string { return fmt.Sprintf("%d-%d-%d", id.Round, id.First, id.Next) }

// ParseID reads what String gave.
func ParseID(text string) (id ID, err error) {
	var end string
	if n, _ := fmt.Sscanf(text+" .", "%d-%d-%d %s", &id.Round, &id.First, &id.Next, &end); n != 4 || id.String() != text {
		return ID{}, fmt.Errorf("%q names no unit", text)
	}
	return id, nil
}

// part is one line of a unit.
type part struct {
	Entry  planning.Entry    `json:"entry"`
	Before []json.RawMessage `json:"before,omitempty"`
}

// EncodePart gives the line of one asset, with its end.
func EncodePart(p export.Part) ([]byte, error) {
	line := part{Entry: p.Entry}
	for _, l := range p.Before {
		text, err := report.Marshal(l)
		if err != nil {
			return nil, err
		}
		line.Before = append(line.Before, bytes.TrimSpace(text))
	}
	text, err := json.Marshal(line)
	return append(text, '\n'), err
}

// Decode reads the lines of a unit.
func Decode(data []byte) ([]export.Part, error) {
	var all []export.Part
	for text := range bytes.Lines(data) {
		var line part
		if err := json.Unmarshal(text, &line); err != nil {
			return nil, fmt.Errorf("read a unit: %w", err)
		}
		p := export.Part{Entry: line.Entry}
		for _, b := range line.Before {
			l, err := report.ParseLine(b)
			if err != nil {
				return nil, fmt.Errorf("read a unit: %w", err)
			}
			p.Before = append(p.Before, l)
		}
		all = append(all, p)
	}
	return all, nil
}
