package report

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// Entry is one line of a manifest: a delivered file.
type Entry struct {
	Handle       asset.Handle `json:"handle"`
	Rendition    string       `json:"rendition"`
	Name         string       `json:"name"` // slash-separated, below the target's root
	Bytes        int64        `json:"bytes"`
	SHA256       string       `json:"sha256"`
	SourceSHA256 string       `json:"source_sha256"`
}

// WriteManifest writes the manifest of one target: a line for every file that
// one of the branches delivered, by the assets' place in the job, then in the
// order in which the branches are given. It holds nothing that differs between
// two runs of one job.
func (j *Journal) WriteManifest(w io.Writer, branches []Branch) error {
	out := bufio.NewWriterSize(w, 64<<10)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for seq := range j.seqs() {
		entries, err := j.entries(seq, branches)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := enc.Encode(e); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

// entries gives what the branches delivered of one asset.
func (j *Journal) entries(seq int, branches []Branch) ([]Entry, error) {
	lines, err := j.Branches(seq)
	if err != nil || len(lines) == 0 {
		return nil, err
	}
	a, _, err := j.assetLine(seq)
	if err != nil {
		return nil, err
	}
	var entries []Entry
	for _, b := range branches {
		for _, l := range lines {
			if l.Branch() != b || l.Outcome != Exported || l.Delivered == nil {
				continue
			}
			e := Entry{l.Handle, l.Rendition, l.Delivered.Name, l.Delivered.Bytes, l.Delivered.SHA256, l.SourceSHA256}
			if e.SourceSHA256 == "" {
				e.SourceSHA256 = a.SourceSHA256
			}
			entries = append(entries, e)
		}
	}
	return entries, nil
}

// ReadManifest reads the lines of a manifest. It ends with the first error,
// which names the line.
func ReadManifest(r io.Reader) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		in := bufio.NewReaderSize(r, 64<<10)
		for number := 1; ; number++ {
			line, err := readLine(in)
			if errors.Is(err, io.EOF) && len(line) == 0 {
				return
			}
			var e Entry
			if err == nil || errors.Is(err, io.EOF) {
				e, err = ParseEntry(line)
			}
			if err != nil {
				yield(e, diag.New(diag.KeyValue, "line %d of the manifest: %w", number, err))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// ParseEntry reads one line of a manifest and refuses a name that leads out of
// the target.
func ParseEntry(line []byte) (Entry, error) {
	var e Entry
	if err := json.Unmarshal(line, &e); err != nil {
		return e, err
	}
	if !filepath.IsLocal(filepath.FromSlash(e.Name)) {
		return e, fmt.Errorf("the name %q leads out of the target", e.Name)
	}
	return e, nil
}
