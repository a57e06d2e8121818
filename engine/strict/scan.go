package strict

import "strings"

// maxDepth bounds how deep arrays and inline tables nest and how many parts a
// key has: the TOML parser recurses on the one and is quadratic in the other.
const maxDepth = 64

// scanner finds every key and array element of a TOML text. It is made for valid
// texts: in an invalid one it stops somewhere behind the first error, and the
// parser says what is wrong.
type scanner struct {
	text  string
	pos   int
	root  node
	depth int
	deep  int // offset of what exceeds maxDepth, -1 when nothing does

	// seen, when set, is told the full path of every key and header in document
	// order, as MetaData.Keys lists them; path is the one under construction.
	seen func(path []string)
	path []string
}

func newScanner(text string) *scanner { return &scanner{text: text, deep: -1} }

// scan reads the whole text. It gives false when it lost its way.
func (s *scanner) scan() bool {
	current := &s.root
	for {
		s.skip(true)
		if s.pos == len(s.text) {
			return true
		}
		var ok bool
		if s.text[s.pos] == '[' {
			current, ok = s.header()
		} else {
			ok = s.pair(current)
		}
		if !ok {
			return false
		}
	}
}

// header reads [a.b] or [[a.b]] and gives the table it opens.
func (s *scanner) header() (*node, bool) {
	s.pos++
	array := s.take('[')
	parts, ok := s.key()
	if !ok || !s.take(']') || array && !s.take(']') {
		return nil, false
	}
	s.path = s.path[:0]
	n, end := &s.root, parts[len(parts)-1]
	for _, p := range parts[:len(parts)-1] {
		n = n.child(p).last()
		s.path = append(s.path, p.name)
	}
	n = n.child(end)
	s.path = append(s.path, end.name)
	s.tell()
	if array {
		return n.element(end.off), true
	}
	n.off = end.off // the table's own header says best where it is
	return n, true
}

// pair reads `key = value` into a table.
func (s *scanner) pair(table *node) bool {
	parts, ok := s.key()
	if !ok || !s.take('=') {
		return false
	}
	outer := len(s.path)
	n := table
	for _, p := range parts {
		n = n.child(p)
		s.path = append(s.path, p.name)
	}
	s.tell()
	s.skip(false)
	ok = s.value(n)
	s.path = s.path[:outer]
	return ok
}

func (s *scanner) tell() {
	if s.seen != nil {
		s.seen(s.path)
	}
}

// value reads one value and notes in n what stands inside it.
func (s *scanner) value(n *node) bool {
	if s.pos == len(s.text) {
		return false
	}
	switch s.text[s.pos] {
	case '"', '\'':
		end, ok := stringEnd(s.text, s.pos)
		s.pos = end
		return ok
	case '[':
		return s.nested(func() bool { return s.array(n) })
	case '{':
		return s.nested(func() bool { return s.inline(n) })
	}
	end := strings.IndexAny(s.text[s.pos:], ",]}#\r\n")
	if end < 0 {
		end = len(s.text) - s.pos
	}
	s.pos += end
	return end > 0
}

// nested guards the depth around an array or inline table.
func (s *scanner) nested(read func() bool) bool {
	s.depth++
	defer func() { s.depth-- }()
	if s.depth > maxDepth {
		s.deep = s.pos
		return false
	}
	s.pos++
	return read()
}

func (s *scanner) array(n *node) bool {
	for {
		s.skip(true)
		if s.take(']') {
			return true
		}
		// An element added below n moves its elder siblings, not what hangs on them.
		elem := node{off: s.pos}
		if !s.value(&elem) {
			return false
		}
		n.element(elem.off).inner = elem.inner
		s.skip(true)
		if !s.take(',') && (s.pos == len(s.text) || s.text[s.pos] != ']') {
			return false
		}
	}
}

func (s *scanner) inline(n *node) bool {
	for {
		s.skip(true)
		if s.take('}') {
			return true
		}
		if !s.pair(n) {
			return false
		}
		s.skip(true)
		if !s.take(',') && (s.pos == len(s.text) || s.text[s.pos] != '}') {
			return false
		}
	}
}

// take steps over c when it is next.
func (s *scanner) take(c byte) bool {
	if s.pos < len(s.text) && s.text[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

// skip steps over blanks and, when lines is set, over comments and line ends.
func (s *scanner) skip(lines bool) {
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; {
		case c == ' ' || c == '\t':
			s.pos++
		case lines && (c == '\n' || c == '\r'):
			s.pos++
		case lines && c == '#':
			end := strings.IndexByte(s.text[s.pos:], '\n')
			if end < 0 {
				end = len(s.text) - s.pos
			}
			s.pos += end
		default:
			return
		}
	}
}
