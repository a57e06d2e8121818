package strict_test

import (
	"os"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/strict"
	"github.com/google/go-cmp/cmp"
)

func TestReadSaysWhereTheTextIsNoTOML(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no value", "a = 1\n b =\n", "E-TOML-SYNTAX f:2:5: expected value but found '\\n' instead\n"},
		{"a bare word", "a = yes\n", "E-TOML-SYNTAX f:1:5: expected value but found \"yes\" instead\n"},
		{"a key twice", "[s]\na = 1\nb = 1\na = 2\n", "E-TOML-SYNTAX f:4:1: key 's.a' has already been defined\n"},
		{"a table twice", "[s.x]\na = 1\n[s.x]\n", "E-TOML-SYNTAX f:3:2: key 's.x' has already been defined\n"},
		{"a string over two lines", "a = 1\nb = \"é\n\"\n",
			"E-TOML-SYNTAX f:2:7: strings cannot contain newlines | strings must always be on a single line, and cannot span more than one line\n"},
		{"a bad escape", "a = \"C:\\Users\"\n",
			"E-TOML-SYNTAX f:1:6: expected eight hexadecimal digits after '\\U', but got \"C:\\\\Us\" instead\n"},
		{"an end inside an escape", "\"''''a\\", "E-TOML-SYNTAX f:1:7: invalid escape in string '\\end of file' | a '\\' inside a \"-delimited string is interpreted as an escape character\n"},
		{"behind a byte order mark", "\ufeffa = \n", "E-TOML-SYNTAX f:1:5: expected value but found '\\n' instead\n"},
		{"no UTF-8", "a = 'é'\nb = '\xe9'\n", "E-TOML-SYNTAX f:2:6: the text is not UTF-8 | save the file as UTF-8\n"},
		{"UTF-16", "\xff\xfea\x00", "E-TOML-SYNTAX f:1:1: the text is not UTF-8 | save the file as UTF-8\n"},
		{"nested without end", "a = " + strings.Repeat("[", 100_000), "E-TOML-SYNTAX f:1:69: nested deeper than 64 levels\n"},
		{"a key without end", strings.Repeat("a.", 100_000) + "a = 1", "E-TOML-SYNTAX f:1:129: nested deeper than 64 levels\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := strict.Read("f", []byte(c.text), 1<<20)
			if diff := cmp.Diff(c.want, show(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReadRefusesATextThatIsTooLarge(t *testing.T) {
	for _, read := range []func(string, []byte, int) (*strict.Document, error){strict.Read, strict.ReadJSON} {
		if _, err := read("f", []byte("{}  "), 3); show(err) != "E-FILE-SIZE f: the file has more than the 3 bytes allowed\n" {
			t.Errorf("got %v", err)
		}
	}
}

func TestReadJSONSaysWhereTheTextIsNoJSON(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no object", "[1]", "E-JSON-SYNTAX f:1:1: a JSON object is expected, found an array\n"},
		{"a key twice", "{\n \"a\": 1,\n \"a\": 2}", "E-JSON-SYNTAX f:3:2: the key \"a\" stands twice\n"},
		{"text behind", "{}\n x", "E-JSON-SYNTAX f:2:2: text behind the end of the JSON object\n"},
		{"a comma behind", "{} ,", "E-JSON-SYNTAX f:1:4: text behind the end of the JSON object\n"},
		{"half", "{\"a\": [1,", "E-JSON-SYNTAX f:1:9: the JSON text ends too early\n"},
		{"half a character", `{"a": "\ud83d"}`, "E-JSON-SYNTAX f:1:7: a \\u escape that is half a character\n"},
		{"a huge number", `{"a": 1e999}`, "E-JSON-SYNTAX f:1:7: the number 1e999 is out of range\n"},
		{"nested without end", strings.Repeat(`{"a":`, 100_000), "E-JSON-SYNTAX f:1:321: nested deeper than 64 levels\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := strict.ReadJSON("f", []byte(c.text), 1<<20)
			if diff := cmp.Diff(c.want, show(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := strict.ReadJSON("f", []byte("{\"a\" 1}"), 100); diag.From(err, "").Column != 6 {
		t.Errorf("got %v", err)
	}
}

func TestReadJSONDecodesLikeTOML(t *testing.T) {
	d, err := strict.ReadJSON("f", []byte("{\n  \"version\": 1,\n  \"scale\": 1.5,\n  \"words\": [\"\\ufffd\", 2],\n  \"limits\": {\"Pixels\": 1, \"time\": null}}\n"), 1<<10)
	if err != nil {
		t.Fatal(err)
	}
	var v sample
	want := "E-KEY-TYPE f:4:23: words[1] must be a string, found an integer | write it in quotes\n" +
		"E-KEY-UNKNOWN f:5:14: unknown key \"Pixels\" in limits | did you mean \"pixels\"?\n" +
		"E-KEY-TYPE f:5:27: limits.time must be a duration such as \"2m\" or \"500ms\", found null\n"
	if diff := cmp.Diff(want, show(d.Decode(&v))); diff != "" {
		t.Error(diff)
	}
	if v.Version != 1 || v.Scale != 1.5 {
		t.Errorf("got %+v", v)
	}
}

func TestANilDocumentHasNothing(t *testing.T) {
	var d *strict.Document
	if d.Place("a") != (diag.Place{}) || d.Keys("a") != nil || d.Value("a") != nil || d.Name("a", "b") != "a.b" || d.Table("a") != "[a]" {
		t.Error("a nil document has something")
	}
}

func ExampleDocument_Decode() {
	doc, err := strict.Read("shop.toml", []byte("[stage.encode]\nkind = \"encode\"\nqualty = 85\n"), 1<<20)
	if err != nil {
		return
	}
	var v struct {
		Stage map[string]struct {
			Kind    string `toml:"kind"`
			Quality int    `toml:"quality"`
		} `toml:"stage"`
	}
	for _, d := range diag.All(doc.Decode(&v), diag.KeyValue) {
		diag.Render(os.Stdout, d)
	}
	// Output:
	// shop.toml:3:1: error E-KEY-UNKNOWN: unknown key "qualty" in stage.encode
	//     3 | qualty = 85
	//       | ^^^^^^ did you mean "quality"?
}
