package pipeline

import (
	"cmp"
	"slices"
	"time"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/engine/strict"
)

// The bounds of a pipeline file.
const (
	MaxBytes   = 1 << 20
	MaxStages  = 256
	MaxRetries = 100 // attempts
)

// Spec is a pipeline as its file says it.
type Spec struct {
	Version     int
	Name        string
	Description string
	Defaults    Defaults
	// Require pins what the pipeline needs, by class and name: "plugin" and a
	// plugin's name give a range of versions.
	Require map[string]map[string]string
	Stages  []Stage // in document order
	Tests   []Test  // in document order

	// Plan is the table [plan] of a compiled plan, nil in a pipeline that people
	// wrote. Only with it there are Attributes and Plugins.
	Plan       map[string]any
	Attributes map[string]any
	Plugins    map[string]Plugin

	doc *strict.Document
}

// Plugin is one [plugin.NAME] of a compiled plan.
type Plugin struct {
	Version  string   `toml:"version"`
	Sum      string   `toml:"sum"`
	Encoders []string `toml:"encoders"`
}

// Defaults hold for every stage that says nothing of its own; a zero field was
// not given.
type Defaults struct {
	OnError        string        `toml:"on_error"`
	Timeout        time.Duration `toml:"timeout"`
	NonConvertible string        `toml:"non_convertible"`
}

// Stage is one [stage.NAME]; a zero field was not given.
type Stage struct {
	Name string
	Kind string
	From []string
	When string
	// Params hold only keys that the kind has, each of its type: string, bool,
	// int64, []string or map[string]any.
	Params  map[string]any
	Retry   *Retry
	Timeout time.Duration
	Workers int
	OnError string
	Why     []string
	Place   diag.Place
}

// Retry says how often a stage tries again and how long it waits in between.
type Retry struct {
	Attempts int           `toml:"attempts"`
	Base     time.Duration `toml:"base"`
	Max      time.Duration `toml:"max"`
}

// Place says where a key of a stage stands, or the stage itself; with an empty
// stage name the keys are those of the file. What is not in the file has the
// place of the nearest table around it.
func (s *Spec) Place(stageName string, keys ...string) diag.Place {
	if stageName == "" {
		return s.doc.Place(keys...)
	}
	if s.doc.Value("stage", stageName) == nil {
		return s.doc.Place()
	}
	return s.doc.Place(append([]string{"stage", stageName}, keys...)...)
}

// Parse reads a pipeline, or a compiled plan; file is its name in messages. The
// error is a diag.List of everything that is wrong, or a diag.Diag when the text
// is no TOML.
func Parse(file string, data []byte, reg *stage.Registry) (*Spec, error) {
	doc, err := strict.Read(file, data, MaxBytes)
	if err != nil {
		return nil, err
	}
	r := &reader{doc: doc, reg: reg}
	spec := r.spec()
	if len(r.found) > 0 {
		slices.SortStableFunc(r.found, inText)
		return nil, r.found
	}
	return spec, nil
}

// inText orders diagnostics as their places stand in the file.
func inText(a, b *diag.Diag) int {
	return cmp.Or(a.Line-b.Line, a.Column-b.Column)
}
