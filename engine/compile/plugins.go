package compile

import (
	"maps"
	"slices"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
)

// Plugins are the plugins that may run. A nil one has none.
type Plugins interface {
	// Pins lists them.
	Pins() []plan.Plugin
	// Require says why there is no plugin of a name whose version is in a range; an
	// empty range takes any.
	Require(name, versions string) error
	// Encoder gives the full name of an encoder, PLUGIN/ENCODER, of the only one where
	// encoder is "", when its options are right.
	Encoder(plugin, encoder string, options map[string]any) (string, error)
}

// The params of a kind that may use a plugin.
const (
	withParam    = "with"
	optionsParam = "options"
)

// pinPlugins finds the plugins that the plan needs, and notes their sums.
func pinPlugins(s *state) error {
	var found diag.List
	required := s.Spec.Require["plugin"]
	for _, name := range slices.Sorted(maps.Keys(required)) {
		if err := s.plugins().Require(name, required[name]); err != nil {
			found.Add(s.at(err, "", "require", "plugin", name))
		}
	}
	err := s.each(s.pinEncoder)
	found.Add(diag.All(err, diag.PluginUnknown)...)
	if err := found.Err(); err != nil {
		return err
	}
	if s.Spec.Plan == nil {
		s.plan.Plugins = s.plugins().Pins()
		return nil
	}
	return s.samePlugins()
}

// plugins gives the plugins, none where nobody gave any.
func (s *state) plugins() Plugins {
	if s.Plugins == nil {
		return noPlugins{}
	}
	return s.Plugins
}

// pinEncoder gives the encoder that a stage names its full name.
func (s *state) pinEncoder(st *plan.Stage, k stage.Kind) error {
	with, _ := st.Params[withParam].(string)
	options, _ := st.Params[optionsParam].(map[string]any)
	if with == "" {
		if len(options) > 0 {
			return s.at(diag.New(diag.KeyMissing, "stage %q has options, but does not say for which encoder", st.Name).WithHint(`add with = "plugin:NAME"`), st.Name, "params", optionsParam)
		}
		return nil
	}
	plugin, encoder, ok := stage.With(with)
	if !ok {
		return s.at(diag.New(diag.KeyValue, "stage %q: params.with is %q", st.Name, with).WithHint(`write with = "plugin:NAME", or leave it out`), st.Name, "params", withParam)
	}
	full, err := s.plugins().Encoder(plugin, encoder, options)
	if err != nil {
		key := withParam
		if diag.From(err, diag.PluginUnknown).Code == diag.PluginParam {
			key = optionsParam
		}
		return placed(err, s.Spec.Place(st.Name, "params", key))
	}
	if full = "plugin:" + full; full != with {
		s.why(st, "params.with was "+with)
		st.Params[withParam] = full
	}
	return nil
}

// samePlugins wants the plugins of a compiled plan to be those that it was compiled
// with.
func (s *state) samePlugins() error {
	now := s.plugins().Pins()
	for _, p := range s.plan.Plugins {
		i := slices.IndexFunc(now, func(o plan.Plugin) bool { return o.Name == p.Name })
		if i < 0 {
			if err := s.plugins().Require(p.Name, ""); err != nil {
				return s.at(err, "", "plugin", p.Name)
			}
			continue
		}
		if now[i].Sum != p.Sum {
			return s.at(diag.New(diag.PluginChanged, "this plan was compiled with another plugin %s: version %s %s, now it is %s %s", p.Name, p.Version, p.Sum, now[i].Version, now[i].Sum).
				WithHint("compile the pipeline again, or put the old plugin back"), "", "plugin", p.Name, "sum")
		}
	}
	return nil
}

// dropPlugins forgets the pins of a plan in which nothing is encoded.
func dropPlugins(s *state) error {
	encodes := slices.ContainsFunc(s.plan.Stages, func(st plan.Stage) bool {
		return s.kind(st.Name).Accepts(stage.PortImage)
	})
	if !encodes {
		s.plan.Plugins = nil
	}
	return nil
}

type noPlugins struct{}

func (noPlugins) Pins() []plan.Plugin { return nil }

func (noPlugins) Require(name, _ string) error {
	return diag.New(diag.PluginUnknown, "there is no plugin %q", name).WithHint("no plugin folder is configured: set plugins.dirs")
}

func (n noPlugins) Encoder(plugin, _ string, _ map[string]any) (string, error) {
	return "", n.Require(plugin, "")
}

// foreign lists the tokens of fmt= that plugins answer to.
func foreign(p Plugins) []modifier.Foreign {
	if p == nil {
		return nil
	}
	return (&plan.Plan{Plugins: p.Pins()}).Foreign()
}
