package palette

import (
	"cmp"
	"slices"
)

// weight is a colour of a picture and how many pixels have it.
type weight struct {
	colour Colour
	n      int
}

// exactLimit is how many different colours are told apart; a picture with more is
// counted in cells of 8 steps.
const exactLimit = 1 << 15

// count counts the colours of pixels, four bytes each, sorted.
func count(pixels []byte) []weight {
	counts, shift := map[Colour]int{}, 0
	for i := 0; i+4 <= len(pixels); i += 4 {
		c := Colour(pixels[i : i+4])
		if c[3] == 0 {
			c = Colour{}
		}
		counts[cell(c, shift)]++
		if shift == 0 && len(counts) > exactLimit {
			shift = 3
			coarse := map[Colour]int{}
			for c, n := range counts {
				coarse[cell(c, shift)] += n
			}
			counts = coarse
		}
	}
	list := make([]weight, 0, len(counts))
	for c, n := range counts {
		list = append(list, weight{c, n})
	}
	slices.SortFunc(list, func(a, b weight) int { return slices.Compare(a.colour[:], b.colour[:]) })
	return list
}

// cell is the middle of the cell of c; the ends of a component stay, so that
// black, white and opaque are kept.
func cell(c Colour, shift int) Colour {
	if shift == 0 {
		return c
	}
	for i, v := range c {
		if v > 0 && v < 255 {
			c[i] = v>>shift<<shift | 1<<(shift-1)
		}
	}
	return c
}

// Adaptive gives at most n colours for pixels, four bytes each: forced first,
// then those that suit the picture. A picture with few enough colours keeps them
// all.
func Adaptive(pixels []byte, n int, forced []Colour) []Colour {
	list := slices.Clone(forced)
	colours := slices.DeleteFunc(count(pixels), func(w weight) bool { return slices.Contains(forced, w.colour) })
	room := n - len(forced)
	if room <= 0 || len(colours) == 0 {
		return list
	}
	if len(colours) <= room {
		for _, w := range colours {
			list = append(list, w.colour)
		}
		return list
	}
	boxes := []box{newBox(colours)}
	for len(boxes) < room {
		i := widest(boxes)
		a, b, ok := boxes[i].split()
		if !ok {
			break
		}
		boxes[i] = a
		boxes = append(boxes, b)
	}
	for _, b := range boxes {
		list = append(list, b.mean())
	}
	return refine(list, len(forced), colours)
}

// box is a set of colours, with their sums and how far they spread.
type box struct {
	colours []weight
	n       int
	sum     [4]float64
	spread  [4]float64 // weighted squared distance to the mean, per component
}

func newBox(colours []weight) box {
	b := box{colours: colours}
	var squares [4]float64
	for _, w := range colours {
		b.n += w.n
		for i, v := range w.colour {
			b.sum[i] += float64(w.n) * float64(v)
			squares[i] += float64(w.n) * float64(v) * float64(v)
		}
	}
	for i := range b.spread {
		b.spread[i] = squares[i] - b.sum[i]*b.sum[i]/float64(b.n)
	}
	return b
}

func (b box) mean() Colour {
	var c Colour
	for i := range c {
		c[i] = uint8(b.sum[i]/float64(b.n) + 0.5)
	}
	return c
}

func widest(boxes []box) int {
	best, at := -1.0, 0
	for i, b := range boxes {
		if s := b.spread[0] + b.spread[1] + b.spread[2] + b.spread[3]; s > best && len(b.colours) > 1 {
			best, at = s, i
		}
	}
	return at
}

// split cuts the box at the mean of the component that spreads most.
func (b box) split() (low, high box, ok bool) {
	if len(b.colours) < 2 {
		return b, b, false
	}
	axis := 0
	for i, s := range b.spread {
		if s > b.spread[axis] {
			axis = i
		}
	}
	slices.SortStableFunc(b.colours, func(x, y weight) int { return cmp.Compare(x.colour[axis], y.colour[axis]) })
	middle := b.sum[axis] / float64(b.n)
	at, _ := slices.BinarySearchFunc(b.colours, middle, func(w weight, m float64) int { return cmp.Compare(float64(w.colour[axis]), m) })
	at = min(max(at, 1), len(b.colours)-1)
	return newBox(b.colours[:at]), newBox(b.colours[at:]), true
}

// rounds of refinement: more change hardly anything.
const rounds = 3

// refine moves every colour but the forced ones to the mean of those nearest to it.
func refine(list []Colour, forced int, colours []weight) []Colour {
	for range rounds {
		sums := make([][4]float64, len(list))
		counts := make([]float64, len(list))
		m := newMatcher(list)
		for _, w := range colours {
			i := m.nearest(w.colour)
			counts[i] += float64(w.n)
			for k, v := range w.colour {
				sums[i][k] += float64(w.n) * float64(v)
			}
		}
		for i := forced; i < len(list); i++ {
			if counts[i] == 0 {
				continue
			}
			for k := range list[i] {
				list[i][k] = uint8(sums[i][k]/counts[i] + 0.5)
			}
		}
	}
	return list
}
