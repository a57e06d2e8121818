package photoshop

import (
	"encoding/binary"
	"math"
)

// maxSubpath is the most knots that the record in front of a subpath can count.
const maxSubpath = math.MaxUint16

// Encode gives the image resource blocks of paths, as [Parse] reads them. Paths
// get the ids 2000, 2001, … in their order, and names are cut at 255 bytes. What a
// record cannot hold is left out: paths beyond id 2997, empty subpaths and those
// of more than 65,535 knots. Nothing to say is nil.
func Encode(p Paths) []byte {
	var b []byte
	clipping := false
	for i, path := range p.List {
		if firstPath+i > lastPath {
			break
		}
		b = appendBlock(b, firstPath+i, path.Name, records(path.Subpaths))
		clipping = clipping || path.Name == p.Clipping
	}
	if clipping && p.Clipping != "" {
		b = appendBlock(b, clippingPath, "", appendPascal(nil, p.Clipping))
	}
	return b
}

// appendBlock is the inverse of block.
func appendBlock(b []byte, id int, name string, body []byte) []byte {
	b = append(b, "8BIM"...)
	b = binary.BigEndian.AppendUint16(b, uint16(id))
	b = appendPascal(b, name)
	b = binary.BigEndian.AppendUint32(b, uint32(len(body)))
	b = append(b, body...)
	if len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// appendPascal is the inverse of pascal.
func appendPascal(b []byte, text string) []byte {
	text = text[:min(len(text), 255)]
	b = append(append(b, byte(len(text))), text...)
	if len(text)%2 == 0 {
		b = append(b, 0)
	}
	return b
}

// fillRule begins the records of every path: it says nothing but is expected.
const fillRule = 6

// records is the inverse of parsePath.
func records(subpaths []Subpath) []byte {
	b := binary.BigEndian.AppendUint16(nil, fillRule)
	b = append(b, make([]byte, recordSize-len(b))...)
	for _, s := range subpaths {
		if len(s.Knots) == 0 || len(s.Knots) > maxSubpath {
			continue
		}
		length, single := openLength, openSingle
		if s.Closed {
			length, single = closedLength, closedSingle
		}
		b = binary.BigEndian.AppendUint16(b, uint16(length))
		b = binary.BigEndian.AppendUint16(b, uint16(len(s.Knots)))
		b = append(b, make([]byte, recordSize-4)...)
		for _, k := range s.Knots {
			b = binary.BigEndian.AppendUint16(b, uint16(single))
			for _, p := range []Point{k.In, k.At, k.Out} {
				b = binary.BigEndian.AppendUint32(b, fixedBits(p.Y))
				b = binary.BigEndian.AppendUint32(b, fixedBits(p.X))
			}
		}
	}
	return b
}

// fixedBits is the inverse of fixed; what is out of its range comes to its bounds.
func fixedBits(v float64) uint32 {
	return uint32(int32(min(max(math.Round(v*(1<<24)), math.MinInt32), math.MaxInt32)))
}
