package vips

import (
	"encoding/binary"
	"math"
)

// rgbSpace is an RGB space of three primaries and one gamma, as its standard
// publishes them: x, y of red, green, blue and white, CIE 1931.
type rgbSpace struct {
	id, name                string
	red, green, blue, white [2]float64
	gamma                   float64
}

// The whites of the spaces: daylight of 6504 K and of 5003 K, equal energy, and the
// lamp C of early television.
var (
	d65       = [2]float64{0.3127, 0.3290}
	d50       = [2]float64{0.3457, 0.3585}
	whiteE    = [2]float64{1. / 3, 1. / 3}
	illumiC   = [2]float64{0.3101, 0.3162}
	rgbSpaces = []rgbSpace{
		{"AdobeRGB", "compatible with Adobe RGB (1998)", [2]float64{.64, .33}, [2]float64{.21, .71}, [2]float64{.15, .06}, d65, 563. / 256},
		{"AppleRGB", "Apple RGB", [2]float64{.625, .34}, [2]float64{.28, .595}, [2]float64{.155, .07}, d65, 1.8},
		{"CIERGB", "CIE RGB", [2]float64{.735, .265}, [2]float64{.274, .717}, [2]float64{.167, .009}, whiteE, 2.2},
		{"ColorMatchRGB", "ColorMatch RGB", [2]float64{.63, .34}, [2]float64{.295, .605}, [2]float64{.15, .075}, d50, 1.8},
		{"NTSC", "NTSC (1953)", [2]float64{.67, .33}, [2]float64{.21, .71}, [2]float64{.14, .08}, illumiC, 2.2},
		{"PAL", "PAL/SECAM", [2]float64{.64, .33}, [2]float64{.29, .60}, [2]float64{.15, .06}, d65, 2.2},
		{"ProPhoto", "ProPhoto RGB", [2]float64{.7347, .2653}, [2]float64{.1596, .8404}, [2]float64{.0366, .0001}, d50, 1.8},
		{"SMPTE", "SMPTE-C", [2]float64{.63, .34}, [2]float64{.31, .595}, [2]float64{.155, .07}, d65, 2.2},
		{"WideGamutRGB", "Wide Gamut RGB", [2]float64{.735, .265}, [2]float64{.115, .826}, [2]float64{.157, .018}, d50, 2.2},
	}
)

// madeProfiles are the vendor's RGB profiles (r-color-management), worked out from
// the published numbers of their spaces: the vendor's own files are not free. A file
// in a folder goes before them.
func madeProfiles() []Profile {
	list := make([]Profile, len(rgbSpaces))
	for i, s := range rgbSpaces {
		list[i] = Profile{Name: s.name, Space: SpaceRGB, where: "made " + s.id, data: s.profile(), made: true, also: []string{s.id}}
		for _, row := range vendorProfiles {
			if row.names(s.id) {
				list[i].also = append(list[i].also, row.id, row.common, row.file)
			}
		}
	}
	return list
}

// profile writes the space as a matrix profile of version 2 (ICC.1:2001-04), its
// colours adapted to D50 by Bradford's method.
func (s rgbSpace) profile() []byte {
	adapt := bradford(xyz(s.white))
	m := s.matrix()
	text := func(kind, t string) []byte { return append([]byte(kind+"\x00\x00\x00\x00"), t...) }
	desc := binary.BigEndian.AppendUint32([]byte("desc\x00\x00\x00\x00"), uint32(len(s.name)+1))
	desc = append(append(desc, s.name...), make([]byte, 1+8+3+67)...)
	curve := binary.BigEndian.AppendUint16([]byte("curv\x00\x00\x00\x00\x00\x00\x00\x01"), uint16(math.Round(s.gamma*256)))
	column := func(i int) []byte { return tagXYZ(times(adapt, [3]float64{m[0][i], m[1][i], m[2][i]})) }
	return assemble([]profileTag{
		{"desc", desc}, {"cprt", text("text", "No copyright, use freely\x00")}, {"wtpt", tagXYZ(whiteD50)},
		{"rXYZ", column(0)}, {"gXYZ", column(1)}, {"bXYZ", column(2)}, {"rTRC", curve}, {"gTRC", curve}, {"bTRC", curve},
	})
}

// matrix takes linear RGB to XYZ relative to the space's own white.
func (s rgbSpace) matrix() [3][3]float64 {
	r, g, b := xyz(s.red), xyz(s.green), xyz(s.blue)
	m := [3][3]float64{{r[0], g[0], b[0]}, {r[1], g[1], b[1]}, {r[2], g[2], b[2]}}
	scale := times(inverse(m), xyz(s.white))
	for y := range m {
		for x := range m[y] {
			m[y][x] *= scale[x]
		}
	}
	return m
}

// xyz is the colour of a chromaticity with a luminance of 1.
func xyz(c [2]float64) [3]float64 { return [3]float64{c[0] / c[1], 1, (1 - c[0] - c[1]) / c[1]} }

// whiteD50 is the white of every profile, as the specification rounds it.
var whiteD50 = [3]float64{0.9642, 1, 0.8249}

// bradford is the matrix that adapts colours seen under white to D50.
func bradford(white [3]float64) [3][3]float64 {
	cone := [3][3]float64{{0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}}
	from, to := times(cone, white), times(cone, whiteD50)
	scaled := cone
	for y := range scaled {
		for x := range scaled[y] {
			scaled[y][x] *= to[y] / from[y]
		}
	}
	back := inverse(cone)
	var m [3][3]float64
	for x := range 3 {
		column := times(back, [3]float64{scaled[0][x], scaled[1][x], scaled[2][x]})
		m[0][x], m[1][x], m[2][x] = column[0], column[1], column[2]
	}
	return m
}

func times(m [3][3]float64, v [3]float64) (out [3]float64) {
	for y := range m {
		out[y] = m[y][0]*v[0] + m[y][1]*v[1] + m[y][2]*v[2]
	}
	return out
}

// inverse is by Cramer's rule; the primaries of a space never lie on one line.
func inverse(m [3][3]float64) (out [3][3]float64) {
	minor := func(y, x int) float64 {
		a, b, c, d := (y+1)%3, (y+2)%3, (x+1)%3, (x+2)%3
		return m[a][c]*m[b][d] - m[a][d]*m[b][c]
	}
	det := m[0][0]*minor(0, 0) + m[0][1]*minor(0, 1) + m[0][2]*minor(0, 2)
	for y := range out {
		for x := range out[y] {
			out[y][x] = minor(x, y) / det
		}
	}
	return out
}

type profileTag struct {
	name string
	data []byte
}

// tagXYZ is a colour as a tag's data.
func tagXYZ(v [3]float64) []byte {
	b := []byte("XYZ \x00\x00\x00\x00")
	for _, x := range v {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(x*65536))))
	}
	return b
}

// assemble puts the header of a display profile and the table of tags in front of
// the tags. Tags of the same data share it.
func assemble(tags []profileTag) []byte {
	head := make([]byte, 128)
	copy(head[8:], []byte{2, 0x10, 0, 0})
	copy(head[12:], "mntrRGB XYZ ")
	copy(head[24:], []byte{7, 0xD0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0})
	copy(head[36:], "acsp")
	copy(head[68:], tagXYZ(whiteD50)[8:])
	table := binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	var body []byte
	at := map[string]int{}
	for _, t := range tags {
		place, shared := at[string(t.data)]
		if !shared {
			place = len(head) + 4 + 12*len(tags) + len(body)
			at[string(t.data)] = place
			body = append(body, t.data...)
			for len(body)%4 != 0 {
				body = append(body, 0)
			}
		}
		table = append(table, t.name...)
		table = binary.BigEndian.AppendUint32(table, uint32(place))
		table = binary.BigEndian.AppendUint32(table, uint32(len(t.data)))
	}
	binary.BigEndian.PutUint32(head, uint32(len(head)+len(table)+len(body)))
	return append(append(head, table...), body...)
}
