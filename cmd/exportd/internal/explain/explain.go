// Package explain says what a job does to one asset, and why: every command that
// applies to it, where it was written, and what became of it.
package explain

import (
	"context"
	"slices"

	"github.com/exportd/exportd/cmd/exportd/internal/export"
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/compile"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/planning"
)

// Rendition is what one transform asks of the asset.
type Rendition struct {
	Stage    string    `json:"stage"`
	Commands []Command `json:"commands"` // weakest first
	// Diags are what is wrong with them, or noteworthy.
	Diags diag.List `json:"diags"`
	// Geometry is the way from the source to the reply; nil where the source could
	// not be looked at, and Without says why.
	Geometry *Geometry `json:"geometry"`
}

// Command is one command, or an attribute that stands in for one.
type Command struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Origin string `json:"origin"`
	// State is what became of it: used, overridden by ORIGIN, ignored: WHY, and so
	// on; see modifier.Effect.
	State string `json:"state"`
	// Note says how close the result is to the vendor's where it is not exact.
	Note string `json:"note,omitempty"`
}

// Find gives the planned entry of the first mention of a handle in the job.
func Find(ctx context.Context, assets *export.Planning, handle asset.Handle) (planning.Entry, error) {
	var others []string
	for e, err := range assets.Entries(ctx) {
		if err != nil {
			return e, err
		}
		if e.Handle == handle {
			return e, nil
		}
		if len(others) < maxOthers {
			others = append(others, string(e.Handle))
		}
	}
	return planning.Entry{}, diag.New(diag.Usage, "the job does not name %q", handle).
		WithHint("%s", diag.DidYouMean(string(handle), others, "name a handle of the job"))
}

// maxOthers bounds the handles that "did you mean" looks at.
const maxOthers = 10_000

// Renditions explains every transform that the asset may come to. The asset is as
// the catalog answers it, its macros not expanded.
func Renditions(p *plan.Plan, e planning.Entry, a *asset.Asset, macros *modifier.Macros) ([]Rendition, error) {
	all := []Rendition{}
	for _, name := range e.Reached() {
		program, ok, err := compile.Program(*p.Stage(name))
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		if own, ok := e.Asset.Expanded[name]; ok {
			if program, err = modifier.ParseExpanded(own.Text, own.Origins); err != nil {
				return nil, err
			}
		}
		from := modifier.Sources{Attributes: compile.Attributes(p), Request: program}
		if !rendered(p, name) {
			if from, err = withRecord(from, e, a, macros); err != nil {
				return nil, err
			}
		}
		all = append(all, rendition(name, from))
	}
	return all, nil
}

// withRecord adds the commands of the asset's catalog record, or of the record of
// the asset that src= puts in its place.
func withRecord(from modifier.Sources, e planning.Entry, a *asset.Asset, macros *modifier.Macros) (modifier.Sources, error) {
	if s := a.StandIn; s != nil && !s.Only {
		from.Request = from.Request.Retained()
	}
	var err error
	from.Catalog, from.Post, err = modifier.ParseRecord(a.Record.Modifier, a.Record.PostModifier, from.Request, macros)
	if err != nil {
		return from, err
	}
	ofField(from.Catalog, "Modifier")
	ofField(from.Post, "PostModifier")
	from.Resolution, from.Anchor = a.Record.Resolution, a.Record.Anchor
	settings, _, err := modifier.Resolve(from)
	if err != nil {
		return from, nil //nolint:nilerr // the rendition says what is wrong
	}
	if other := e.Asset.Related[modifier.WithObject(settings.Src, string(e.Handle))].Asset; settings.Src != "" && other != nil {
		return withRecord(from, planning.Entry{Handle: e.Handle, Asset: &asset.Asset{}}, other, macros)
	}
	return from, nil
}

// rendered reports whether another transform comes before this one: the record's
// commands have then been applied.
func rendered(p *plan.Plan, name string) bool {
	return slices.ContainsFunc(p.Stage(name).From, func(f string) bool {
		_, transforms := p.Stage(f).Params["modifier"]
		return transforms || rendered(p, f)
	})
}

// ofField gives what a macro brings in a field of the catalog record the field as
// its origin too: "catalog Modifier > card".
func ofField(program modifier.Program, field string) {
	for i := range program {
		if o := &program[i].Origin; o.Source == modifier.FromMacro {
			*o = modifier.Origin{Source: modifier.FromCatalog, Name: field + " > " + o.Name}
		}
	}
}

func rendition(name string, from modifier.Sources) Rendition {
	r := Rendition{Stage: name, Commands: []Command{}, Diags: diag.List{}}
	effects, err := modifier.Effective(from)
	r.Commands = append(r.Commands, attributes(from.Attributes, effects)...)
	for _, e := range effects {
		c := Command{Name: e.Name, Value: e.Value, Origin: e.Origin.String(), State: e.State}
		if spec, ok := modifier.Lookup(e.Name); ok && e.State == used {
			c.Note = spec.Note
		}
		r.Commands = append(r.Commands, c)
	}
	if err != nil {
		r.Diags.Add(diag.All(err, diag.CommandValue)...)
		return r
	}
	_, notes, _ := modifier.Resolve(from) // the error is the one above
	r.Diags.Add(notes...)
	return r
}

const used = "used"

// optional are the attributes that say nothing where they are empty. It never
// changes.
var optional = map[string]bool{"Resolution": true, "PrintResolution": true, "DefaultImage": true}

// attributes lists the Image Serving attributes and the commands that stand in
// their way.
func attributes(a modifier.Attributes, effects []modifier.Effect) []Command {
	var all []Command
	for _, of := range []struct {
		name, value string
		commands    []string
	}{
		{"DefaultPix", a.DefaultPix, []string{"wid", "hei", "scl"}},
		{"MaxPix", a.MaxPix, nil},
		{"BkgColor", a.BkgColor, []string{"bgc"}},
		{"JpegQuality", a.JpegQuality, []string{"qlt"}},
		{"ResMode", a.ResMode, []string{"resMode"}},
		{"IccProfileRgb", a.IccProfileRgb, nil},
		{"Resolution", a.Resolution, nil},
		{"PrintResolution", a.PrintResolution, []string{"printRes"}},
		{"DefaultImage", a.DefaultImage, []string{"defaultImage"}},
	} {
		if of.value == "" && optional[of.name] {
			continue
		}
		c := Command{Name: of.name, Value: of.value, Origin: modifier.FromAttribute, State: used}
		for _, e := range effects {
			if e.State == used && slices.Contains(of.commands, e.Name) {
				c.State = "overridden by " + e.Origin.String()
			}
		}
		if spec, ok := modifier.Lookup(of.name); ok && c.State == used {
			c.Note = spec.Note
		}
		all = append(all, c)
	}
	return all
}
