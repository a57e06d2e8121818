package report

import (
	"bytes"
	"encoding/json"
	"iter"
	"slices"

	"github.com/exportd/exportd/engine/diag"
)

// Branches reads the lines of an asset's branches, in the order in which they
// first ended.
func (j *Journal) Branches(seq int) ([]BranchLine, error) {
	var refs []ref
	j.mu.Lock()
	j.x.each(seq, func(_ Branch, r ref) { refs = append(refs, r) })
	j.mu.Unlock()
	slices.Reverse(refs)
	lines := make([]BranchLine, len(refs))
	for i, r := range refs {
		if err := j.read(r, &lines[i]); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

// Assets reads the lines of all assets that have ended, in job order. It ends
// with the first error.
func (j *Journal) Assets() iter.Seq2[AssetLine, error] {
	return func(yield func(AssetLine, error) bool) {
		for seq := range j.seqs() {
			l, ok, err := j.assetLine(seq)
			if err == nil && !ok {
				continue
			}
			if !yield(l, err) || err != nil {
				return
			}
		}
	}
}

// seqs counts through the assets that the journal knows of now.
func (j *Journal) seqs() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.x.assets)
}

// AssetLine reads the line of one asset, if it has ended.
func (j *Journal) AssetLine(seq int) (l AssetLine, ok bool, err error) {
	if _, ok := j.Asset(seq); !ok {
		return l, false, nil
	}
	return j.assetLine(seq)
}

func (j *Journal) assetLine(seq int) (l AssetLine, ok bool, err error) {
	j.mu.Lock()
	r := j.x.assets[seq].line
	j.mu.Unlock()
	if r == 0 {
		return l, false, nil
	}
	return l, true, j.read(r, &l)
}

// read decodes the line at r.
func (j *Journal) read(r ref, into any) error {
	buf := make([]byte, 1<<10)
	for {
		n, err := j.file.ReadAt(buf, r.offset())
		if end := bytes.IndexByte(buf[:n], '\n'); end >= 0 {
			if err := json.Unmarshal(buf[:end], into); err != nil {
				return diag.New(diag.StateRead, "the line at byte %d of the journal %s: %w", r.offset(), j.path, err)
			}
			return nil
		}
		if err != nil {
			return state(j.path, "read", err)
		}
		buf = make([]byte, 4*len(buf))
	}
}
