package palette

// matcher finds the nearest colour of a palette and remembers what it found.
type matcher struct {
	palette []Colour
	keys    []uint64 // a colour and one bit more; 0 is an empty slot
	found   []uint8
}

const (
	cacheBits = 14
	used      = 1 << 32
)

func newMatcher(p []Colour) *matcher {
	return &matcher{palette: p, keys: make([]uint64, 1<<cacheBits), found: make([]uint8, 1<<cacheBits)}
}

// nearest is the index of the colour with the least squared distance, the first
// one of several.
func (m *matcher) nearest(c Colour) int {
	key := uint32(c[0])<<24 | uint32(c[1])<<16 | uint32(c[2])<<8 | uint32(c[3])
	slot := key * 2654435761 >> (32 - cacheBits)
	if m.keys[slot] == uint64(key)|used {
		return int(m.found[slot])
	}
	best, at := 1<<30, 0
	for i, p := range m.palette {
		if d := distance(c, p); d < best {
			best, at = d, i
		}
	}
	m.keys[slot], m.found[slot] = uint64(key)|used, uint8(at)
	return at
}

func distance(a, b Colour) int {
	sum := 0
	for i := range a {
		d := int(a[i]) - int(b[i])
		sum += d * d
	}
	return sum
}

// Map gives the index of a palette of at most 256 colours for each pixel, four
// bytes each, w in a row. Diffuse spreads what is lost over the neighbours
// (Floyd-Steinberg). Pixels with an alpha below key become the index
// len(palette), and take no part in the diffusion; 0 has none such.
func Map(pixels []byte, w int, p []Colour, diffuse bool, key uint8) []byte {
	out := make([]byte, len(pixels)/4)
	m := newMatcher(p)
	here, below := make([][4]int32, w+2), make([][4]int32, w+2)
	for at := range out {
		x := at % w
		if x == 0 {
			here, below = below, here
			clear(below)
		}
		c := Colour(pixels[4*at : 4*at+4])
		if c[3] < key {
			out[at] = uint8(len(p))
			continue
		}
		if key > 0 {
			c[3] = 255
		}
		if !diffuse {
			out[at] = uint8(m.nearest(c))
			continue
		}
		want := c
		for i := range c {
			want[i] = clamp(int32(c[i]) + (here[x+1][i]+8)>>4)
		}
		i := m.nearest(want)
		out[at] = uint8(i)
		for k := range want {
			lost := int32(want[k]) - int32(p[i][k])
			here[x+2][k] += 7 * lost
			below[x][k] += 3 * lost
			below[x+1][k] += 5 * lost
			below[x+2][k] += lost
		}
	}
	return out
}

func clamp(v int32) uint8 { return uint8(min(max(v, 0), 255)) }
