package photoshop

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// The resources that hold paths.
const (
	firstPath    = 2000
	lastPath     = 2997
	clippingPath = 2999
)

// maxKnots bounds the knots of all paths of a picture: what is beyond is left
// out. Photoshop's own paths have some thousands at most.
const maxKnots = 50_000

// Paths are what a picture carries.
type Paths struct {
	List     []Path // in the order of the file
	Clipping string // the name of the path that is the clipping path, or ""
	// Associated says that the alpha of a TIFF is associated: the colours are
	// multiplied with it. [Parse] does not know.
	Associated bool
}

// Parse reads a sequence of image resource blocks. Reading ends at the first
// block that is none or that is cut off.
func Parse(data []byte) Paths {
	var p Paths
	knots := 0
	for {
		id, name, body, rest, ok := block(data)
		if !ok {
			return p
		}
		data = rest
		switch {
		case id >= firstPath && id <= lastPath:
			if knots += len(body) / recordSize; knots > maxKnots {
				return p
			}
			p.List = append(p.List, Path{ID: id, Name: name, Subpaths: parsePath(body)})
		case id == clippingPath:
			p.Clipping, _, _ = pascal(body)
		}
	}
}

// signatures begin a block. The last three are of other Adobe programs.
var signatures = [][]byte{[]byte("8BIM"), []byte("MeSa"), []byte("PHUT"), []byte("AgHg")}

// block takes the first resource block off data.
func block(data []byte) (id int, name string, body, rest []byte, ok bool) {
	if len(data) < 12 || !known(data[:4]) {
		return 0, "", nil, nil, false
	}
	id = int(binary.BigEndian.Uint16(data[4:]))
	name, n, ok := pascal(data[6:])
	if !ok {
		return 0, "", nil, nil, false
	}
	data = data[6+n:]
	if len(data) < 4 {
		return 0, "", nil, nil, false
	}
	size := int64(binary.BigEndian.Uint32(data))
	data = data[4:]
	if size > int64(len(data)) {
		return 0, "", nil, nil, false
	}
	body, rest = data[:size], data[size:]
	if size%2 == 1 && len(rest) > 0 {
		rest = rest[1:]
	}
	return id, name, body, rest, true
}

func known(b []byte) bool {
	for _, s := range signatures {
		if bytes.Equal(b, s) {
			return true
		}
	}
	return false
}

// pascal reads a string behind its length byte; n is its size in the file, which
// is even.
func pascal(data []byte) (text string, n int, ok bool) {
	if len(data) == 0 || len(data) < 1+int(data[0]) {
		return "", 0, false
	}
	end := 1 + int(data[0])
	n = end + end%2
	return strings.TrimRight(string(data[1:end]), "\x00"), min(n, len(data)), true
}
