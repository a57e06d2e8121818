package strict

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"github.com/exportd/exportd/engine/diag"
)

// Document is a text that was read: its values, and where each key stands. A nil
// Document has no values and no places.
//
// A path names a value from the top: keys, and decimal indexes into arrays.
type Document struct {
	file string
	text string
	json bool
	root node
	data map[string]any
}

// Read takes a TOML text apart; file is its name in messages. A text of more
// than maxBytes gives E-FILE-SIZE, one that is not TOML, or that defines a key
// twice, E-TOML-SYNTAX with its place.
func Read(file string, data []byte, maxBytes int) (*Document, error) {
	d, err := open(file, data, maxBytes)
	if err != nil {
		return nil, err
	}
	s := newScanner(d.text)
	s.scan()
	if s.deep >= 0 {
		return nil, diag.New(diag.TOMLSyntax, "nested deeper than %d levels", maxDepth).At(d.at(s.deep))
	}
	d.root = s.root
	if err := parse(d.text, &d.data); err != nil {
		return nil, d.syntax(err)
	}
	if path := d.root.differs(d.data, nil); path != nil {
		return nil, diag.New(diag.TOMLSyntax, "%s is defined in two ways", d.Name(path...)).At(d.Place(path...))
	}
	return d, nil
}

// open checks what holds for every text: its size and its encoding.
func open(file string, data []byte, maxBytes int) (*Document, error) {
	if len(data) > maxBytes {
		return nil, diag.New(diag.FileSize, "the file has more than the %d bytes allowed", maxBytes).At(diag.Place{File: file})
	}
	d := &Document{file: file, text: strings.TrimPrefix(string(data), byteOrderMark)}
	if off := invalidUTF8(d.text); off >= 0 {
		return nil, diag.New(diag.TOMLSyntax, "the text is not UTF-8").At(d.span(off, 1)).WithHint("save the file as UTF-8")
	}
	if strings.HasPrefix(d.text, byteOrderMark) {
		return nil, diag.New(diag.TOMLSyntax, "a second byte order mark").At(d.span(0, 1)).WithHint("delete it")
	}
	return d, nil
}

const byteOrderMark = "\ufeff"

// invalidUTF8 gives the offset of the first byte that is no UTF-8, -1 when all is.
func invalidUTF8(text string) int {
	if utf8.ValidString(text) {
		return -1
	}
	for off, r := range text {
		if _, size := utf8.DecodeRuneInString(text[off:]); r == utf8.RuneError && size == 1 {
			return off
		}
	}
	return -1
}

// Place says where a key stands. Where the path ends in nothing, it is the place
// of the nearest table around it; an empty path is the start of the file. An
// element of an array stands where its value does.
func (d *Document) Place(path ...string) diag.Place {
	if d == nil {
		return diag.Place{}
	}
	n := &d.root
	for _, name := range path {
		next := n.find(name)
		if next == nil {
			break
		}
		n = next
	}
	if n == &d.root {
		return diag.Place{File: d.file, Line: 1, Column: 1}
	}
	return d.at(n.off)
}

// Keys lists the keys of a table in the order they are written; for an array
// they are its indexes. There are none below a path that does not exist.
func (d *Document) Keys(path ...string) []string {
	if d == nil {
		return nil
	}
	n := &d.root
	for _, name := range path {
		if n = n.find(name); n == nil {
			return nil
		}
	}
	if n.inner == nil {
		return nil
	}
	names := append([]string(nil), n.inner.names...)
	for i := range n.inner.elems {
		names = append(names, strconv.Itoa(i))
	}
	return names
}

// Value gives what stands at a path, nil when nothing does: string, int64,
// float64, bool, time.Time, []any or map[string]any. An empty path is the whole
// document. The caller must not change it.
func (d *Document) Value(path ...string) any {
	if d == nil {
		return nil
	}
	var v any = d.data
	for _, name := range path {
		v = step(v, name)
	}
	return v
}

func step(v any, name string) any {
	switch v := v.(type) {
	case map[string]any:
		return v[name]
	case []any:
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(v) {
			return v[i]
		}
	}
	return nil
}

// Name writes a path as people read it: stage.encode.params, list[2]. A key that
// TOML would quote is quoted. The empty path is "".
func (d *Document) Name(path ...string) string {
	var b strings.Builder
	var n *node
	if d != nil {
		n = &d.root
	}
	for _, name := range path {
		index := n != nil && n.isArray()
		if n != nil {
			n = n.find(name)
		}
		switch {
		case index:
			b.WriteString("[" + name + "]")
			continue
		case b.Len() > 0:
			b.WriteByte('.')
		}
		if strings.ContainsFunc(name, func(r rune) bool { return r > 0x7f || !isBare(byte(r)) }) || name == "" {
			name = strconv.Quote(name)
		}
		b.WriteString(name)
	}
	return b.String()
}

// parse runs the TOML parser. Should it panic on a text that it does not
// foresee, that is an error like any other.
func parse(text string, into *map[string]any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = diag.New(diag.TOMLSyntax, "the text confuses the TOML parser: %v", r)
		}
	}()
	if _, err := toml.Decode(text, into); err != nil {
		return err
	}
	plain(*into)
	return nil
}

// plain makes every array a []any, so that there is one form for all of them.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			v[k] = plain(e)
		}
	case []map[string]any:
		all := make([]any, len(v))
		for i, e := range v {
			all[i] = plain(e)
		}
		return all
	case []any:
		for i, e := range v {
			v[i] = plain(e)
		}
	}
	return v
}
