package filename

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// MaxComponent is the most bytes that one component of a safe name has. File
// systems stop at 255; the rest is for what others append.
const MaxComponent = 200

// maxExt is the longest extension, with its dot, that is kept when a name is cut.
const maxExt = 33

// StateDir and TempPrefix are what exportd keeps for itself in an output folder:
// the folder of run states, and how temporary files begin. No safe name has a
// component like them.
const (
	StateDir   = ".exportd"
	TempPrefix = ".exp-"
)

// Safe gives the portable form of a slash-separated name:
//
//   - relative, without "..", empty or "." components;
//   - Unicode NFC, without control characters, without characters that turn or
//     hide text, and without \ : * ? " < > |, each of them replaced by "_";
//   - no component that ends in a dot or a space, none that Windows takes for a
//     device (CON, NUL.txt, …), none longer than [MaxComponent];
//   - no component that exportd keeps for itself.
//
// The form of a safe name is the name itself. Two names may have one form: keep
// them apart with [Unique].
func Safe(name string) string {
	var parts []string
	for part := range strings.SplitSeq(name, "/") {
		if part != "" && part != "." {
			parts = append(parts, component(part))
		}
	}
	if len(parts) == 0 {
		return "_"
	}
	return strings.Join(parts, "/")
}

// component makes one component safe.
func component(s string) string {
	// NFC twice: a replaced character may have kept two others apart.
	s = norm.NFC.String(strings.Map(replace, norm.NFC.String(strings.ToValidUTF8(s, "_"))))
	s = strings.TrimRight(s, ". ")
	if s == "" {
		return "_"
	}
	if device(s) || own(s) {
		s = "_" + s
	}
	return cut(s, MaxComponent)
}

// replace gives "_" for every character that a name must not have.
func replace(r rune) rune {
	switch {
	case strings.ContainsRune(`\:*?"<>|`, r),
		unicode.IsControl(r),
		unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp, unicode.Noncharacter_Code_Point),
		unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d': // no width: two names would look alike; joiners make letters and emoji
		return '_'
	}
	return r
}

// devices are the names that Windows gives to devices, with any extension.
var devices = []string{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"}

// device reports whether Windows takes s for a device.
func device(s string) bool {
	stem, _, _ := strings.Cut(s, ".")
	stem = strings.ToUpper(strings.TrimRight(stem, " "))
	if slices.Contains(devices, stem) {
		return true
	}
	port, ok := strings.CutPrefix(stem, "COM")
	if !ok {
		port, ok = strings.CutPrefix(stem, "LPT")
	}
	return ok && utf8.RuneCountInString(port) == 1 && strings.Contains("0123456789¹²³", port)
}

// own reports whether exportd keeps s for itself.
func own(s string) bool {
	s = Fold(s)
	return s == StateDir || strings.HasPrefix(s, TempPrefix)
}

// cut shortens one component to limit bytes; its extension stays.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	stem, ext := split(s)
	return strings.TrimRight(head(stem, limit-len(ext)), ". ") + ext
}

// head gives at most n bytes of s, whole characters only: no accent is torn off
// its letter unless the letter carries more of them than fit.
func head(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	if !norm.NFC.PropertiesString(s[n:]).BoundaryBefore() {
		if i := norm.NFC.LastBoundary([]byte(s[:n])); i > 0 {
			n = i
		}
	}
	return s[:n]
}

// split parts a component before its extension. A leading dot begins no
// extension, and what is too long to be one is none.
func split(s string) (stem, ext string) {
	ext = path.Ext(s)
	if ext == s || len(ext) > maxExt || ext == "." {
		return s, ""
	}
	return strings.TrimSuffix(s, ext), ext
}

// Fold gives the form in which names are compared: NFC and without case, as
// Unicode folds it, so that "ß" is "SS". Names that are one file on macOS or
// Windows have one form.
func Fold(name string) string {
	if ascii(name) {
		return strings.ToLower(name)
	}
	return norm.NFC.String(cases.Fold().String(norm.NFC.String(name)))
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
