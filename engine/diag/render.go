package diag

import (
	"fmt"
	"io"
	"strings"
)

// Render writes d for people:
//
//	shop.toml:14:3: error E-KEY-UNKNOWN: unknown key "qualty"
//	   14 |   qualty = 85
//	      |   ^^^^^^ did you mean "quality"?
//
// Without a hint of its own, d gets the mend of its code. A hint without a source line stands on a line of its own.
func Render(w io.Writer, d *Diag) {
	place := ""
	if d.File != "" || d.Line > 0 {
		place = strings.TrimSuffix(d.Error(), d.Message)
	}
	fmt.Fprintf(w, "%s%s %s: %s\n", place, d.Severity(), d.Code, d.Message)
	if d.Source == "" || d.Line == 0 {
		if mend := d.Mend(); mend != "" {
			fmt.Fprintf(w, "  hint: %s\n", mend)
		}
		return
	}
	fmt.Fprintf(w, "%5d | %s\n", d.Line, d.Source)
	fmt.Fprintf(w, "      | %s%s", indent(d.Source, d.Column), strings.Repeat("^", max(d.Width, 1)))
	if mend := d.Mend(); mend != "" {
		fmt.Fprintf(w, " %s", mend)
	}
	fmt.Fprintln(w)
}

// indent gives the white space in front of column, tabs kept so that the caret
// stands under its character.
func indent(line string, column int) string {
	var b strings.Builder
	n := 1
	for _, r := range line {
		if n >= column {
			break
		}
		if r == '\t' {
			b.WriteRune('\t')
		} else {
			b.WriteByte(' ')
		}
		n++
	}
	return b.String()
}
