package front

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/exportd/exportd/engine/diag"
)

// Logs is a part of a job's log. Next is where the following part begins; it is
// Offset at the end of what there is.
type Logs struct {
	Lines  []json.RawMessage `json:"lines"`
	Offset int64             `json:"offset"` // bytes
	Next   int64             `json:"next"`
}

// logBytes is how much of a log one answer holds.
const logBytes = 256 << 10

// keepAlive is how often a silent stream says that it is there.
const keepAlive = 15 * time.Second

// logs gives a part of a job's log from an offset, or streams it as server-sent
// events for who accepts those: the id of an event is the offset behind it.
func (f *Front) logs(w http.ResponseWriter, r *http.Request) {
	from := r.URL.Query().Get("offset")
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		from = last
	}
	var offset int64
	if from != "" {
		n, err := strconv.ParseInt(from, 10, 64)
		if err != nil || n < 0 {
			fail(w, diag.New(diag.Usage, "offset is %q, and must be a number of bytes", from))
			return
		}
		offset = n
	}
	if strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
		f.stream(w, r, offset)
		return
	}
	text, next, err := f.cfg.Jobs.ReadLog(r.PathValue("id"), offset, logBytes)
	if err != nil {
		fail(w, err)
		return
	}
	page := Logs{Lines: []json.RawMessage{}, Offset: offset, Next: next}
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); json.Valid(line) {
			page.Lines = append(page.Lines, line)
		}
	}
	reply(w, http.StatusOK, page)
}

// stream sends the log as it grows, and ends when the job is over.
func (f *Front) stream(w http.ResponseWriter, r *http.Request, offset int64) {
	id := r.PathValue("id")
	if _, err := f.cfg.Jobs.Job(id); err != nil {
		fail(w, err)
		return
	}
	more, done := f.cfg.Jobs.Follow(id)
	defer done()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	alive := time.NewTicker(keepAlive)
	defer alive.Stop()
	for {
		record, err := f.cfg.Jobs.Job(id) // before the log: its last lines are written first
		if err != nil {
			return
		}
		next, err := f.events(w, id, offset)
		if err != nil || out.Flush() != nil {
			return
		}
		if next > offset {
			offset = next
			continue
		}
		if record.State.Over() {
			fmt.Fprintf(w, "event: end\ndata: %q\n\n", record.State)
			_ = out.Flush()
			return
		}
		select {
		case <-more:
		case <-alive.C:
			fmt.Fprint(w, ": alive\n\n")
		case <-f.closing:
			return
		case <-r.Context().Done():
			return
		}
	}
}

// events writes what there is as events.
func (f *Front) events(w http.ResponseWriter, id string, offset int64) (int64, error) {
	text, _, err := f.cfg.Jobs.ReadLog(id, offset, logBytes)
	if err != nil {
		return offset, err
	}
	for line := range bytes.Lines(text) {
		offset += int64(len(line))
		if _, err := fmt.Fprintf(w, "id: %d\ndata: %s\n\n", offset, bytes.TrimSpace(line)); err != nil {
			return offset, err
		}
	}
	return offset, nil
}
