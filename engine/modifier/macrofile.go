package modifier

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/exportd/exportd/engine/diag"
)

// The bounds of a macro file.
const (
	maxMacroFile = 1 << 20 // bytes
	maxMistakes  = 50      // lines that are wrong; reading stops behind them
)

// ReadFile defines the macros of a file: `name definition` a line, parted by
// blanks or a tab (is-protocol 2.2). A first line `Name<TAB>Definition` is the
// header of a catalog data file. Blank lines and lines that begin with # are
// skipped. file names the file in errors.
//
// The error is a [diag.List] of what is wrong, with its lines, up to 50; the
// macros of the other lines are defined all the same. E-FILE-READ and
// E-FILE-SIZE (over 1 MiB) stand for the file as a whole.
func (m *Macros) ReadFile(r io.Reader, file string) error {
	text, err := io.ReadAll(io.LimitReader(r, maxMacroFile+1))
	if err != nil {
		return diag.New(diag.FileRead, "macro file: %w", err).At(diag.Place{File: file})
	}
	if len(text) > maxMacroFile {
		return diag.New(diag.FileSize, "the macro file has more than %d bytes", maxMacroFile).At(diag.Place{File: file})
	}
	var wrong diag.List
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	lines.Buffer(nil, maxMacroFile+1)
	first := true
	for n := 1; len(wrong) < maxMistakes && lines.Scan(); n++ {
		line := lines.Text()
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || trimmed[0] == '#' {
			continue
		}
		name, definition := row(trimmed)
		if first {
			first = false
			if strings.EqualFold(name, "Name") && strings.EqualFold(definition, "Definition") {
				continue
			}
		}
		if err := m.defineRow(name, definition, diag.Place{File: file, Line: n, Source: line}); err != nil {
			wrong.Add(diag.From(err, diag.MacroInvalid))
		}
	}
	if err := lines.Err(); err != nil {
		wrong.Add(diag.New(diag.FileRead, "macro file: %w", err).At(diag.Place{File: file}))
	}
	return wrong.Err()
}

// row parts a line at its first blank or tab.
func row(line string) (name, definition string) {
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		return line[:i], strings.TrimSpace(line[i:])
	}
	return line, ""
}

// defineRow defines one line; the caret of an error stands under the name or
// the definition, whichever is at fault.
func (m *Macros) defineRow(name, definition string, place diag.Place) error {
	blame := definition
	if definition == "" || !validName(name) {
		blame = name
	}
	before := place.Source[:strings.LastIndex(place.Source, blame)]
	if blame == name {
		before = place.Source[:strings.Index(place.Source, blame)]
	}
	place.Column = 1 + utf8.RuneCountInString(before)
	place.Width = utf8.RuneCountInString(blame)
	if definition == "" {
		return diag.New(diag.MacroInvalid, "macro %s has no definition", clip(name)).
			WithHint("write the name, a blank and the commands on one line").At(place)
	}
	return m.Define(name, definition, place)
}
