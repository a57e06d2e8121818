package strict

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// key reads a dotted key with the blanks around it.
func (s *scanner) key() ([]part, bool) {
	var parts []part
	for {
		s.skip(false)
		p := part{off: s.pos}
		if len(parts) == maxDepth {
			s.deep = s.pos
			return nil, false
		}
		var ok bool
		if p.name, ok = s.keyPart(); !ok {
			return nil, false
		}
		parts = append(parts, p)
		s.skip(false)
		if !s.take('.') {
			return parts, true
		}
	}
}

func (s *scanner) keyPart() (string, bool) {
	if s.pos == len(s.text) {
		return "", false
	}
	start, quote := s.pos, s.text[s.pos]
	if quote != '"' && quote != '\'' {
		for s.pos < len(s.text) && isBare(s.text[s.pos]) {
			s.pos++
		}
		return s.text[start:s.pos], s.pos > start
	}
	end, ok := lineStringEnd(s.text, start)
	if !ok {
		return "", false
	}
	s.pos = end
	name := s.text[start+1 : end-1]
	if quote == '"' {
		name = unescape(name)
	}
	return name, true
}

func isBare(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

// stringEnd gives the offset behind the string, of one line or several, that
// starts at off.
func stringEnd(text string, off int) (int, bool) {
	quote := text[off]
	if !strings.HasPrefix(text[off:], strings.Repeat(string(quote), 3)) {
		return lineStringEnd(text, off)
	}
	for i := off + 3; i < len(text); i++ {
		switch text[i] {
		case '\\':
			if quote == '"' {
				i++
			}
		case quote:
			// Up to two quotes may stand before the closing three.
			run := i
			for run < len(text) && text[run] == quote {
				run++
			}
			if run-i >= 3 {
				return run, true
			}
			i = run - 1
		}
	}
	return len(text), false
}

// lineStringEnd gives the offset behind the string of one line that starts at off.
func lineStringEnd(text string, off int) (int, bool) {
	quote := text[off]
	for i := off + 1; i < len(text); i++ {
		switch text[i] {
		case quote:
			return i + 1, true
		case '\n':
			return i, false
		case '\\':
			if quote == '"' {
				i++
			}
		}
	}
	return len(text), false
}

// unescape gives the text that the inside of a basic string stands for.
func unescape(raw string) string {
	var b strings.Builder
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' || i+1 == len(raw) {
			b.WriteByte(raw[i])
			continue
		}
		i++
		if c, ok := simpleEscape(raw[i]); ok {
			b.WriteByte(c)
			continue
		}
		digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[raw[i]]
		if digits == 0 || i+digits >= len(raw) {
			continue
		}
		code, err := strconv.ParseUint(raw[i+1:i+1+digits], 16, 32)
		if err == nil && code <= utf8.MaxRune {
			b.WriteRune(rune(code))
		}
		i += digits
	}
	return b.String()
}

func simpleEscape(c byte) (byte, bool) {
	switch c {
	case 'b':
		return '\b', true
	case 't':
		return '\t', true
	case 'n':
		return '\n', true
	case 'f':
		return '\f', true
	case 'r':
		return '\r', true
	case 'e':
		return 0x1b, true
	case '"', '\\':
		return c, true
	}
	return 0, false
}
