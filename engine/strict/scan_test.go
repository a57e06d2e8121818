package strict

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
)

// corpus holds valid texts with everything that could lead a scanner astray.
var corpus = []string{
	"",
	"a=1",
	"# only a comment",
	"a = 1 # [b]\n[b] # c = 2\nc.d.\"e f\" = 2\n",
	"'lit.eral'.\"ba\\\"s\\u0069c\" = ']'\n",
	"a = \"\"\"\n[not.a.table]\nx = 1\n\\\"\"\"\"\"\nb = '''\n]'''''\n",
	"a = \"\"\"\\\\\"\"\"\nb = \"\"\nc = ''\nd = ''''''\n",
	"a = [1, # ]\n  [2, \"]\"], { b = 1, c.d = [ { e = '}' } ] },\n]\nf = {}\n",
	"[[x]]\na = 1\n[[x.y]]\nb = 1\n[[x]]\na = 2\n[x.z]\nc = 1\n",
	"d = 1979-05-27 07:32:00Z\ne = [1979-05-27, 07:32:00]\nf = -inf\ng = 1_000.5e+3\n",
	"a = { b = { c = 1 }, d = 2, }\n[t]\nu.v = {w.x = 1}\nu.y = 2\n",
	"[ a . 'b' ]\r\nc = true\r\n\t[a.d]\r\n",
	"a = {\n  b = 1, # c\n  d = 2\n}\n",
	"\"\" = 1\n[t.\"\"]\n\"\\U0001F600\" = 1\n",
	"[b.c]\nx=1\n[b]\ny=1\n[a]\n",
}

func TestScannerFindsEveryKeyInOrder(t *testing.T) {
	for _, text := range corpus {
		checkAgainstParser(t, text)
	}
}

// checkAgainstParser compares the scanner with MetaData.Keys and with the
// values, for a text that the parser takes.
func checkAgainstParser(t *testing.T, text string) {
	t.Helper()
	var data map[string]any
	meta, err := toml.Decode(text, &data)
	if err != nil {
		return
	}
	s := newScanner(text)
	var got []string
	s.seen = func(path []string) { got = append(got, fmt.Sprintf("%q", path)) }
	if !s.scan() {
		if s.deep < 0 {
			t.Fatalf("lost its way at %d of %q", s.pos, text)
		}
		return
	}
	var want []string
	for _, k := range meta.Keys() {
		want = append(want, fmt.Sprintf("%q", []string(k)))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("keys of %q (-parser +scanner):\n%s", text, diff)
	}
	if bad := s.root.differs(plain(data), nil); bad != nil && !strings.Contains(text, "[[") {
		t.Fatalf("%q: the scanner sees %q otherwise than the parser", text, bad)
	}
}

func TestRefusesWhatTheParserOverwrites(t *testing.T) {
	_, err := Read("f", []byte("[[a.b]]\nx = 1\n[a]\nb.y = 2\n"), 100)
	if err == nil || err.Error() != "f:1:5: a.b is defined in two ways" {
		t.Errorf("got %v", err)
	}
}

func TestPlacesOfKeys(t *testing.T) {
	const text = "\ufefftop = 1\n" +
		"[stage.encode]\n" +
		"  kind   = 'é' # ü\n" +
		"\"ä b\" = { inner.x = [10, 2.5, \"three\"], y = 1 }\n" +
		"[[list]]\r\n" +
		"a = 1\r\n" +
		"[[list]]\r\n" +
		"\ta = 2\r\n"
	d, err := Read("f.toml", []byte(text), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, want string }{
		{"", "f.toml:1:1/0 "},
		{"nowhere", "f.toml:1:1/0 "},
		{"top", "f.toml:1:1/3 top = 1"},
		{"stage", "f.toml:2:2/5 [stage.encode]"},
		{"stage/encode", "f.toml:2:8/6 [stage.encode]"},
		{"stage/encode/absent", "f.toml:2:8/6 [stage.encode]"},
		{"stage/encode/kind", "f.toml:3:3/4   kind   = 'é' # ü"},
		{"stage/encode/ä b", `f.toml:4:1/5 "ä b" = { inner.x = [10, 2.5, "three"], y = 1 }`},
		{"stage/encode/ä b/inner/x", `f.toml:4:17/1 "ä b" = { inner.x = [10, 2.5, "three"], y = 1 }`},
		{"stage/encode/ä b/inner/x/1", `f.toml:4:26/3 "ä b" = { inner.x = [10, 2.5, "three"], y = 1 }`},
		{"stage/encode/ä b/inner/x/2", `f.toml:4:31/7 "ä b" = { inner.x = [10, 2.5, "three"], y = 1 }`},
		{"stage/encode/ä b/y", `f.toml:4:41/1 "ä b" = { inner.x = [10, 2.5, "three"], y = 1 }`},
		{"list", "f.toml:5:3/4 [[list]]"},
		{"list/1", "f.toml:7:3/4 [[list]]"},
		{"list/1/a", "f.toml:8:2/1 \ta = 2"},
	} {
		p := d.Place(strings.FieldsFunc(c.path, func(r rune) bool { return r == '/' })...)
		if got := fmt.Sprintf("%s:%d:%d/%d %s", p.File, p.Line, p.Column, p.Width, p.Source); got != c.want {
			t.Errorf("%s: got %s, want %s", c.path, got, c.want)
		}
	}
}

func TestKeysAndValuesAndNames(t *testing.T) {
	d, err := Read("f", []byte("[macros]\nz='1'\n\"a.b\"='2'\nm.n=3\n[[l]]\nx=1\n[[l]]\n"), 100)
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Keys("macros"); !slices.Equal(got, []string{"z", "a.b", "m"}) {
		t.Errorf("macros in order: %q", got)
	}
	if got := d.Keys("l"); !slices.Equal(got, []string{"0", "1"}) {
		t.Errorf("elements: %q", got)
	}
	if d.Keys("macros", "z", "q") != nil || d.Value("macros", "z", "q") != nil {
		t.Error("there is something below a string")
	}
	if got := d.Value("l", "0", "x"); got != int64(1) {
		t.Errorf("value in an array of tables: %v", got)
	}
	if got := d.Name("macros", "a.b") + " " + d.Name("l", "1", "x") + " " + d.Name("l", "1"); got != `macros."a.b" l[1].x l[1]` {
		t.Errorf("names: %s", got)
	}
}

func FuzzScannerAgreesWithParser(f *testing.F) {
	for _, text := range corpus {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := newScanner(text)
		s.scan()
		if s.deep >= 0 || !utf8.ValidString(text) || strings.HasPrefix(text, byteOrderMark) {
			return
		}
		checkAgainstParser(t, text)
	})
}
