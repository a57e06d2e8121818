package modifier

import (
	"errors"
	"strings"
)

// errEscape is a % that two hex digits do not follow.
var errEscape = errors.New("a % must be followed by two hex digits; a literal one is written %25")

const hexDigits = "0123456789ABCDEF"

// plain reports whether value reads the same encoded and decoded: ASCII without
// anything that has a meaning in a modifier.
func plain(value string) bool {
	for i := range len(value) {
		if special(value[i]) {
			return false
		}
	}
	return true
}

// special reports whether encode has to change c, or might have to.
func special(c byte) bool {
	switch c {
	case '%', '&', '+', '$', '(', ')', '{', '}':
		return true
	}
	return c <= ' ' || c >= 0x7f
}

// encode writes value so that one level of decoding restores it: a blank as +,
// and % & + $, control characters and everything outside ASCII as %XX. Brackets
// mean something only where a nested request may stand, so they are escaped
// only there (is-protocol 2.3); = needs no escape, for a segment is split at its
// first one.
func encode(b *strings.Builder, value string, brackets bool) {
	for i := range len(value) {
		switch c := value[i]; {
		case c == ' ':
			b.WriteByte('+')
		case !special(c), !brackets && strings.IndexByte("(){}", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hexDigits[c>>4])
			b.WriteByte(hexDigits[c&15])
		}
	}
}

// decode undoes one level of encoding. A + is a blank, a literal plus is
// written %2B.
func decode(b *strings.Builder, raw string) error {
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case '+':
			b.WriteByte(' ')
		case '%':
			if i+2 >= len(raw) {
				return errEscape
			}
			high, low := unhex(raw[i+1]), unhex(raw[i+2])
			if high < 0 || low < 0 {
				return errEscape
			}
			b.WriteByte(byte(high<<4 | low))
			i += 2
		default:
			b.WriteByte(c)
		}
	}
	return nil
}

// unhex gives the value of a hex digit, -1 for anything else.
func unhex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	default:
		return -1
	}
}

// undoEntities turns &amp; into &, which is all the transport encoding that a
// job leaves behind (is-protocol 2.1). Text that was encoded twice comes out
// the same, so that no command can begin with amp;.
func undoEntities(text string) string {
	if !strings.Contains(text, "&amp;") {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); i++ {
		b.WriteByte(text[i])
		if text[i] == '&' {
			for strings.HasPrefix(text[i+1:], "amp;") {
				i += len("amp;")
			}
		}
	}
	return b.String()
}
