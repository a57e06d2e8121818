package palette

// Colour is red, green, blue and alpha, 0..255, not premultiplied.
type Colour [4]uint8

// Web is the palette of 216 colours whose components are multiples of 51.
func Web() []Colour {
	list := make([]Colour, 0, 216)
	for r := 0; r <= 255; r += 51 {
		for g := 0; g <= 255; g += 51 {
			for b := 0; b <= 255; b += 51 {
				list = append(list, Colour{uint8(r), uint8(g), uint8(b), 255})
			}
		}
	}
	return list
}

// Mac is the system palette of the Macintosh: the web colours but for black, ten
// more steps each of red, green, blue and gray, and black last.
func Mac() []Colour {
	list := make([]Colour, 0, 256)
	for _, c := range Web() {
		if c != (Colour{0, 0, 0, 255}) {
			list = append(list, c)
		}
	}
	for _, mask := range []Colour{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {1, 1, 1}} {
		for step := uint8(14); step > 0; step-- {
			if v := step * 17; step%3 != 0 { // the others are in the cube
				list = append(list, Colour{v * mask[0], v * mask[1], v * mask[2], 255})
			}
		}
	}
	return append(list, Colour{0, 0, 0, 255})
}
