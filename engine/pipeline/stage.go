package pipeline

import (
	"slices"
	"strings"
	"time"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/engine/strict"
)

// stageText is a [stage.NAME] as it is written.
type stageText struct {
	Kind    string         `toml:"kind"`
	From    strict.Strings `toml:"from"`
	When    string         `toml:"when"`
	Params  map[string]any `toml:"params"`
	Retry   *Retry         `toml:"retry"`
	Timeout time.Duration  `toml:"timeout"`
	Workers int            `toml:"workers"`
	OnError string         `toml:"on_error"`
	Why     []string       `toml:"why"`
}

// stageKeys are the keys of a stage, for hints from elsewhere.
func stageKeys() []string {
	return []string{"kind", "from", "when", "params", "retry", "timeout", "workers", "on_error", "why"}
}

// maxName bounds the name of a stage, in bytes.
const maxName = 64

// isName reports whether a stage may have this name.
func isName(s string) bool {
	strange := func(c rune) bool { return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' }
	return s != "" && len(s) <= maxName && s[0] != '-' && !strings.ContainsFunc(s, strange)
}

func (r *reader) stages() []Stage {
	var all []Stage
	names := r.doc.Keys("stage")
	if len(names) > MaxStages { // nobody wants to read what else is wrong with them
		r.add(diag.New(diag.KeyValue, "%d stages, more than the %d that a pipeline may have", len(names), MaxStages).
			WithHint("split the pipeline in two"), "stage", names[MaxStages])
		return nil
	}
	for _, name := range names {
		if r.enough() {
			break
		}
		if !isName(name) {
			r.add(diag.New(diag.KeyValue, "%q cannot name a stage", name).
				WithHint("a name is made of a to z, 0 to 9 and -, starts with no -, and has at most %d letters", maxName), "stage", name)
		}
		all = append(all, r.stage(name))
	}
	return all
}

func (r *reader) stage(name string) Stage {
	path := []string{"stage", name}
	s := Stage{Name: name, Place: r.doc.Place(path...)}
	if _, ok := r.doc.Value(path...).(map[string]any); !ok {
		r.add(r.doc.Mistyped("a table", path...), path...)
		return s
	}
	kindName, _ := r.doc.Value("stage", name, "kind").(string)
	kind, known := r.reg.Kind(kindName)

	var t stageText
	near := []strict.Elsewhere{
		{Table: r.doc.Table("stage", name, "params"), Keys: paramNames(kind)},
		{Table: r.doc.Table("defaults"), Keys: []string{"non_convertible"}},
		{Keys: []string{"version", "name", "description"}},
	}
	r.gather(r.doc.DecodeAt(&t, path, near...))
	s.Kind, s.From, s.When, s.Retry, s.Timeout = t.Kind, t.From, t.When, t.Retry, t.Timeout
	s.Workers, s.OnError, s.Why = t.Workers, t.OnError, t.Why

	r.retry(t.Retry, name)
	r.positive(t.Timeout, "stage", name, "timeout")
	r.onError(t.OnError, "stage", name, "on_error")
	if r.given("stage", name, "workers") && t.Workers < 1 {
		r.add(diag.New(diag.KeyValue, "stage.%s.workers is %d, it must be at least 1", name, t.Workers), "stage", name, "workers")
	}
	if !known {
		r.unknownKind(t.Kind, name)
		return s
	}
	r.from(kind, t.From, name)
	s.Params = r.params(kind, t.Params, name)
	return s
}

func (r *reader) unknownKind(kind, name string) {
	list := strings.Join(r.reg.Names(), ", ")
	if !r.given("stage", name, "kind") {
		r.missing("the kinds are "+list, "kind", "stage", name)
		return
	}
	r.add(diag.New(diag.StageKind, "unknown kind %q, the kinds are %s", kind, list).
		WithHint("%s", diag.DidYouMean(kind, r.reg.Names(), "write one of the kinds")), "stage", name, "kind")
}

// from wants edges exactly where the kind has inputs.
func (r *reader) from(k stage.Kind, from []string, name string) {
	given := r.given("stage", name, "from")
	switch {
	case k.Source() && given:
		r.add(diag.New(diag.StageFrom, "stage %q starts the pipeline (kind %s), it reads from nothing", name, k.Name).
			WithHint("delete from"), "stage", name, "from")
	case k.Errors && given:
		r.add(diag.New(diag.StageFrom, "stage %q (kind %s) reads from nothing: the items that fail go there", name, k.Name).
			WithHint("delete from, and write on_error = %q where its items should come from", name), "stage", name, "from")
	case k.Fed() && !given:
		r.found.Add(diag.New(diag.StageFrom, "stage %q (kind %s) does not say what it reads from", name, k.Name).
			At(r.doc.Place("stage", name)).WithHint(`write from = "the name of a stage"`))
	case k.Fed() && len(from) == 0:
		r.add(diag.New(diag.StageFrom, "stage %q reads from nothing", name).
			WithHint(`write from = "the name of a stage"`), "stage", name, "from")
	}
	for i, f := range from {
		if slices.Contains(from[:i], f) {
			r.add(diag.New(diag.StageFrom, "stage %q reads from %q twice", name, f).WithHint("delete one"), "stage", name, "from")
		}
	}
}

func (r *reader) retry(retry *Retry, name string) {
	if retry == nil {
		return
	}
	path := func(key string) []string { return []string{"stage", name, "retry", key} }
	switch {
	case !r.given(path("attempts")...):
		r.missing("write attempts = 3", "attempts", "stage", name, "retry")
	case retry.Attempts < 1 || retry.Attempts > MaxRetries:
		r.add(diag.New(diag.KeyValue, "%s is %d, it must be 1 to %d", r.doc.Name(path("attempts")...), retry.Attempts, MaxRetries), path("attempts")...)
	}
	r.positive(retry.Base, path("base")...)
	r.positive(retry.Max, path("max")...)
	if retry.Base > 0 && retry.Max > 0 && retry.Max < retry.Base {
		r.add(diag.New(diag.KeyValue, "%s is %s, less than base", r.doc.Name(path("max")...), retry.Max).
			WithHint("max is the longest wait, base the first"), path("max")...)
	}
}
