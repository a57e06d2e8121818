package pipeline

import (
	"slices"
	"strings"
	"time"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/engine/strict"
)

// text is a pipeline file as it is written. Stages and tests are taken one by
// one, in their order.
type text struct {
	Version     int    `toml:"version"`
	Name        string `toml:"name"`
	Description string `toml:"description"`

	Defaults Defaults       `toml:"defaults"`
	Require  require        `toml:"require"`
	Stage    map[string]any `toml:"stage"`
	Test     map[string]any `toml:"test"`

	Plan       map[string]any    `toml:"plan"`
	Attributes map[string]any    `toml:"attributes"`
	Plugin     map[string]Plugin `toml:"plugin"`
}

type require struct {
	Plugin map[string]string `toml:"plugin"`
}

// reader judges a document and gathers what is wrong with it.
type reader struct {
	doc   *strict.Document
	reg   *stage.Registry
	found diag.List
}

func (r *reader) spec() *Spec {
	var t text
	r.gather(r.doc.DecodeAt(&t, nil, strict.Elsewhere{Table: "[stage.NAME]", Keys: stageKeys()}))
	s := &Spec{
		Version: t.Version, Name: t.Name, Description: t.Description,
		Defaults: t.Defaults, Plan: t.Plan, Attributes: t.Attributes, Plugins: t.Plugin, doc: r.doc,
	}
	if t.Require.Plugin != nil {
		s.Require = map[string]map[string]string{"plugin": t.Require.Plugin}
	}
	r.version(t.Version)
	r.attributes()
	r.defaults(s.Defaults)
	if t.Stage != nil {
		s.Stages = r.stages()
	}
	if t.Test != nil {
		s.Tests = r.tests()
	}
	return s
}

// maxFound is how many errors are worth reporting.
const maxFound = 100

func (r *reader) enough() bool { return len(r.found) >= maxFound }

func (r *reader) gather(err error) { r.found.Add(diag.All(err, diag.KeyType)...) }

// add reports d at path, unless something at that place was reported already.
func (r *reader) add(d *diag.Diag, path ...string) {
	place := r.doc.Place(path...)
	same := func(o *diag.Diag) bool { return o.Line == place.Line && o.Column == place.Column }
	if !slices.ContainsFunc(r.found, same) {
		r.found.Add(d.At(place))
	}
}

// missing reports a key that is absent from the table at path; several may be
// absent at one place.
func (r *reader) missing(hint, key string, path ...string) {
	name := r.doc.Name(append(slices.Clone(path), key)...)
	r.found.Add(diag.New(diag.KeyMissing, "%s is missing", name).At(r.doc.Place(path...)).WithHint("%s", hint))
}

func (r *reader) given(path ...string) bool { return r.doc.Value(path...) != nil }

func (r *reader) version(v int) {
	switch {
	case !r.given("version"):
		r.missing("write version = 1 at the top", "version")
	case v != 1:
		r.add(diag.New(diag.KeyValue, "version is %d, this exportd reads version 1", v).WithHint("write version = 1"), "version")
	}
}

// attributes and plugins belong to plans alone: those of a pipeline are the
// configuration's.
func (r *reader) attributes() {
	if r.given("attributes") && !r.given("plan") {
		r.add(diag.New(diag.KeyUnknown, `unknown key "attributes"`).
			WithHint("attributes belong into exportd.toml, only a compiled plan has its own"), "attributes")
	}
	if r.given("plugin") && !r.given("plan") {
		r.add(diag.New(diag.KeyUnknown, `unknown key "plugin"`).
			WithHint("only a compiled plan has its own; a pipeline says [require] plugin = { name = \"~1.2\" }"), "plugin")
	}
}

func (r *reader) defaults(d Defaults) {
	if r.given("defaults", "non_convertible") {
		r.oneOf(d.NonConvertible, nonConvertible(), "defaults", "non_convertible")
	}
	r.onError(d.OnError, "defaults", "on_error")
	r.positive(d.Timeout, "defaults", "timeout")
}

// nonConvertible are the answers to an asset that cannot be rendered.
func nonConvertible() []string { return []string{"original", "skip", "fail"} }

func (r *reader) oneOf(v string, allowed []string, path ...string) {
	if slices.Contains(allowed, v) {
		return
	}
	one := "it must be one of " + strings.Join(allowed, ", ")
	r.add(diag.New(diag.KeyValue, "%s is %q, %s", r.doc.Name(path...), v, one).
		WithHint("%s", diag.DidYouMean(v, allowed, "write one of "+strings.Join(allowed, ", "))), path...)
}

// onError takes what could be the name of a stage; whether there is one is for
// the compiler to say.
func (r *reader) onError(v string, path ...string) {
	if r.given(path...) && !isName(v) {
		r.add(diag.New(diag.KeyValue, "%s is %q, it must be report, fail-job or the name of a stage", r.doc.Name(path...), v).
			WithHint(`write on_error = "report"`), path...)
	}
}

func (r *reader) positive(d time.Duration, path ...string) {
	if r.given(path...) && d <= 0 {
		r.add(diag.New(diag.KeyValue, "%s is %s, it must be more than 0", r.doc.Name(path...), d).
			WithHint(`write a duration such as "2m"`), path...)
	}
}
