package export

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/job"
	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/stages/resolve"
)

// resolveBatch is how many handles a catalog is asked for at once.
const resolveBatch = 256

// maxEntry bounds a line of assets.ndjson, in bytes.
const maxEntry = 4 << 20

// resolving is a catalog and who asks it.
type resolving struct {
	resolve.Catalog
	caller resolve.Caller
}

// planAssets resolves every handle of the job in order and writes assets.ndjson.
// It gives the number of assets.
func planAssets(ctx context.Context, s *state, j *job.Job, catalog resolving, planner *planning.Planner) (total int, err error) {
	tmp := s.path(assetsFile + ".tmp")
	f, err := os.Create(tmp)
	if err != nil {
		return 0, environment(err, "write the planned assets")
	}
	planner.FindWith(resolve.Find(ctx, catalog.Catalog, catalog.caller))
	w := &assetWriter{out: bufio.NewWriterSize(f, 256<<10), catalog: catalog, planner: planner}
	err = j.EachHandle(func(seq int, h asset.Handle) error {
		w.batch = append(w.batch, h)
		if len(w.batch) < resolveBatch {
			return nil
		}
		return w.flush(ctx)
	})
	if err == nil {
		err = w.flush(ctx)
	}
	if err != nil {
		return 0, errors.Join(err, f.Close())
	}
	if err := errors.Join(w.out.Flush(), f.Sync(), f.Close()); err != nil {
		return 0, environment(err, "write the planned assets")
	}
	if err := os.Rename(tmp, s.path(assetsFile)); err != nil {
		return 0, environment(err, "write the planned assets")
	}
	return w.seq, nil
}

type assetWriter struct {
	out     *bufio.Writer
	catalog resolving
	planner *planning.Planner
	batch   []asset.Handle
	seq     int
}

// flush resolves and plans the handles gathered so far.
func (w *assetWriter) flush(ctx context.Context) error {
	if len(w.batch) == 0 {
		return nil
	}
	answers, err := w.catalog.Resolve(ctx, w.catalog.caller, w.batch)
	if err != nil {
		return err
	}
	for i, a := range answers {
		line, err := json.Marshal(w.planner.Plan(w.seq, w.batch[i], a.Asset, a.Err))
		if err != nil {
			return fmt.Errorf("write entry %d: %w", w.seq, err)
		}
		if _, err := w.out.Write(append(line, '\n')); err != nil {
			return environment(err, "write the planned assets")
		}
		w.seq++
	}
	w.batch = w.batch[:0]
	return nil
}

// entries reads assets.ndjson one line at a time.
type entries struct {
	file  *os.File
	lines *bufio.Scanner
}

func openEntries(s *state) (*entries, error) {
	f, err := os.Open(s.path(assetsFile))
	if err != nil {
		return nil, environment(err, "read the planned assets")
	}
	e := &entries{file: f, lines: bufio.NewScanner(f)}
	e.lines.Buffer(make([]byte, 64<<10), maxEntry)
	return e, nil
}

// next gives the next entry, io.EOF at the end.
func (e *entries) next() (planning.Entry, error) {
	var entry planning.Entry
	if !e.lines.Scan() {
		if err := e.lines.Err(); err != nil {
			return entry, environment(err, "read the planned assets")
		}
		return entry, io.EOF
	}
	if err := json.Unmarshal(e.lines.Bytes(), &entry); err != nil {
		return entry, environment(err, "read the planned assets")
	}
	return entry, nil
}

func (e *entries) close() { _ = e.file.Close() }
