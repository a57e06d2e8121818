package strict

import (
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/exportd/exportd/engine/diag"
)

// ReadJSON takes a JSON object apart as [Read] does TOML: same size rule, same
// errors, a key that stands twice among them.
func ReadJSON(file string, data []byte, maxBytes int) (*Document, error) {
	d, err := open(file, data, maxBytes)
	if err != nil {
		return nil, err
	}
	d.json = true
	r := &jsonReader{doc: d, dec: json.NewDecoder(strings.NewReader(d.text))}
	r.dec.UseNumber()
	v, err := r.value(&d.root)
	if err != nil {
		return nil, err
	}
	var ok bool
	if d.data, ok = v.(map[string]any); !ok {
		return nil, r.wrong(0, "a JSON object is expected, found "+typeName(v))
	}
	rest := d.text[r.dec.InputOffset():]
	if more := strings.TrimLeft(rest, " \t\r\n"); more != "" {
		return nil, r.wrong(len(d.text)-len(more), "text behind the end of the JSON object")
	}
	return d, nil
}

type jsonReader struct {
	doc   *Document
	dec   *json.Decoder
	depth int
}

// start is the offset of the next token.
func (r *jsonReader) start() int {
	off := int(r.dec.InputOffset())
	for off < len(r.doc.text) && strings.IndexByte(" \t\r\n,:", r.doc.text[off]) >= 0 {
		off++
	}
	return off
}

func (r *jsonReader) token() (json.Token, error) {
	off := r.start()
	tok, err := r.dec.Token()
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return nil, r.wrong(len(strings.TrimRight(r.doc.text, " \t\r\n"))-1, "the JSON text ends too early")
	case err != nil:
		return nil, r.wrong(off, "invalid JSON: "+err.Error())
	}
	s, ok := tok.(string)
	if ok && strings.ContainsRune(s, utf8.RuneError) && !replacementWritten(r.doc.text[off:r.dec.InputOffset()]) {
		return nil, r.wrong(off, "a \\u escape that is half a character")
	}
	return tok, nil
}

// replacementWritten reports whether a string holds U+FFFD because its author
// wrote it.
func replacementWritten(raw string) bool {
	return strings.ContainsRune(raw, utf8.RuneError) || strings.Contains(strings.ToLower(raw), `\ufffd`)
}

func (r *jsonReader) value(n *node) (any, error) {
	off := r.start()
	tok, err := r.token()
	if err != nil {
		return nil, err
	}
	switch tok := tok.(type) {
	case json.Number:
		return r.number(off, tok)
	case json.Delim:
		r.depth++
		defer func() { r.depth-- }()
		if r.depth > maxDepth {
			return nil, r.wrong(off, "nested deeper than "+strconv.Itoa(maxDepth)+" levels")
		}
		if tok == '{' {
			return r.object(n)
		}
		return r.array(n)
	}
	return tok, nil
}

func (r *jsonReader) object(n *node) (any, error) {
	out := map[string]any{}
	for r.dec.More() {
		off := r.start()
		tok, err := r.token()
		if err != nil {
			return nil, err
		}
		name, ok := tok.(string)
		if !ok {
			return nil, r.wrong(off, "a key must be a string")
		}
		if _, twice := out[name]; twice {
			return nil, r.wrong(off, "the key "+strconv.Quote(name)+" stands twice")
		}
		if out[name], err = r.value(n.child(part{name: name, off: off})); err != nil {
			return nil, err
		}
	}
	_, err := r.token()
	return out, err
}

func (r *jsonReader) array(n *node) (any, error) {
	out := []any{}
	for r.dec.More() {
		elem := node{off: r.start()}
		v, err := r.value(&elem)
		if err != nil {
			return nil, err
		}
		n.element(elem.off).inner = elem.inner
		out = append(out, v)
	}
	_, err := r.token()
	return out, err
}

// number keeps whole numbers whole.
func (r *jsonReader) number(off int, n json.Number) (any, error) {
	if i, err := n.Int64(); err == nil {
		return i, nil
	}
	f, err := n.Float64()
	if err != nil {
		return nil, r.wrong(off, "the number "+n.String()+" is out of range")
	}
	return f, nil
}

// wrong says what is wrong with the text at an offset.
func (r *jsonReader) wrong(off int, message string) error {
	return diag.New(diag.JSONSyntax, "%s", message).At(r.doc.at(off))
}
