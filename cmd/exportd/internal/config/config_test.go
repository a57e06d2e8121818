package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/exportd/exportd/engine/diag"
)

// write puts a configuration and a macro file into a folder of its own.
func write(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"exportd.toml": text, "macros.txt": "base wid=400\nother fmt=png\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "exportd.toml")
}

func TestWhatTheDesignNamesIsRead(t *testing.T) {
	path := write(t, `
[catalog]
kind = "dir"
root = "photos"
[catalog.records."quad.png"]
type = "Image"
readers = ["ann", "role:boss"]
Modifier = "wid=3"
[caller]
company = "acme"
user = "ann"
roles = ["boss"]
[attributes]
BkgColor = "f4efe6"
ResMode = 3
[macros]
card = "$base$&fmt=webp"
"a.b" = "wid=1"
[macro-files]
paths = ["macros.txt"]
[limits]
pixels = 1_000
time = "3s"
[loaders]
allow = ["svg"]
[deliver]
durable = false
[plugins]
dirs = ["plugins"]
[daemon]
state = "state"
out = "exports"
listen = ["unix:exportd.sock"]
workers = 2
[queue]
url = ""
[mail]
smtp = "127.0.0.1:2525"
from = "exportd@example.test"
`)
	c, err := Load(path, ".")
	if err != nil {
		t.Fatal(err)
	}
	if c.Catalog.Root != filepath.Join(filepath.Dir(path), "photos") || c.Catalog.Records["quad.png"].Modifier != "wid=3" {
		t.Errorf("catalog %+v", c.Catalog)
	}
	if c.Caller.User != "ann" || c.Attributes.BkgColor != "f4efe6" || c.Attributes.ResMode != "3" || c.Attributes.JpegQuality != "80,0" {
		t.Errorf("caller %+v, attributes %+v", c.Caller, c.Attributes)
	}
	if c.Limits.Pixels != 1000 || c.Limits.Time != 3*time.Second || c.Limits.Frames != 256 || c.Durable || len(c.Loaders) != 1 {
		t.Errorf("limits %+v, durable %v, loaders %v", c.Limits, c.Durable, c.Loaders)
	}
	if card, ok := c.Macros.Lookup("card"); !ok || !strings.Contains(card, "fmt=webp") {
		t.Errorf("macro card is %q", card)
	}
}

func TestMistakesHaveAPlace(t *testing.T) {
	for _, c := range []struct {
		text string
		code diag.Code
		line int
	}{
		{"[catalog]\nrooot = \"x\"", diag.KeyUnknown, 2},
		{"[catalog]\nkind = \"jsnl\"", diag.KeyValue, 2},
		{"[catalog]\nkind = \"jsonl\"", diag.KeyMissing, 1},
		{"[catalog]\nkind = \"csv\"\nfile = \"a\"\nseparator = \";;\"", diag.KeyValue, 4},
		{"[catalog]\nkind = \"csv\"\nfile = \"a\"\nsidecars = true", diag.KeyValue, 4},
		{"[catalog]\nkind = \"jsonl\"\nfile = \"a\"\n[catalog.columns]\nid = \"hndle\"", diag.KeyValue, 4},
		{"[catalog]\nkind = \"sql\"\ndriver = \"sqlit\"\ndsn = \"a\"\nquery = \"in (:handles)\"", diag.KeyValue, 3},
		{"[catalog]\nkind = \"sql\"\ndriver = \"sqlite\"\ndsn = \"a\"\nquery = \"select 1\"", diag.KeyValue, 5},
		{"[catalog]\nkind = \"http\"\nurl = \"http://ann:b@a\"", diag.KeyValue, 3},
		{"[catalog]\nkind = \"http\"\nurl = \"https://a\"\ntimeout = \"-1s\"", diag.KeyValue, 4},
		{"[catalog]\nrecord_files = [\"none.toml\"]", diag.FileMissing, 2},
		{"[catalog.cache]\nbytes = -1", diag.KeyValue, 2},
		{"[credentials.\"s3://a\"]\naccess_key = \"x\"", diag.KeyMissing, 1},
		{"[credentials.\"a\"]\naccess_key = \"x\"\nsecret_key = \"y\"", diag.KeyValue, 1},
		{"[attributes]\nBkgColour = \"ffffff\"", diag.KeyUnknown, 2},
		{"[macros]\na = \"$b$\"\nb = \"wid=1\"", diag.MacroUnknown, 2},
		{"[limits]\nedge = 0", diag.KeyValue, 2},
		{"[limits]\ntime = 3", diag.KeyType, 2},
		{"[loaders]\nallow = [\"svgg\"]", diag.KeyValue, 2},
		{"[macro-files]\npaths = [\"nosuch.txt\"]", diag.FileMissing, 2},
	} {
		_, err := Load(write(t, c.text), ".")
		d := diag.From(err, "")
		if d == nil || d.Code != c.code || d.Line != c.line {
			t.Errorf("%q: %v", c.text, err)
		}
	}
}

func TestWithoutAFileHandlesResolveWhereTheJobLies(t *testing.T) {
	t.Chdir(t.TempDir())
	c, err := Load("", "jobs")
	if err != nil || filepath.Base(c.Catalog.Root) != "jobs" || c.File != "" || !c.Durable {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := Load("nosuch.toml", "."); diag.From(err, "").Code != diag.FileMissing {
		t.Errorf("got %v", err)
	}
}
