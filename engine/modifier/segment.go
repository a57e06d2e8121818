package modifier

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// blanks may stand around a segment: people wrap long modifiers over lines.
const blanks = " \t\r\n"

// kind is what a segment is.
type kind int

const (
	kindEnd        kind = iota // no segment: the text is used up
	kindCommand                // name or name=value
	kindDefinition             // $name=value
	kindInvocation             // $name$
)

// segment is what stands between two &, taken apart but not decoded.
type segment struct {
	kind   kind
	name   string
	value  string
	raw    string // as written, without the blanks around it
	bare   bool   // a command without =
	nested bool   // the value is a nested request in brackets
}

// next takes the first segment off text, skipping empty ones and comments
// (is-protocol 2.1). The error is about one segment, not yet a diagnostic.
func next(text string) (seg segment, rest string, err error) {
	for {
		text = skip(text)
		if text == "" {
			return segment{}, "", nil
		}
		if text[0] != '.' {
			break
		}
		_, text, _ = strings.Cut(text, "&")
	}
	if text[0] == '$' || strings.HasPrefix(text, dollar) {
		return nextDollar(text)
	}
	stop := strings.IndexAny(text, "=&")
	if stop < 0 || text[stop] == '&' {
		raw, rest, _ := strings.Cut(text, "&")
		raw = strings.TrimRight(raw, blanks)
		return segment{kind: kindCommand, name: raw, raw: raw, bare: true}, rest, nil
	}
	name := strings.TrimRight(text[:stop], blanks)
	if name == "" {
		raw, _, _ := strings.Cut(text, "&")
		return segment{}, "", fmt.Errorf("%s: a command needs a name before the =", clip(raw))
	}
	seg = segment{kind: kindCommand, name: name}
	value := text[stop+1:]
	if open := bracket(value); open >= 0 && nestable(name) {
		length, err := closing(value, open)
		if err != nil {
			return segment{}, "", fmt.Errorf("%s: %w", clip(name), err)
		}
		seg.nested = true
		seg.value, seg.raw, rest = value[:length], text[:stop+1+length], value[length:]
		return seg, rest, nil
	}
	value, rest, _ = strings.Cut(value, "&")
	seg.value = strings.TrimRight(value, blanks)
	seg.raw = text[:stop+1+len(seg.value)]
	return seg, rest, nil
}

// skip drops what may stand in front of a segment: blanks, empty segments, a ?
// that was copied along, and the remains of an &amp;.
func skip(text string) string {
	for {
		t := strings.TrimPrefix(strings.TrimLeft(text, blanks+"&?"), "amp;")
		if len(t) == len(text) {
			return t
		}
		text = t
	}
}

// dollar is how many that build URLs write the $ of a macro (r-http-encoding).
const dollar = "%24"

// nextDollar takes a segment off text that begins with $, encoded or not.
func nextDollar(text string) (segment, string, error) {
	raw, rest, _ := strings.Cut(text, "&")
	raw = strings.TrimRight(raw, blanks)
	if inner, ok := strings.CutPrefix(raw, dollar); ok {
		raw = "$" + inner
	}
	if inner, ok := strings.CutSuffix(raw, dollar); ok && !strings.Contains(raw, "=") {
		raw = inner + "$"
	}
	if name, value, ok := strings.Cut(raw[1:], "="); ok {
		if name = strings.TrimRight(name, blanks); validName(name) {
			return segment{kind: kindDefinition, name: name, value: value, raw: raw}, rest, nil
		}
	} else if name, ok := strings.CutSuffix(raw[1:], "$"); ok && validName(name) {
		return segment{kind: kindInvocation, name: name, raw: raw}, rest, nil
	}
	return segment{}, "", fmt.Errorf("%s: want $name$ for a macro or $name=value for a variable; names are made of letters, digits, dots, dashes and underscores", clip(raw))
}

// validName reports whether name may name a macro or a variable.
func validName(name string) bool {
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return name != ""
}

// nestable reports whether the command's value may be a nested request.
func nestable(name string) bool {
	return strings.EqualFold(name, "src") || strings.EqualFold(name, "mask") || strings.EqualFold(name, "imageSet")
}

// bracket gives the index of the bracket that opens a nested request, -1 when
// value is none. The prefixes are taken in any case.
func bracket(value string) int {
	for _, prefix := range [...]string{"", "is", "ir", "fxg"} {
		n := len(prefix)
		if len(value) > n && strings.EqualFold(value[:n], prefix) && (value[n] == '(' || value[n] == '{') {
			return n
		}
	}
	return -1
}

// closing gives the length of the nested request whose bracket opens at open.
// Only brackets of that kind count: a text= inside may hold a lone one of the
// other kind.
func closing(value string, open int) (int, error) {
	left, right := value[open], byte(')')
	if left == '{' {
		right = '}'
	}
	depth := 0
	for i := open; i < len(value); i++ {
		switch value[i] {
		case left:
			depth++
		case right:
			depth--
		}
		if depth > 0 {
			continue
		}
		if rest := strings.TrimLeft(value[i+1:], blanks); rest != "" && rest[0] != '&' {
			return 0, fmt.Errorf("want & behind the nested request %s", clip(value[:i+1]))
		}
		return i + 1, nil
	}
	return 0, fmt.Errorf("the nested request %s lacks a closing %c", clip(value), right)
}

// clip makes text fit for a message: quoted when it holds anything that cannot
// be shown, and at most 60 characters.
func clip(text string) string {
	cut := text
	if utf8.RuneCountInString(text) > 60 {
		cut = string([]rune(text)[:59])
	}
	for _, r := range cut {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			cut = fmt.Sprintf("%+q", cut)
			break
		}
	}
	if len(text) > 60 && utf8.RuneCountInString(text) > 60 {
		cut += "…"
	}
	return cut
}
