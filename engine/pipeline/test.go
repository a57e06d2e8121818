package pipeline

import (
	"strconv"

	"github.com/exportd/exportd/engine/diag"
)

// Test is one [test."NAME"]: what the pipeline does to one asset.
type Test struct {
	Name  string
	Place diag.Place
	// Asset is a path relative to the pipeline file, or else a handle.
	Asset  string
	Config string // path of a configuration, relative to the pipeline file; "" is the one beside it
	Job    TestJob
	// Expect are all the files that must be delivered, no more and no fewer;
	// empty when Code says why there are none, or why one is missing.
	Expect []Expect
	Code   diag.Code
}

// TestJob is the part of a job that a pipeline can see.
type TestJob struct {
	Format   string `toml:"fmt"` // orig or convert, the default
	Modifier string `toml:"is_modifier"`
	Macro    string `toml:"macro"`
}

// Expect is one file that must be delivered; a zero field is not looked at.
type Expect struct {
	Path   string `toml:"path"`   // below the target, slash-separated
	Width  int    `toml:"width"`  // pixels
	Height int    `toml:"height"` // pixels
	Format string `toml:"format"` // jpeg, png, tiff, gif or webp
	// Golden is a picture to compare with, relative to the pipeline file.
	Golden string `toml:"golden"`
	// Tolerance is the largest mean colour difference to Golden, as CIE76 ΔE over
	// all pixels: 0 to 100, DefaultTolerance when absent.
	Tolerance float64 `toml:"tolerance"`
}

// DefaultTolerance is a mean ΔE that nobody sees; two versions of one encoder
// stay below it, another crop or another colour does not.
const DefaultTolerance = 1.0

// testText is a [test."NAME"] as it is written.
type testText struct {
	Asset  string  `toml:"asset"`
	Config string  `toml:"config"`
	Job    TestJob `toml:"job"`
	Expect any     `toml:"expect"`
	Code   string  `toml:"code"`
}

func (r *reader) tests() []Test {
	var all []Test
	for _, name := range r.doc.Keys("test") {
		if r.enough() {
			break
		}
		all = append(all, r.test(name))
	}
	return all
}

func (r *reader) test(name string) Test {
	path := []string{"test", name}
	t := Test{Name: name, Place: r.doc.Place(path...)}
	if _, ok := r.doc.Value(path...).(map[string]any); !ok {
		r.add(r.doc.Mistyped("a table", path...), path...)
		return t
	}
	text := testText{Job: TestJob{Format: "convert"}}
	r.gather(r.doc.DecodeAt(&text, path))
	t.Asset, t.Config, t.Job, t.Code = text.Asset, text.Config, text.Job, diag.Code(text.Code)
	if text.Asset == "" {
		r.missing(`write asset = "photos/cat.png"`, "asset", path...)
	}
	r.testJob(t.Job, name)
	switch {
	case r.given("test", name, "code") && !t.Code.Known():
		r.add(diag.New(diag.KeyValue, "code is %q, which no outcome has", text.Code).
			WithHint("%s", diag.DidYouMean(text.Code, codeNames(), "write a code such as E-IMAGE-CORRUPT")), "test", name, "code")
	case text.Code == "" && text.Expect == nil:
		r.missing(`write expect = { path = "a.jpg" } for what is delivered, or code = "E-…" for what fails`, "expect", path...)
	}
	switch e := text.Expect.(type) {
	case nil:
	case map[string]any:
		t.Expect = []Expect{r.expect("test", name, "expect")}
	case []any:
		for i := range e {
			t.Expect = append(t.Expect, r.expect("test", name, "expect", strconv.Itoa(i)))
		}
	default:
		r.add(r.doc.Mistyped("a table or an array of tables", "test", name, "expect"), "test", name, "expect")
	}
	return t
}

func (r *reader) testJob(j TestJob, name string) {
	switch {
	case r.given("test", name, "job", "fmt") && j.Format != "orig" && j.Format != "convert":
		r.add(diag.New(diag.KeyValue, "%s is %q, it must be orig or convert", r.doc.Name("test", name, "job", "fmt"), j.Format).
			WithHint(`write fmt = "convert"`), "test", name, "job", "fmt")
	case j.Format == "convert" && j.Modifier == "" && j.Macro == "":
		r.missing(`a job that converts has one: write job = { is_modifier = "fmt=png" }`, "is_modifier", "test", name, "job")
	}
}

func (r *reader) expect(path ...string) Expect {
	e := Expect{Tolerance: DefaultTolerance}
	if _, ok := r.doc.Value(path...).(map[string]any); !ok {
		r.add(r.doc.Mistyped("a table", path...), path...)
		return e
	}
	r.gather(r.doc.DecodeAt(&e, path))
	if e.Path == "" {
		r.missing("write the name of the file that is delivered", "path", path...)
	}
	for key, v := range map[string]int{"width": e.Width, "height": e.Height} {
		if at := append(path[:len(path):len(path)], key); r.given(at...) && v < 1 {
			r.add(diag.New(diag.KeyValue, "%s is %d, it must be at least 1", r.doc.Name(at...), v), at...)
		}
	}
	if at := append(path[:len(path):len(path)], "format"); r.given(at...) {
		r.oneOf(e.Format, []string{"jpeg", "png", "tiff", "gif", "webp"}, at...)
	}
	at := append(path[:len(path):len(path)], "tolerance")
	switch {
	case e.Tolerance < 0 || e.Tolerance > 100:
		r.add(diag.New(diag.KeyValue, "%s is %g, it must be 0 to 100", r.doc.Name(at...), e.Tolerance), at...)
	case r.given(at...) && e.Golden == "":
		r.add(diag.New(diag.KeyValue, "%s is given without golden", r.doc.Name(at...)).WithHint(`add golden = "golden/a.png"`), at...)
	}
	return e
}

func codeNames() []string {
	var names []string
	for _, e := range diag.Codes() {
		names = append(names, string(e.Code))
	}
	return names
}
