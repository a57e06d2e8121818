package modifier

import (
	"math"
	"strconv"
	"strings"
)

// ColourSpace is the model of a colour.
type ColourSpace string

// The colour spaces of the colour grammar.
const (
	SpaceRGB  ColourSpace = "rgb"
	SpaceGray ColourSpace = "gray"
	SpaceCMYK ColourSpace = "cmyk"
)

// count is how many components a space has.
func (s ColourSpace) count() int {
	switch s {
	case SpaceGray:
		return 1
	case SpaceCMYK:
		return 4
	default:
		return 3
	}
}

// Colour is a colour of the language, not premultiplied (is-protocol 3).
type Colour struct {
	Space ColourSpace
	// Components are 0..1: red, green, blue; or gray, 0 black; or cyan, magenta,
	// yellow, black.
	Components []float64
	Alpha      float64 // 0..1, 1 opaque
	// Source means the colour is given in the source's colour space, not the
	// output's (the trailing s).
	Source bool
}

// RGB converts c without profiles and drops its alpha: R = (1-C)(1-K), gray to
// three equal parts (is-protocol 7.5, "naive").
func (c Colour) RGB() RGB {
	v := c.Components
	switch c.Space {
	case SpaceGray:
		g := level(v[0])
		return RGB{g, g, g}
	case SpaceCMYK:
		return RGB{level((1 - v[0]) * (1 - v[3])), level((1 - v[1]) * (1 - v[3])), level((1 - v[2]) * (1 - v[3]))}
	default:
		return RGB{level(v[0]), level(v[1]), level(v[2])}
	}
}

// level brings 0..1 to 0..255, halves up.
func level(v float64) uint8 { return uint8(math.Floor(v*255 + 0.5)) }

const colourForms = "r,g,b[,a] of 0..255, g[,a] or c,m,y,k[,a]k in percent, RRGGBB[AA], 0xGG[AA], CCMMYYKK[AA]k"

// ParseColour reads a colour (is-protocol 3), case ignored. In this order: a
// trailing s, a trailing r, g or k, then a comma means decimals, else hex or a
// single percentage of gray. So "50" is 50 % gray, "000050" a dark blue, and
// CMYK always needs its k. There are no names of colours.
func ParseColour(value string) (Colour, error) {
	c, f := colour(value)
	if f != nil {
		return Colour{}, f
	}
	return c, nil
}

func colour(value string) (Colour, *fault) {
	text := strings.ToLower(strings.TrimSpace(value))
	text, source := strings.CutSuffix(text, "s")
	text, space := cutSpace(text)
	var c Colour
	var f *fault
	digits, prefixed := strings.CutPrefix(text, "0x")
	switch {
	case strings.Contains(text, ","):
		c, f = decimalColour(split(text), space)
	case prefixed || isHexColour(text, space):
		c, f = hexColour(digits, space, prefixed)
	default:
		c, f = decimalColour(args{text}, space)
	}
	if f != nil {
		f.problem = quote(value) + " is not a colour: " + f.problem
		return Colour{}, f
	}
	c.Source = source
	return c, nil
}

// cutSpace takes the letter of the colour space off text; none is "".
func cutSpace(text string) (string, ColourSpace) {
	if text == "" {
		return text, ""
	}
	rest := text[:len(text)-1]
	switch text[len(text)-1] {
	case 'r':
		return rest, SpaceRGB
	case 'g':
		return rest, SpaceGray
	case 'k':
		return rest, SpaceCMYK
	}
	return text, ""
}

// isHexColour reports whether text without 0x is hex rather than a percentage:
// hex gray must have its 0x, so only the longer forms count.
func isHexColour(text string, space ColourSpace) bool {
	for i := range len(text) {
		if unhex(text[i]) < 0 {
			return false
		}
	}
	switch space {
	case SpaceGray:
		return false
	case SpaceRGB, SpaceCMYK:
		return true
	default:
		return len(text) == 6 || len(text) == 8
	}
}

// hexColour reads the digits behind 0x. Without a letter 2 or 4 digits are gray,
// 6 or 8 are rgb; CMYK needs its k.
func hexColour(digits string, space ColourSpace, prefixed bool) (Colour, *fault) {
	if space == "" {
		space = SpaceRGB
		if prefixed && len(digits) <= 4 {
			space = SpaceGray
		}
	}
	n := space.count()
	if len(digits) != 2*n && len(digits) != 2*n+2 {
		return Colour{}, wrong(colourForms, "%s has %d or %d hex digits", space, 2*n, 2*n+2)
	}
	v := make([]float64, 0, n+1)
	for i := 0; i < len(digits); i += 2 {
		b, err := strconv.ParseUint(digits[i:i+2], 16, 8)
		if err != nil {
			return Colour{}, wrong(colourForms, "%s is not hex", quote(digits))
		}
		v = append(v, float64(b)/255)
	}
	return withAlpha(space, v), nil
}

// decimalColour reads a list: two numbers are gray and alpha, three rgb, four
// rgba unless the letter says otherwise.
func decimalColour(a args, space ColourSpace) (Colour, *fault) {
	if space == "" {
		space = SpaceRGB
		if len(a) <= 2 {
			space = SpaceGray
		}
	}
	n := space.count()
	if len(a) != n && len(a) != n+1 {
		return Colour{}, wrong(colourForms, "%s has %d numbers, or %d with alpha", space, n, n+1)
	}
	top := 100.0
	if space == SpaceRGB {
		top = 255
	}
	v := make([]float64, 0, n+1)
	for _, text := range a {
		x, f := number(text, 0, top, colourForms)
		if f != nil {
			return Colour{}, f
		}
		v = append(v, x/top)
	}
	return withAlpha(space, v), nil
}

// withAlpha parts the alpha, where there is one, from the components.
func withAlpha(space ColourSpace, v []float64) Colour {
	n := space.count()
	c := Colour{Space: space, Components: v[:n:n], Alpha: 1}
	if len(v) > n {
		c.Alpha = v[n]
	}
	return c
}
