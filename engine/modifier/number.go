package modifier

import (
	"math"
	"strconv"
	"strings"
)

// coordLimit is the largest coordinate or side; beyond it a value cannot be read
// (is-protocol 3).
const coordLimit = 1<<31 - 1

// args are the arguments of a command: the decoded value split at commas, each
// trimmed, because a + in a number is only a blank.
type args []string

func split(value string) args {
	a := args(strings.Split(value, ","))
	for i := range a {
		a[i] = strings.TrimSpace(a[i])
	}
	return a
}

// parseReal reads a decimal: an optional sign, digits, at most one point. There
// are no exponents in the language (is-protocol 3). It may give infinity.
func parseReal(text string) (float64, bool) {
	digits, points := 0, 0
	for i := range len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c == '.':
			points++
		case (c == '+' || c == '-') && i == 0:
		default:
			return 0, false
		}
	}
	if digits == 0 || points > 1 {
		return 0, false
	}
	v, _ := strconv.ParseFloat(text, 64) // only a range error is left, which gives infinity
	return v + 0, true                   // no negative zero
}

// number reads a number in lo..hi.
func number(text string, lo, hi float64, allowed string) (float64, *fault) {
	v, ok := parseReal(text)
	switch {
	case !ok:
		return 0, wrong(allowed, "%s is not a number", quote(text))
	case v < lo || v > hi:
		return 0, wrong(allowed, "%s is out of range", quote(text))
	}
	return v, nil
}

// positive reads a number above 0.
func positive(text, allowed string) (float64, *fault) {
	v, f := number(text, 0, math.MaxFloat64, allowed)
	if f == nil && v == 0 {
		return 0, wrong(allowed, "%s is out of range", quote(text))
	}
	return v, f
}

// whole reads an integer in lo..hi. A fraction is rounded, halves up
// (is-protocol 3: the strict switch is off).
func whole(text string, lo, hi int, allowed string) (int, *fault) {
	v, f := number(text, -coordLimit, coordLimit, allowed)
	if f != nil {
		return 0, f
	}
	n := int(math.Floor(v + 0.5))
	if n < lo || n > hi {
		return 0, wrong(allowed, "%s is out of range", quote(text))
	}
	return n, nil
}

// flag reads 0 or 1.
func flag(text string) (bool, *fault) {
	switch text {
	case "0":
		return false, nil
	case "1":
		return true, nil
	}
	return false, wrong("0 or 1", "%s is neither", quote(text))
}

// rectangle reads x,y,w,h with w and h above 0.
func rectangle(a args, allowed string) (v [4]float64, f *fault) {
	if len(a) != 4 {
		return v, wrong(allowed, "%d of 4 numbers are given", len(a))
	}
	for i, text := range a {
		if i < 2 {
			v[i], f = number(text, -coordLimit, coordLimit, allowed)
		} else if v[i], f = positive(text, allowed); f == nil && v[i] > coordLimit {
			f = wrong(allowed, "%s is out of range", quote(text))
		}
		if f != nil {
			return v, f
		}
	}
	return v, nil
}
