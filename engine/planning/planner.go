package planning

import (
	"fmt"
	"path"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/compile"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/expression"
	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
)

// Planner plans the assets of one job, in job order: names depend on what came
// before. It is not safe for concurrent use.
type Planner struct {
	plan       *plan.Plan
	registry   *stage.Registry
	macros     *modifier.Macros
	attributes modifier.Attributes
	source     string
	guards     map[string]*expression.Guard
	templates  map[string]*expression.Template
	programs   map[string]modifier.Program
	names      map[string]*filename.Unique   // by target
	outputs    map[string]*modifier.Settings // of assets whose record says nothing
	find       Find
}

// New makes a planner for a compiled plan. Macros are those that catalog
// records may name; nil for none.
func New(p *plan.Plan, reg *stage.Registry, macros *modifier.Macros) (*Planner, error) {
	pl := &Planner{
		plan: p, registry: reg, macros: macros, attributes: compile.Attributes(p),
		guards: map[string]*expression.Guard{}, templates: map[string]*expression.Template{},
		programs: map[string]modifier.Program{}, names: map[string]*filename.Unique{}, outputs: map[string]*modifier.Settings{},
	}
	for _, st := range p.Stages {
		if err := pl.prepare(st); err != nil {
			return nil, fmt.Errorf("stage %s: %w", st.Name, err)
		}
	}
	return pl, nil
}

func (pl *Planner) prepare(st plan.Stage) error {
	k, ok := pl.registry.Kind(st.Kind)
	if !ok {
		return diag.New(diag.StageKind, "no kind is named %q", st.Kind)
	}
	if k.Source() {
		pl.source = st.Name
	}
	if st.When != "" && st.When != plan.Otherwise {
		g, err := expression.ParseGuard(st.When, nil)
		if err != nil {
			return err
		}
		pl.guards[st.Name] = g
	}
	if name, ok := st.Params["name"].(string); ok && k.Sink() {
		t, err := expression.ParseTemplate(name, nil)
		if err != nil {
			return err
		}
		pl.templates[st.Name] = t
		if to := target(st); pl.names[to] == nil {
			pl.names[to] = filename.NewUnique()
		}
	}
	if _, ok := st.Params["modifier"].(string); ok && k.Out == stage.PortImage {
		program, _, err := compile.Program(st)
		if err != nil {
			return err
		}
		pl.programs[st.Name] = program
	}
	return nil
}

func target(st plan.Stage) string { to, _ := st.Params["to"].(string); return to }

// Plan plans one asset. One that the catalog does not know has the default image
// that a transform names in its place, where there is one. A record whose modifier names macros comes back with
// them expanded, so that nobody behind needs the macros.
func (pl *Planner) Plan(seq int, handle asset.Handle, a *asset.Asset, failed *diag.Diag) Entry {
	if failed != nil && failed.Code == diag.AssetUnknown {
		if found, why := pl.standIn(handle); found != nil || why != nil {
			a, failed = found, why
		}
	}
	e := Entry{Seq: seq, Handle: handle, Asset: a}
	if failed == nil && a != nil {
		e.Asset, failed = pl.expandRecord(a)
	}
	if failed != nil {
		e.Asset, e.Code, e.Message, e.Hint = nil, failed.Code, failed.Message, failed.Mend()
		return e
	}
	if a.Type.Exportable() {
		pl.walk(&e, pl.source, expression.Of(e.Asset))
	}
	return e
}

// expandRecord expands the macros of a record's modifiers.
func (pl *Planner) expandRecord(a *asset.Asset) (*asset.Asset, *diag.Diag) {
	if a.Record.Modifier == "" && a.Record.PostModifier == "" {
		return a, nil
	}
	expanded := *a
	for _, field := range []struct {
		name string
		text *string
	}{{"Modifier", &expanded.Record.Modifier}, {"PostModifier", &expanded.Record.PostModifier}} {
		text, err := modifier.ExpandMacros(*field.text, modifier.Origin{Source: modifier.FromCatalog, Name: field.name}, pl.macros.For(Facts(a)))
		if err != nil {
			d := *diag.From(err, diag.CommandSyntax)
			d.Message = fmt.Sprintf("the catalog record's %s: %s", field.name, d.Message)
			return nil, &d
		}
		*field.text = text
	}
	return &expanded, nil
}

// walk follows every branch the asset may take from one stage on. A guard that
// looks at the image is not decided yet: both ways are planned.
func (pl *Planner) walk(e *Entry, name string, env expression.Env) {
	st := pl.plan.Stage(name)
	e.reached = append(e.reached, name)
	if program, ok := pl.programs[name]; ok {
		program, err := pl.expand(e, name, program)
		var settings *modifier.Settings
		if err == nil {
			settings, err = pl.settings(name, program, e.Asset)
		}
		if err == nil {
			if other := pl.relate(e, settings); other != nil {
				settings, err = pl.settings(name, program, other)
			}
		}
		if err != nil {
			if e.refused == nil {
				e.refused = diag.From(err, diag.CommandValue)
			}
			return // the branch fails when it runs, with the same error
		}
		out := settings.Output
		env.Rendition = name
		env.Artifact = expression.Artifact{Ext: out.Ext(), Format: out.Format}
	}
	if with, ok := st.Params["with"].(string); ok {
		plugin, encoder, _ := stage.With(with)
		if e, ok := pl.plan.Encoder(plugin, encoder); ok {
			env.Artifact = expression.Artifact{Ext: e.Ext, Format: e.Token()}
		}
	}
	if t, ok := pl.templates[name]; ok {
		pl.file(e, *st, t, env)
		return
	}
	taken := false
	var otherwise []string
	for _, c := range pl.plan.Children(name) {
		g := pl.guards[c.Name]
		switch {
		case c.When == plan.Otherwise:
			otherwise = append(otherwise, c.Name)
		case g == nil:
			taken = true
			pl.walk(e, c.Name, env)
		case g.Uses("image") || g.Uses("artifact"):
			pl.walk(e, c.Name, env)
		default:
			if ok, err := g.Eval(env); err == nil && ok {
				taken = true
				pl.walk(e, c.Name, env)
			}
		}
	}
	if !taken {
		for _, name := range otherwise {
			pl.walk(e, name, env)
		}
	}
}

// file names one file. An original keeps its own extension.
func (pl *Planner) file(e *Entry, st plan.Stage, t *expression.Template, env expression.Env) {
	if env.Artifact.Ext == "" {
		env.Artifact.Ext = e.Asset.Ext()
	}
	name, err := t.Eval(env)
	if err != nil {
		return
	}
	wanted := filename.Safe(path.Clean("/" + name)[1:])
	f := File{Stage: st.Name, Rendition: env.Rendition, Name: pl.names[target(st)].Take(wanted), Format: env.Artifact.Format}
	if f.Name != wanted {
		f.Wanted = wanted
	}
	e.Files = append(e.Files, f)
}

// settings interprets one transform for the record of one asset.
func (pl *Planner) settings(name string, program modifier.Program, a *asset.Asset) (*modifier.Settings, error) {
	record := a.Record
	plain := record.Modifier == "" && record.PostModifier == "" && a.StandIn == nil && !pl.programs[name].Deferred()
	if out, ok := pl.outputs[name]; ok && plain {
		return out, nil
	}
	from := modifier.Sources{Attributes: pl.attributes, Request: program}
	if s := a.StandIn; s != nil && !s.Only {
		from.Request = program.Retained()
	}
	var err error
	if from.Catalog, from.Post, err = modifier.ParseRecord(record.Modifier, record.PostModifier, from.Request, nil); err != nil {
		return nil, err
	}
	settings, _, err := modifier.Resolve(from)
	if err != nil {
		return nil, err
	}
	if plain {
		pl.outputs[name] = settings
	}
	return settings, nil
}
