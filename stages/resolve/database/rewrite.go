package database

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/exportd/exportd/engine/diag"
)

// name is how a query names its handles.
const name = ":handles"

// rewrite gives the query with a parameter for :handles. It must be there once,
// in one of the forms that the dialect knows; texts, names and comments do not
// count.
func (d dialect) rewrite(query string) (string, error) {
	at := -1
	for i, n := 0, 0; i < len(query); i += n {
		n = d.token(query[i:])
		switch token := query[i : i+n]; {
		case token == name && at >= 0:
			return "", badQuery("has :handles more than once", "name it once: a query with two lists of handles is not understood")
		case token == name:
			at = i
		case token == ";" && d.more(query[i+1:]):
			return "", badQuery("has more than one statement", "leave the query alone")
		}
	}
	if at < 0 {
		return "", badQuery("has no :handles", "add: where handle in (:handles)")
	}
	return d.replace(query, at)
}

func badQuery(what, mend string) error {
	return diag.New(diag.KeyValue, "catalog.query %s", what).WithHint("%s", mend)
}

// replace puts the parameter in the place of :handles.
func (d dialect) replace(query string, at int) (string, error) {
	before, after := query[:at], query[at+len(name):]
	open := strings.TrimRightFunc(before, unicode.IsSpace)
	function, ok := strings.CutSuffix(open, "(")
	head, word := lastWord(function)
	for _, w := range d.wraps {
		if ok && strings.EqualFold(word, w) {
			return before + d.parameter + after, nil
		}
	}
	end := strings.TrimLeftFunc(after, unicode.IsSpace)
	rest, closed := strings.CutPrefix(end, ")")
	if !ok || !closed || !strings.EqualFold(word, "in") {
		return "", badQuery("has :handles where no list of them can stand", d.forms())
	}
	if _, not := lastWord(head); strings.EqualFold(not, "not") {
		return "", badQuery("asks for all but the handles", d.forms())
	}
	return head + d.list + rest, nil
}

func (d dialect) forms() string {
	if d.dollars {
		return "write: in (:handles), or = any(:handles)"
	}
	return "write: in (:handles), or in (select value from json_each(:handles))"
}

// lastWord splits the last word off a text, without the space behind it.
func lastWord(s string) (head, word string) {
	s = strings.TrimRightFunc(s, unicode.IsSpace)
	i := len(s)
	for i > 0 {
		r, n := utf8.DecodeLastRuneInString(s[:i])
		if !inName(r) {
			break
		}
		i -= n
	}
	return s[:i], s[i:]
}

func inName(r rune) bool { return r == '_' || r == '$' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// more reports whether a text holds anything but space and comments.
func (d dialect) more(s string) bool {
	for s != "" {
		n := d.token(s)
		if r, _ := utf8.DecodeRuneInString(s); !unicode.IsSpace(r) && r != ';' && !strings.HasPrefix(s, "--") && !strings.HasPrefix(s, "/*") {
			return true
		}
		s = s[n:]
	}
	return false
}

// token gives the length of the token at the beginning of s, which is not empty:
// a quoted text, a comment, a name, :handles, or one character.
func (d dialect) token(s string) int {
	switch c := s[0]; {
	case d.dollars && len(s) > 1 && (c == 'e' || c == 'E') && s[1] == '\'':
		return 1 + quoted(s[1:], '\'', true)
	case c == '\'' || c == '"' || c == '`' && !d.dollars:
		return quoted(s, c, false)
	case d.brackets && c == '[':
		return through(s, "]")
	case strings.HasPrefix(s, "--"):
		return through(s, "\n")
	case strings.HasPrefix(s, "/*"):
		return d.comment(s)
	case d.dollars && c == '$':
		return dollar(s)
	case strings.HasPrefix(s, "::"):
		return 2
	case c == ':':
		return 1 + length(s[1:])
	}
	if n := length(s); n > 0 {
		return n
	}
	_, n := utf8.DecodeRuneInString(s)
	return n
}

// length is that of the name at the beginning of s.
func length(s string) int {
	for i, r := range s {
		if !inName(r) {
			return i
		}
	}
	return len(s)
}

// quoted is the length of a text in quotes, which are doubled within it.
func quoted(s string, quote byte, escapes bool) int {
	for i := 1; i < len(s); i++ {
		switch {
		case escapes && s[i] == '\\':
			i++
		case s[i] != quote:
		case i+1 < len(s) && s[i+1] == quote:
			i++
		default:
			return i + 1
		}
	}
	return len(s)
}

// through is the length of a text to the end of the first stop behind its
// beginning.
func through(s, stop string) int {
	if i := strings.Index(s[1:], stop); i >= 0 {
		return 1 + i + len(stop)
	}
	return len(s)
}

// comment is the length of a comment; PostgreSQL's may hold others.
func (d dialect) comment(s string) int {
	for i, depth := 2, 1; i+1 < len(s); {
		switch {
		case s[i:i+2] == "*/":
			i += 2
			if depth--; depth == 0 {
				return i
			}
		case d.dollars && s[i:i+2] == "/*":
			i += 2
			depth++
		default:
			i++
		}
	}
	return len(s)
}

// dollar is the length of a text between $tag$ and $tag$, or that of a $ alone.
func dollar(s string) int {
	tag := 1
	for tag < len(s) && s[tag] != '$' {
		r, n := utf8.DecodeRuneInString(s[tag:])
		if !inName(r) || tag == 1 && unicode.IsDigit(r) {
			return 1
		}
		tag += n
	}
	if tag == len(s) {
		return 1
	}
	mark := s[:tag+1]
	if i := strings.Index(s[tag+1:], mark); i >= 0 {
		return tag + 1 + i + len(mark)
	}
	return len(s)
}
