package filename

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestSafeNames(t *testing.T) {
	long := strings.Repeat("ä", 150)
	for _, c := range []struct{ behaviour, name, want string }{
		{"a plain name stays", "a/b c/d.jpg", "a/b c/d.jpg"},
		{"an absolute name becomes relative", "/etc/passwd", "etc/passwd"},
		{"dots that climb are replaced", "../../a.png", "_/_/a.png"},
		{"empty and dot components go", "a//./b.png", "a/b.png"},
		{"nothing becomes something", "", "_"},
		{"only slashes", "///", "_"},
		{"a backslash is no separator", `a\..\b`, "a_.._b"},
		{"a drive letter", "C:/x", "C_/x"},
		{"characters that Windows refuses", `a:*?"<>|b`, "a_______b"},
		{"control characters", "a\x00\n\x1b\x7f\u0085b", "a_____b"},
		{"text that turns round", "a\u202egpj.exe\u2066\u200f\u061c", "a_gpj.exe___"},
		{"characters without width", "a\u200b\ufeff\u2060b", "a___b"},
		{"letters that joiners hold together stay", "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.jpg", "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645.jpg"},
		{"decomposed letters are composed", "U\u0308nico.png", "\u00dcnico.png"},
		{"bytes that are no UTF-8", "a\xff\xfeb", "a_b"},
		{"trailing dots and spaces", "dir. /a.png. .", "dir/a.png"},
		{"a device", "CON", "_CON"},
		{"a device with extensions", "x/nul.tar.gz", "x/_nul.tar.gz"},
		{"a device with a space", "Com1 .txt", "_Com1 .txt"},
		{"a device with a raised digit", "LPT².jpg", "_LPT².jpg"},
		{"what only begins like a device", "CONSOLE/COM10/COM.jpg", "CONSOLE/COM10/COM.jpg"},
		{"the state folder is exportd's", ".EXPORTD/id/journal.ndjson", "_.EXPORTD/id/journal.ndjson"},
		{"temporary names are exportd's", "a/.exp-1", "a/_.exp-1"},
		{"a long name keeps its extension", long + ".jpeg", strings.Repeat("ä", 97) + ".jpeg"},
		{"a long tail is no extension", "a." + strings.Repeat("b", 300), "a." + strings.Repeat("b", 198)},
		{"a hidden file", ".htaccess", ".htaccess"},
		{"a leading dash and a tilde stay", "-rf/~root", "-rf/~root"},
	} {
		if got := Safe(c.name); got != c.want {
			t.Errorf("%s: Safe(%q) = %q, want %q", c.behaviour, c.name, got, c.want)
		}
	}
}

func TestUniqueNames(t *testing.T) {
	for _, c := range []struct {
		behaviour  string
		take, want []string
	}{
		{"case folds", []string{"a.png", "A.png", "a.PNG"}, []string{"a.png", "A~2.png", "a~3.PNG"}},
		{"case of folders folds", []string{"D/a", "d/A"}, []string{"D/a", "d/A~2"}},
		{"decomposed letters fold", []string{"\u00fc", "u\u0308"}, []string{"\u00fc", "u\u0308~2"}},
		{"a real ~2 that came first is passed over", []string{"a~2", "a", "a"}, []string{"a~2", "a", "a~3"}},
		{"a real ~2 that comes later is numbered", []string{"a", "a", "a~2"}, []string{"a", "a~2", "a~2~2"}},
		{"only the last extension counts", []string{"x.tar.gz", "x.tar.gz"}, []string{"x.tar.gz", "x.tar~2.gz"}},
		{"a hidden file has no extension", []string{".env", ".env"}, []string{".env", ".env~2"}},
		{"a file where a folder stands", []string{"a/b", "A"}, []string{"a/b", "A~2"}},
		{"a folder where a file stands", []string{"a", "a/b", "a/c", "A/c"}, []string{"a", "a~2/b", "a~2/c", "A~2/c~2"}},
		{"the manifest's names are exportd's", []string{"Manifest.ndjson", "manifest.sha256", "x/manifest.ndjson"}, []string{"Manifest~2.ndjson", "manifest~2.sha256", "x/manifest.ndjson"}},
	} {
		u := NewUnique()
		for i, name := range c.take {
			if got := u.Take(name); got != c.want[i] {
				t.Errorf("%s: Take(%q) = %q, want %q", c.behaviour, name, got, c.want[i])
			}
		}
	}
}

func TestManyEqualNamesAreNumberedInOneStepEach(t *testing.T) {
	u := NewUnique()
	const n = 200_000 // quadratic numbering would take minutes
	for i := 1; i <= n; i++ {
		got := u.Take("x.png")
		if i == n && got != fmt.Sprintf("x~%d.png", n) {
			t.Errorf("the last is %q", got)
		}
	}
}

func TestSafeAndUniqueHold(t *testing.T) {
	piece := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"/", "..", ".", " ", "\\", "CON", "a", "A", "~2", ".png", "\u0308", ".exp-", "\u202e", "<\u0338", strings.Repeat("é", 120), strings.Repeat("\u0301", 90)}))
	rapid.Check(t, func(t *rapid.T) {
		u, seen := NewUnique(), map[string]bool{}
		for _, pieces := range rapid.SliceOfN(rapid.SliceOfN(piece, 1, 6), 1, 8).Draw(t, "names") {
			name := Safe(strings.Join(pieces, ""))
			checkSafe(t, name)
			taken := u.Take(name)
			checkSafe(t, taken)
			if seen[Fold(taken)] {
				t.Fatalf("%q was given twice", taken)
			}
			seen[Fold(taken)] = true
		}
		for name := range seen {
			for dir := filepath.Dir(name); dir != "."; dir = filepath.Dir(dir) {
				if seen[dir] {
					t.Fatalf("%q is a file and a folder", dir)
				}
			}
		}
	})
}

func FuzzSafe(f *testing.F) {
	for _, s := range []string{"a/b.png", "../x", "\u0301\u0301", "CON", "<\u0338.", "a\xffb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkSafe(t, Safe(s)) })
}

type fataler interface{ Fatalf(string, ...any) }

// checkSafe holds what the package promises of a safe name.
func checkSafe(t fataler, name string) {
	if again := Safe(name); again != name {
		t.Fatalf("Safe(%q) = %q: not stable", name, again)
	}
	if !filepath.IsLocal(name) || !utf8.ValidString(name) || !norm.NFC.IsNormalString(name) || strings.ContainsAny(name, "\\:*?\"<>|\x00\n") {
		t.Fatalf("%q is not safe", name)
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part == ".." || len(part) > MaxComponent || strings.HasSuffix(part, ".") || strings.HasSuffix(part, " ") {
			t.Fatalf("%q has the component %q", name, part)
		}
	}
}
