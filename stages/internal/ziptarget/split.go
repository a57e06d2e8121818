package ziptarget

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/stages/deliver/target"
)

// Split bounds the parts of an archive; the zero value makes one archive of all.
type Split struct {
	Files int   // in a part; 0 = any number
	Bytes int64 // of a part; 0 = any length. A file that is larger is a part alone
}

func (s Split) none() bool { return s == Split{} }

// part is one archive: entries of the manifest in its order.
type part struct {
	name     string // its path
	entries  []entry
	from, to int64 // its lines in the manifest file
	bytes    int64 // what it takes at most
}

// entry is a file in a part.
type entry struct {
	name string
	size int64
	sum  string
}

// partName gives the path of a part, counted from 1: NAME.zip, or NAME-001.zip
// and so on where a split was asked for.
func (c Config) partName(n int) string {
	if c.Split.none() {
		return c.Path
	}
	stem := c.Path[:len(c.Path)-len(".zip")]
	return fmt.Sprintf("%s-%03d%s", stem, n, c.Path[len(stem):])
}

// overhead is what an entry costs beside its bytes: its headers, and its line in
// the part's manifest.
func overhead(name string, line int) int64 { return int64(200 + 2*len(name) + line) }

// closing is what a part costs beside its entries.
const closing = 1000

// parts reads the manifest and gives every part its entries.
func (c Config) parts(m target.Manifest) ([]*part, error) {
	f, err := os.Open(m.File)
	if err != nil {
		return nil, diag.New(diag.StateRead, "read the manifest: %w", err)
	}
	defer f.Close()
	all := []*part{{name: c.partName(1), bytes: closing}}
	lines := bufio.NewReaderSize(f, 256<<10)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return all, nil
		}
		var e report.Entry
		if err == nil {
			e, err = report.ParseEntry(line)
		}
		if err == nil {
			err = checkEntry(e)
		}
		if err != nil {
			return nil, diag.New(diag.InternalError, "a line of the manifest: %w", err)
		}
		p := all[len(all)-1]
		cost := e.Bytes + overhead(e.Name, len(line))
		if p.full(c.Split, cost) {
			p = &part{name: c.partName(len(all) + 1), from: p.to, to: p.to, bytes: closing}
			all = append(all, p)
		}
		p.entries = append(p.entries, entry{name: strings.Clone(e.Name), size: e.Bytes, sum: strings.Clone(e.SHA256)})
		p.to += int64(len(line))
		p.bytes += cost
	}
}

// checkEntry refuses what delivery never leaves in a manifest.
func checkEntry(e report.Entry) error {
	if filename.Safe(e.Name) != e.Name || !isSum(e.SHA256) || e.Bytes < 0 {
		return fmt.Errorf("%q cannot be an entry of an archive", e.Name)
	}
	return nil
}

func (p *part) full(s Split, cost int64) bool {
	return len(p.entries) > 0 && (s.Files > 0 && len(p.entries) >= s.Files || s.Bytes > 0 && p.bytes+cost > s.Bytes)
}
