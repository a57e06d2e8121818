package modifier

import (
	"math"
	"math/big"
	"strconv"
)

// Sides come from exact rational factors and are rounded once, halves up:
// with floats, 1/0.4 or 0.55+0.1 would tip a half to the wrong side.

// exact gives the decimal that v was written as.
func exact(v float64) *big.Rat {
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(v, 'g', -1, 64))
	if !ok { // infinity or NaN, which no value reads as
		return new(big.Rat)
	}
	return r
}

// ratio gives a/b; b is never 0.
func ratio(a, b int) *big.Rat { return big.NewRat(int64(a), int64(b)) }

// floor rounds down; what leaves 32 bits is brought to their bounds, which every
// check of sizes refuses.
func floor(v *big.Rat) int {
	q := new(big.Int).Div(v.Num(), v.Denom()) // Euclidean: down, for the denominator is positive
	switch {
	case !q.IsInt64() && q.Sign() < 0, q.IsInt64() && q.Int64() < -coordLimit:
		return -coordLimit
	case !q.IsInt64(), q.Int64() > coordLimit:
		return coordLimit
	}
	return int(q.Int64())
}

// half is 1/2. It never changes.
var half = big.NewRat(1, 2)

// round rounds to the nearest integer, halves up.
func round(v *big.Rat) int { return floor(new(big.Rat).Add(v, half)) }

// scaled gives a side of n pixels under factor, at least 1 (is-protocol 5.4).
func scaled(n int, factor *big.Rat) int {
	v := new(big.Rat).SetInt64(int64(n))
	return max(1, round(v.Mul(v, factor)))
}

// span rounds both edges of a stretch of pixels, not its size (is-protocol 5.4).
// unit is what the numbers count: 1 for pixels, a side for fractions of it.
func span(start, length float64, unit int) (from, size int) {
	u := new(big.Rat).SetInt64(int64(unit))
	a := exact(start)
	b := new(big.Rat).Add(a, exact(length))
	from = round(a.Mul(a, u))
	return from, max(1, round(b.Mul(b, u))-from)
}

// edges rounds a rectangle of pixels at its edges.
func edges(v [4]float64) Rect {
	x, w := span(v[0], v[2], 1)
	y, h := span(v[1], v[3], 1)
	return Rect{x, y, w, h}
}

// bounding gives the box of a rectangle rotated by degrees: exact for quarter
// turns, else rounded up once noise below 1e-6 is taken off (is-protocol 5.4).
func bounding(s Size, degrees float64) Size {
	switch degrees {
	case 0, 180:
		return s
	case 90, 270:
		return Size{s.H, s.W}
	}
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	sin, cos = math.Abs(sin), math.Abs(cos)
	w, h := float64(s.W), float64(s.H)
	up := func(v float64) int { return max(1, int(math.Ceil(v-1e-6))) }
	return Size{up(w*cos + h*sin), up(w*sin + h*cos)}
}
