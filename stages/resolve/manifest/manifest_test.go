package manifest_test

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/resolve"
	"github.com/exportd/exportd/stages/resolve/catalogtest"
	"github.com/exportd/exportd/stages/resolve/manifest"
)

// over makes a catalog of a manifest.
func over(t *testing.T, root string, cfg manifest.Config) resolve.Catalog {
	t.Helper()
	m, err := manifest.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	originals, err := resolve.OpenOriginals(resolve.OriginalsConfig{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	return resolve.NewTable(m, originals)
}

func TestJSONLinesAreACatalog(t *testing.T) {
	catalogtest.Run(t, catalogtest.Kind{Open: func(t *testing.T, f catalogtest.Fixture) resolve.Catalog {
		var b strings.Builder
		b.WriteString("\ufeff\n")
		for _, r := range f.Rows {
			line := map[string]any{"id": r.Handle, "note": map[string]any{"handle": "x"}}
			for name, v := range map[string]any{
				"file": r.File, "type": r.Type, "subType": r.SubType, "company": r.Company, "Modifier": r.Modifier, "post_modifier": r.PostModifier,
				"anchor": r.Anchor, "Path": r.Path, "MASKPATH": r.MaskPath,
			} {
				if s := fmt.Sprint(v); s != "" {
					line[name] = v
				} else {
					line[name] = nil
				}
			}
			if r.Readers != nil {
				line["readers"] = r.Readers
			}
			if r.Resolution != 0 {
				line["Resolution"], line["PrintResolution"] = r.Resolution, r.PrintResolution
			}
			text, err := json.Marshal(line)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(text)
			b.WriteString("\r\n")
		}
		file := write(t, "manifest.jsonl", b.String())
		return over(t, f.Root, manifest.Config{File: file, Columns: map[string]string{"id": "handle", "note": ""}})
	}})
}

func TestCSVIsACatalog(t *testing.T) {
	catalogtest.Run(t, catalogtest.Kind{Open: func(t *testing.T, f catalogtest.Fixture) resolve.Catalog {
		var b strings.Builder
		b.WriteString("\ufeff")
		w := csv.NewWriter(&b)
		w.Comma = ';'
		rows := [][]string{{"Handle", "file", "type", "subType", "company", "readers", "Modifier", "PostModifier", "Anchor", "Resolution", "PrintResolution", "Path", "MaskPath", "note"}}
		number := func(f float64) string {
			if f == 0 {
				return ""
			}
			return strconv.FormatFloat(f, 'g', -1, 64)
		}
		for _, r := range f.Rows {
			rows = append(rows, []string{
				string(r.Handle), r.File, string(r.Type), r.SubType, r.Company, strings.Join(r.Readers, ", "), r.Modifier, r.PostModifier,
				r.Anchor, number(r.Resolution), number(r.PrintResolution), r.Path, r.MaskPath, "two\nlines",
			})
		}
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		return over(t, f.Root, manifest.Config{File: write(t, "manifest.csv", b.String()), Separator: ';', Columns: map[string]string{"note": ""}})
	}})
}

func write(t testing.TB, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestManifestsThatCannotBeUsed(t *testing.T) {
	for _, c := range []struct {
		behaviour, name, text string
		columns               map[string]string
		code                  diag.Code
		line                  int
		message, hint         string
	}{
		{"no JSON", "m.jsonl", "{\"handle\":\"a\"}\n\n{handle", nil, diag.CatalogRoot, 3, "no JSON object", "one object a line"},
		{"a list", "m.jsonl", "[1]", nil, diag.CatalogRoot, 1, "no JSON object", ""},
		{"no handle", "m.jsonl", "{\"handle\":\"a\"}\n{\"file\":\"b\"}", nil, diag.CatalogColumn, 2, "without a handle", "catalog.columns"},
		{"a NULL handle", "m.jsonl", "{\"handle\":null}", nil, diag.CatalogColumn, 1, "without a handle", ""},
		{"an unknown key", "m.jsonl", "{\"handle\":\"a\",\"fiel\":\"b\"}", nil, diag.CatalogColumn, 1, `"fiel"`, `did you mean "file"?`},
		{"a long line", "m.jsonl", "{\"handle\":\"" + strings.Repeat("a", 1<<20) + "\"}", nil, diag.CatalogRoot, 1, "more than 1048576 bytes", ""},
		{"an empty file", "m.csv", "", nil, diag.CatalogColumn, 0, "is empty", "handle,file"},
		{"an unknown column", "m.csv", "handle,file,tpye\n", nil, diag.CatalogColumn, 1, `"tpye"`, `did you mean "type"?`},
		{"no handle column", "m.csv", "file\na\n", nil, diag.CatalogColumn, 1, `no column "handle"`, "select id as handle"},
		{"no file column", "m.csv", "handle\na\n", nil, diag.CatalogColumn, 1, `no column "file"`, ""},
		{"two columns of one field", "m.csv", "handle,file,Handle\n", nil, diag.CatalogColumn, 1, "both the field handle", "leave one"},
		{"a short record", "m.csv", "handle,file\na,b\nc\n", nil, diag.CatalogRoot, 3, "wrong number of fields", "separator"},
		{"an open quote", "m.csv", "handle,file\na,\"b\n", nil, diag.CatalogRoot, 2, "quote", ""},
		{"an empty handle", "m.csv", "handle,file\n,b\n", nil, diag.CatalogColumn, 2, "without a handle", ""},
		{"a column renamed to nothing known", "m.csv", "handle,file\n", map[string]string{"x": "hndle"}, diag.KeyValue, 0, "hndle", `did you mean "handle"?`},
	} {
		cfg := manifest.Config{File: write(t, c.name, c.text), Columns: c.columns}
		if strings.HasSuffix(c.name, ".csv") {
			cfg.Separator = ','
		}
		_, err := manifest.New(cfg)
		d := diag.From(err, "")
		if d == nil || d.Code != c.code || d.Line != c.line || !strings.Contains(d.Message, c.message) || !strings.Contains(d.Mend(), c.hint) {
			t.Errorf("%s: %#v", c.behaviour, d)
		}
	}
	if _, err := manifest.New(manifest.Config{File: "/nowhere"}); diag.From(err, "").Code != diag.CatalogRoot {
		t.Errorf("no file: %v", err)
	}
}

func TestBadRecordsCostTheirAssetAlone(t *testing.T) {
	root := t.TempDir()
	for _, name := range []string{"a.png", "b.png"} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(catalogtest.PNG), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(root, "out.png")); err != nil {
		t.Fatal(err)
	}
	text := `{"handle":"ok","file":"a.png","size":16}
{"handle":"twice","file":"a.png"}
{"handle":"twice","file":"b.png"}
{"handle":"ours","file":"a.png","company":"acme"}
{"handle":"ours","file":"b.png","company":"other"}
{"handle":"no file"}
{"handle":"gone","file":"gone.png"}
{"handle":"climbs","file":"../secret.png"}
{"handle":"absolute","file":"/etc/passwd"}
{"handle":"inside","file":` + strconv.Quote(filepath.Join(root, "b.png")) + `}
{"handle":"link","file":"out.png"}
{"handle":"folder","file":"."}
{"handle":"size","file":"a.png","size":17}
{"handle":"text size","file":"a.png","size":"large"}
{"handle":"type","file":"a.png","type":"image"}
{"handle":"readers","file":"a.png","readers":[1]}
{"handle":"whose","file":"a.png","company":{"name":"acme"}}
{"handle":7,"file":"a.png"}
{"handle":"a\"b","file":"a.png"}
`
	c := over(t, root, manifest.Config{File: write(t, "m.jsonl", text)})
	defer c.Close()
	bob := resolve.Caller{Company: "acme", User: "bob"}
	for _, want := range []struct {
		who     resolve.Caller
		handle  asset.Handle
		code    diag.Code
		message string
	}{
		{bob, "ok", "", ""}, {bob, "inside", "", ""}, {bob, "7", "", ""}, {bob, `a"b`, "", ""},
		{bob, "twice", diag.AssetAmbiguous, "2 records"},
		{bob, "ours", "", ""}, {resolve.Caller{}, "ours", diag.AssetAmbiguous, "2 records"},
		{bob, "no file", diag.RecordInvalid, "names no file"},
		{bob, "gone", diag.SourceRead, "is not there: gone.png"},
		{bob, "climbs", diag.RecordInvalid, "not below the catalog's root"},
		{bob, "absolute", diag.RecordInvalid, "not below the catalog's root"},
		{bob, "link", diag.SourceRead, "a link that leads out"},
		{bob, "folder", diag.RecordInvalid, "not below"},
		{bob, "size", diag.SourceChanged, "should have 17 bytes and has 16"},
		{bob, "text size", diag.RecordInvalid, `size: "large" is no number`},
		{bob, "type", diag.RecordInvalid, "case matters"},
		{bob, "readers", diag.RecordInvalid, "no text but a number"},
		{bob, "whose", diag.AssetUnknown, ""}, {resolve.Caller{}, "whose", diag.RecordInvalid, "company: it is no text but an object"},
	} {
		answers, err := c.Resolve(t.Context(), want.who, []asset.Handle{want.handle})
		if err != nil {
			t.Fatal(err)
		}
		d := answers[0].Err
		switch {
		case want.code == "" && d == nil:
		case d == nil || d.Code != want.code || !strings.Contains(d.Message, want.message) || d.Mend() == "":
			t.Errorf("%s: %#v", want.handle, answers[0])
		}
	}
}

func TestAManifestThatIsWrittenWhileItIsUsed(t *testing.T) {
	file := write(t, "m.jsonl", `{"handle":"a","file":"a"}`+"\n")
	m, err := manifest.New(manifest.Config{File: file})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if err := os.WriteFile(file, []byte("\n\n\n\n\n\n\n\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = m.Lookup(t.Context(), []asset.Handle{"a"})
	if d := diag.From(err, ""); d == nil || !strings.Contains(d.Message, "changed while it was in use") {
		t.Errorf("%v", err)
	}
}

// BenchmarkIndex opens a manifest of a million lines; rss-MB is the memory of the
// process after it, with what the garbage collector has not given back.
func BenchmarkIndex(b *testing.B) {
	const lines = 1_000_000
	file := filepath.Join(b.TempDir(), "m.jsonl")
	f, err := os.Create(file)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriter(f)
	for i := range lines {
		fmt.Fprintf(w, `{"handle":"acme/2026/asset-%07d","type":"Image","file":"2026/%03d/asset-%07d.jpg","size":%d,"company":"acme","readers":["ann","role:designer"]}`+"\n", i, i%1000, i, 1000+i)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	f.Close()
	for b.Loop() {
		m, err := manifest.New(manifest.Config{File: file})
		if err != nil {
			b.Fatal(err)
		}
		if rows, err := m.Lookup(context.Background(), []asset.Handle{"acme/2026/asset-0999999"}); err != nil || len(rows) != 1 || m.Len() != lines {
			b.Fatal(rows, err)
		}
		b.ReportMetric(peak(b), "peak-rss-MB")
		m.Close()
	}
	b.SetBytes(lines)
}

// peak gives the most memory that the process has ever had, in MB.
func peak(b *testing.B) float64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.Sys) / 1e6
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	var kb float64
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		b.Fatal(err)
	}
	return kb * 1024 / 1e6
}

func FuzzNew(f *testing.F) {
	f.Add("{\"handle\":\"a\",\"file\":\"b\"}\n", false)
	f.Add("handle,file\na,\"b\nc\"\n", true)
	f.Fuzz(func(t *testing.T, text string, table bool) {
		cfg := manifest.Config{File: write(t, "m", text)}
		if table {
			cfg.Separator = ','
		}
		m, err := manifest.New(cfg)
		if err != nil {
			if d := diag.From(err, ""); d.Code == "" {
				t.Errorf("%v has no code", err)
			}
			return
		}
		defer m.Close()
		if _, err := m.Lookup(t.Context(), []asset.Handle{"a"}); err != nil {
			t.Error(err)
		}
	})
}
