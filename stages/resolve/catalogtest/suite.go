// Package catalogtest is the suite that every kind of catalog runs: what is asked
// of a [resolve.Catalog], whatever it keeps its records in.
package catalogtest

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/resolve"
)

// PNG is how a file begins that is one.
const PNG = "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"

// Fixture is what a catalog must hold.
type Fixture struct {
	// Files are the originals, by name. They are in Root already; a kind with a
	// store of its own puts them there.
	Files map[string]string
	Root  string
	// Rows are the records. Their handles are the names of their files, so that a
	// folder can hold them too.
	Rows []resolve.Row
}

// Write changes one of the files; a kind with a store of its own replaces it.
type Write func(t *testing.T, name, content string)

// Kind makes catalogs of one kind.
type Kind struct {
	// Open makes the catalog of a fixture. The suite closes it.
	Open func(t *testing.T, f Fixture) resolve.Catalog
	// Write is nil where the originals lie in Fixture.Root.
	Write Write
}

// many is more than a run asks for at once.
const many = 260

func fixture(t *testing.T) Fixture {
	t.Helper()
	f := Fixture{Root: t.TempDir(), Files: map[string]string{
		"a.png": PNG, "nature/ünï 'code\" 1.PNG": PNG + "1", "other.png": PNG, "ann.png": PNG, "typed.png": PNG,
		"empty.png": "", "text.jpg": "hello there", "set.png": PNG,
	}}
	for i := range many {
		f.Files[fmt.Sprintf("many/%03d.png", i)] = PNG
	}
	row := func(name string, r resolve.RecordConfig) {
		file := name
		if _, ok := f.Files[name]; !ok {
			file = ""
		}
		f.Rows = append(f.Rows, resolve.Row{Handle: asset.Handle(name), File: file, Size: -1, RecordConfig: r})
	}
	for name := range f.Files {
		switch name {
		case "other.png", "ann.png", "typed.png":
		default:
			row(name, resolve.RecordConfig{})
		}
	}
	row("other.png", resolve.RecordConfig{Company: "other"})
	row("ann.png", resolve.RecordConfig{Company: "acme", Readers: []string{"ann", "role:art"}})
	row("other set", resolve.RecordConfig{Company: "other", Type: "ImageSet"})
	row("spin", resolve.RecordConfig{Type: "AssetSet", SubType: "SpinSet2D"})
	row("typed.png", resolve.RecordConfig{
		Type: "Template", SubType: "x", Company: "acme", Modifier: "wid=5&fmt=png", PostModifier: "$half$", Anchor: "1,2",
		Resolution: 300.5, PrintResolution: 150, Path: "p1", MaskPath: "m1",
	})
	for name, content := range f.Files {
		put(t, f.Root, name, content)
	}
	return f
}

func put(t *testing.T, root, name, content string) {
	t.Helper()
	full := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Run runs the suite.
func Run(t *testing.T, kind Kind) {
	f := fixture(t)
	write := kind.Write
	if write == nil {
		write = func(t *testing.T, name, content string) { put(t, f.Root, name, content) }
	}
	catalog := kind.Open(t, f)
	defer func() {
		if err := catalog.Close(); err != nil {
			t.Error(err)
		}
	}()
	if err := catalog.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]func(*testing.T, resolve.Catalog){
		"assets carry their record":             testRecords,
		"what is no asset":                      testUnknown,
		"who may read what":                     testCallers,
		"answers are in the order of handles":   testOrder,
		"many at once":                          testMany,
		"the bytes can be read, more than once": testOpen,
		"a cancelled call ends":                 testCancel,
	} {
		t.Run(name, func(t *testing.T) { test(t, catalog) })
	}
	t.Run("a file that changes is not read", func(t *testing.T) { testChange(t, catalog, write) })
}

func resolved(t *testing.T, c resolve.Catalog, who resolve.Caller, handles ...asset.Handle) []resolve.Answer {
	t.Helper()
	answers, err := c.Resolve(context.Background(), who, handles)
	if err != nil || len(answers) != len(handles) {
		t.Fatalf("%d answers to %d handles: %v", len(answers), len(handles), err)
	}
	for i, a := range answers {
		if (a.Asset == nil) == (a.Err == nil) || a.Asset != nil && a.Asset.Handle != handles[i] || a.Err != nil && a.Err.Mend() == "" {
			t.Fatalf("%q is answered with %+v", handles[i], a)
		}
	}
	return answers
}

func testRecords(t *testing.T, c resolve.Catalog) {
	for _, want := range []*asset.Asset{
		{Handle: "a.png", Type: "Image", File: "a.png", Size: 16, Format: "png"},
		{Handle: "nature/ünï 'code\" 1.PNG", Type: "Image", Dir: "nature", File: "ünï 'code\" 1.PNG", Size: 17, Format: "png"},
		{Handle: "text.jpg", Type: "Image", File: "text.jpg", Size: 11, Format: "txt"},
		{Handle: "spin", Type: "AssetSet", SubType: "SpinSet2D", File: "spin"},
		{Handle: "ann.png", Type: "Image", File: "ann.png", Size: 16, Format: "png", Company: "acme", Readers: []string{"ann", "role:art"}},
		{Handle: "typed.png", Type: "Template", SubType: "x", Company: "acme", File: "typed.png", Size: 16, Format: "png", Record: asset.Record{
			Modifier: "wid=5&fmt=png", PostModifier: "$half$", Anchor: "1,2", Resolution: 300.5, PrintResolution: 150, Path: "p1", MaskPath: "m1",
		}},
	} {
		got := resolved(t, c, resolve.Caller{}, want.Handle)[0].Asset
		if got == nil {
			t.Errorf("%s is unknown", want.Handle)
			continue
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(asset.Asset{}, "Locator", "ETag", "Modified"), cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
		if want.Size > 0 && got.ETag == "" {
			t.Errorf("%s has no ETag", want.Handle)
		}
	}
}

func testUnknown(t *testing.T, c resolve.Catalog) {
	for _, h := range []asset.Handle{
		"none.png", "", ".", "..", "/", "A.PNG", "a.png ", " a.png", "a.png\n", "a.png\x00", "\xff\xfe", "%", "_.png", "' or '1'='1", `a.png"`,
		"../a.png", "nature", "a.png/", "a.png/b", asset.Handle(strings.Repeat("n", 5000)), asset.Handle(strings.Repeat("n/", 100_000)), "a*.png", "{a.png}", "NULL",
	} {
		got := resolved(t, c, resolve.Caller{}, h)[0].Err
		if got == nil || got.Code != diag.AssetUnknown || len(got.Message) > 400 {
			t.Errorf("%q: %+v", h.Short(), got)
		}
	}
	if got := resolved(t, c, resolve.Caller{}, "empty.png")[0].Err; got == nil || got.Code != diag.SourceEmpty {
		t.Errorf("an empty file: %+v", got)
	}
}

func testCallers(t *testing.T, c resolve.Catalog) {
	bob := resolve.Caller{Company: "acme", User: "bob"}
	for _, want := range []struct {
		who    resolve.Caller
		handle asset.Handle
		code   diag.Code
	}{
		{resolve.Caller{}, "other.png", ""}, {resolve.Caller{}, "ann.png", ""}, {resolve.Caller{}, "other set", ""},
		{bob, "a.png", ""}, {bob, "typed.png", ""}, {bob, "spin", ""},
		{bob, "other.png", diag.AssetUnknown}, {bob, "other set", diag.AssetUnknown}, {bob, "ann.png", diag.AssetDenied},
		{resolve.Caller{Company: "acme"}, "ann.png", diag.AssetDenied},
		{resolve.Caller{Company: "acme", User: "role:art"}, "ann.png", diag.AssetDenied},
		{resolve.Caller{Company: "acme", User: "ann"}, "ann.png", ""},
		{resolve.Caller{Company: "acme", User: "bob", Roles: []string{"art"}}, "ann.png", ""},
		{resolve.Caller{Company: "other", User: "ann"}, "ann.png", diag.AssetUnknown},
	} {
		var code diag.Code
		if got := resolved(t, c, want.who, want.handle)[0]; got.Err != nil {
			code = got.Err.Code
		}
		if code != want.code {
			t.Errorf("%+v asks for %s: %q, want %q", want.who, want.handle, code, want.code)
		}
	}
	foreign, absent := resolved(t, c, bob, "other set")[0].Err, resolved(t, c, bob, "nobody set")[0].Err
	same := strings.Replace(absent.Message, "nobody", "other", 1)
	if foreign.Message != same || foreign.Hint != absent.Hint {
		t.Errorf("another company's asset: %q, %q; none: %q, %q", foreign.Message, foreign.Hint, same, absent.Hint)
	}
}

func testOrder(t *testing.T, c resolve.Catalog) {
	handles := []asset.Handle{"typed.png", "none", "a.png", "typed.png", "text.jpg", "none", "a.png"}
	for i, a := range resolved(t, c, resolve.Caller{}, handles...) {
		if unknown := handles[i] == "none"; unknown != (a.Err != nil) {
			t.Errorf("%d, %s: %+v", i, handles[i], a)
		}
	}
	if got := resolved(t, c, resolve.Caller{}); len(got) != 0 {
		t.Errorf("no handles gave %v", got)
	}
}

func testMany(t *testing.T, c resolve.Catalog) {
	var handles []asset.Handle
	for i := range many {
		handles = append(handles, asset.Handle(fmt.Sprintf("many/%03d.png", many-1-i)))
	}
	var all sync.WaitGroup
	for range 2 {
		all.Go(func() {
			answers, err := c.Resolve(context.Background(), resolve.Caller{}, handles)
			if err != nil {
				t.Error(err)
				return
			}
			for i, a := range answers {
				if a.Asset == nil || a.Asset.Handle != handles[i] {
					t.Errorf("%s: %+v", handles[i], a)
					return
				}
			}
		})
	}
	all.Wait()
}

func testOpen(t *testing.T, c resolve.Catalog) {
	a := resolved(t, c, resolve.Caller{}, "nature/ünï 'code\" 1.PNG")[0].Asset
	for range 2 {
		src, err := c.Open(context.Background(), a)
		if err != nil {
			t.Fatal(err)
		}
		for _, offset := range []int64{0, 8, 0} {
			if _, err := src.Seek(offset, io.SeekStart); err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(src); err != nil || string(got) != (PNG + "1")[offset:] {
				t.Errorf("from %d: %q, %v", offset, got, err)
			}
		}
		if err := src.Close(); err != nil {
			t.Error(err)
		}
	}
}

func testCancel(t *testing.T, c resolve.Catalog) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Resolve(ctx, resolve.Caller{}, []asset.Handle{"a.png"}); err == nil {
		t.Error("it answered")
	}
	a := resolved(t, c, resolve.Caller{}, "a.png")[0].Asset
	src, err := c.Open(ctx, a)
	if err == nil {
		t.Error("it opened")
		src.Close()
	}
}

func testChange(t *testing.T, c resolve.Catalog, write Write) {
	a := *resolved(t, c, resolve.Caller{}, "text.jpg")[0].Asset
	write(t, "text.jpg", "hello world and more")
	src, err := c.Open(context.Background(), &a)
	if err == nil {
		_, err = io.ReadAll(src)
		src.Close()
	}
	if d := diag.From(err, ""); d == nil || d.Code != diag.SourceChanged || d.Mend() == "" {
		t.Errorf("another file under the name: %v", err)
	}
}
