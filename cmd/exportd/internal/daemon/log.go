package daemon

import (
	"encoding/json"
	"os"
	"sync"
	"time"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/report"
)

// Entry is a line of a job's log.
type Entry struct {
	Time time.Time `json:"time"`
	// Kind is state, asset, trouble or note.
	Kind    string        `json:"kind"`
	State   State         `json:"state,omitempty"`
	Handle  asset.Handle  `json:"handle,omitempty"`
	Outcome asset.Outcome `json:"outcome,omitempty"`
	Code    diag.Code     `json:"code,omitempty"`
	Message string        `json:"message,omitempty"`
	Hint    string        `json:"hint,omitempty"`
}

// maxExported is how many exported assets a log names; failures and skips are
// always there.
const maxExported = 100_000

// jobLog is the log of a job on its way: a file that only grows. It tells those
// who follow it that there is more.
type jobLog struct {
	mu       sync.Mutex
	file     *os.File
	exported int
	more     func()
}

// openLog opens the log of a job; more is called after every line.
func openLog(path string, more func()) (*jobLog, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, stateError("open a job's log", err)
	}
	return &jobLog{file: f, more: more}, nil
}

// add appends lines with one write. A log is no proof of anything: what cannot be
// written is left out.
func (l *jobLog) add(entries ...Entry) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var text []byte
	now := time.Now().UTC()
	for _, e := range entries {
		if e.Outcome == asset.Exported {
			if l.exported++; l.exported > maxExported {
				continue
			}
		}
		e.Time = now
		line, err := json.Marshal(e)
		if err != nil {
			continue
		}
		text = append(append(text, line...), '\n')
	}
	if _, err := l.file.Write(text); err == nil {
		l.more()
	}
}

func (l *jobLog) close() { _ = l.file.Close() }

// assetEntry makes the log's line of an asset that has ended.
func assetEntry(a report.AssetLine) Entry {
	return Entry{Kind: "asset", Handle: a.Handle, Outcome: a.Outcome, Code: a.Code, Message: a.Message, Hint: a.Hint}
}
