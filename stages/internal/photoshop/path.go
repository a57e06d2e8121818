package photoshop

import "encoding/binary"

// Point is a point in fractions of the stored picture: 0,0 is its top left and
// 1,1 its bottom right. Points may lie outside.
type Point struct{ X, Y float64 }

// Knot is a corner of a Bézier path with the controls before and behind it.
type Knot struct{ In, At, Out Point }

// Subpath is a line of knots.
type Subpath struct {
	Closed bool
	Knots  []Knot
}

// Path is a named path.
type Path struct {
	ID       int // of the resource, 2000..2997
	Name     string
	Subpaths []Subpath
}

// recordSize is the length of a path record in bytes.
const recordSize = 26

// The selectors of path records. 6 (fill rule), 7 (clipboard) and 8 (initial
// fill) say nothing about the outline.
const (
	closedLength = 0
	closedLinked = 1
	closedSingle = 2
	openLength   = 3
	openLinked   = 4
	openSingle   = 5
)

// parsePath reads the records of one path. What follows a record that is cut off
// is left out, and so are knots beyond what their length record announces.
func parsePath(data []byte) []Subpath {
	var out []Subpath
	left := 0
	for ; len(data) >= recordSize; data = data[recordSize:] {
		switch binary.BigEndian.Uint16(data) {
		case closedLength, openLength:
			left = int(binary.BigEndian.Uint16(data[2:]))
			out = append(out, Subpath{Closed: binary.BigEndian.Uint16(data) == closedLength})
		case closedLinked, closedSingle, openLinked, openSingle:
			if left == 0 {
				continue
			}
			left--
			last := &out[len(out)-1]
			last.Knots = append(last.Knots, Knot{In: point(data[2:]), At: point(data[10:]), Out: point(data[18:])})
		}
	}
	kept := out[:0]
	for _, s := range out {
		if len(s.Knots) > 0 {
			kept = append(kept, s)
		}
	}
	return kept
}

// point reads y and x, each a signed fixed-point number with 24 bits behind the
// point.
func point(b []byte) Point {
	return Point{X: fixed(b[4:]), Y: fixed(b)}
}

func fixed(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / (1 << 24) }
