package strict

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"github.com/exportd/exportd/engine/diag"
)

// maxSource is the longest line, in bytes, that a place quotes. A job may hold
// megabytes of handles in one line.
const maxSource = 512

// at gives the place of a byte offset; its width is that of the key or value
// which starts there.
func (d *Document) at(off int) diag.Place {
	off = max(min(off, len(d.text)), 0)
	return d.span(off, tokenWidth(d.text[off:]))
}

func (d *Document) span(off, width int) diag.Place {
	off = max(min(off, len(d.text)), 0)
	before := d.text[:off]
	start := strings.LastIndexByte(before, '\n') + 1
	line := d.text[start:]
	if end := strings.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	}
	line = strings.TrimSuffix(line, "\r")
	p := diag.Place{
		File:   d.file,
		Line:   strings.Count(before, "\n") + 1,
		Column: utf8.RuneCountInString(before[start:]) + 1,
		Width:  max(width, 1),
	}
	if len(line) <= maxSource {
		p.Source = line
	}
	return p
}

// tokenWidth counts the characters of the key or scalar at the start of text.
func tokenWidth(text string) int {
	if text == "" {
		return 1
	}
	stop := " \t\r\n=.,]}#"
	switch c := text[0]; {
	case c == '"' || c == '\'':
		end, _ := lineStringEnd(text, 0)
		return utf8.RuneCountInString(text[:end])
	case c == '[' || c == '{':
		return 1
	case c >= '0' && c <= '9' || c == '-' || c == '+':
		stop = " \t\r\n=,]}#" // a number has its dot
	}
	if end := strings.IndexAny(text, stop); end >= 0 {
		text = text[:end]
	}
	return utf8.RuneCountInString(text)
}

// syntax gives the parser's complaint its place.
func (d *Document) syntax(err error) error {
	var parse toml.ParseError
	if !errors.As(err, &parse) {
		return diag.From(err, diag.TOMLSyntax).At(d.Place())
	}
	off := max(min(parse.Position.Start, len(d.text)), 0)
	width := utf8.RuneCountInString(d.text[off:min(off+max(parse.Position.Len, 1), len(d.text))])
	found := diag.New(diag.TOMLSyntax, "%s", sentence(parse.Message)).At(d.span(off, width))
	if hint := usage(parse); hint != "" {
		found = found.WithHint("%s", hint)
	}
	return found
}

// sentence writes a message as the house does: lower case, no full stop. Words
// in capitals stay.
func sentence(msg string) string {
	msg = strings.TrimSuffix(strings.TrimSpace(strings.ReplaceAll(msg, "\x00", "end of file")), ".")
	first, size := utf8.DecodeRuneInString(msg)
	second, _ := utf8.DecodeRuneInString(msg[size:])
	if unicode.IsUpper(first) && !unicode.IsUpper(second) {
		return string(unicode.ToLower(first)) + msg[size:]
	}
	return msg
}

// usage is the first sentence of the parser's advice, "" when it has none.
func usage(parse toml.ParseError) string {
	parse.Position = toml.Position{Line: 1, Col: 1, Len: 1} // it panics on line 0, which it gives at some ends of file
	_, advice, found := strings.Cut(parse.ErrorWithUsage(), "Error help:\n\n")
	if !found {
		return ""
	}
	advice, _, _ = strings.Cut(advice, "\n\n")
	return sentence(strings.TrimSuffix(strings.Join(strings.Fields(advice), " "), ":"))
}
