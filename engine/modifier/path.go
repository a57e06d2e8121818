package modifier

import "fmt"

// Point is a point in pixels.
type Point struct{ X, Y float64 }

// PathStep is one step of a path, in absolute pixels.
type PathStep struct {
	// Op is M (start a sub-path), L (line), C (cubic curve) or Z (close).
	Op byte
	// Points are one for M and L, two controls and the end for C, none for Z.
	Points []Point
}

// ParsePath reads path data (is-protocol 3): the letters M m L l C c Z z and
// numbers, parted by commas or blanks. Lower case is relative: the first
// m to 0,0, an m behind an open sub-path to its end, behind a closed one to its
// start. Groups of numbers repeat the letter before them, a line behind an M.
// Sub-paths that no Z closes stay open here; who fills them closes them.
func ParsePath(value string) ([]PathStep, error) {
	p := pathReader{text: value}
	for {
		p.blanks()
		if p.at == len(p.text) {
			return p.steps, nil
		}
		letter := p.text[p.at]
		p.at++
		if err := p.letter(letter); err != nil {
			return nil, fmt.Errorf("path data at character %d: %w", p.at, err)
		}
	}
}

// pathReader holds where the reader and the pen are.
type pathReader struct {
	text       string
	at         int
	steps      []PathStep
	pen, start Point
}

// letter reads one letter and its groups of numbers.
func (p *pathReader) letter(letter byte) error {
	op := letter &^ 0x20
	relative := letter != op
	groups := map[byte]int{'M': 1, 'L': 1, 'C': 3, 'Z': 0}
	n, ok := groups[op]
	switch {
	case !ok:
		return fmt.Errorf("%s is none of M m L l C c Z z", quote(string(rune(letter))))
	case len(p.steps) == 0 && op != 'M':
		return fmt.Errorf("a path begins with M or m")
	case op == 'Z':
		p.steps = append(p.steps, PathStep{Op: op})
		p.pen = p.start
		return nil
	}
	for first := true; first || p.more(); first = false {
		points := make([]Point, n)
		for i := range points {
			x, err := p.number()
			if err != nil {
				return err
			}
			y, err := p.number()
			if err != nil {
				return err
			}
			points[i] = Point{x, y}
			if relative {
				points[i] = Point{x + p.pen.X, y + p.pen.Y}
			}
		}
		p.pen = points[n-1]
		if op == 'M' && !first {
			op = 'L'
		}
		if op == 'M' {
			p.start = p.pen
		}
		p.steps = append(p.steps, PathStep{Op: op, Points: points})
	}
	return nil
}

// blanks skips what parts numbers.
func (p *pathReader) blanks() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\r', '\n', ',':
			p.at++
		default:
			return
		}
	}
}

// more reports whether a number follows.
func (p *pathReader) more() bool {
	p.blanks()
	return p.at < len(p.text) && numeric(p.text[p.at])
}

func (p *pathReader) number() (float64, error) {
	p.blanks()
	begin := p.at
	for p.at < len(p.text) && numeric(p.text[p.at]) && (p.at == begin || p.text[p.at] != '-' && p.text[p.at] != '+') {
		p.at++
	}
	v, f := number(p.text[begin:p.at], -coordLimit, coordLimit, "")
	if f != nil {
		return 0, f
	}
	return v, nil
}

func numeric(c byte) bool {
	return c >= '0' && c <= '9' || c == '.' || c == '-' || c == '+'
}
