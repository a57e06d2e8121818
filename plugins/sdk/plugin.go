package sdk

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/exportd/exportd/plugins/pluginpb"
)

// Plugin is what a plugin is and has.
type Plugin struct {
	// Name is lower-case letters, digits and dashes, at most 32. The executable is
	// exportd-plugin-NAME.
	Name string
	// Version is semver 2.0, such as 1.2.0.
	Version     string
	Description string // one sentence
	Licence     string // an SPDX identifier, "" to say nothing
	Homepage    string

	Macros   []MacroInfo
	Encoders []EncoderInfo

	// Config are the keys of the configuration that an operator may write under
	// [plugins.config.NAME]. Who wants them implements [Configurer].
	Config []Param
	// Environment names variables that the plugin reads, for its card. It gets those
	// that the operator grants.
	Environment []string

	// Concurrent allows several calls at once in one process; else there is one at
	// a time, and the host starts more processes.
	Concurrent bool
	// Deterministic promises that the same call gives the same bytes.
	Deterministic bool
	// Network says that it talks to other machines.
	Network bool
}

// MacroInfo is a macro, or a family of them.
type MacroInfo struct {
	// Name is the macro's without $, or a pattern where * stands for any characters.
	Name        string
	Description string
	Examples    []string // names that exist, where Name is a pattern
	// PerAsset says that the commands depend on the asset.
	PerAsset bool
	Macro    Macro
}

// Macro expands a macro. It is pure: the same call gives the same commands.
// It may be called by several goroutines if the plugin is Concurrent.
type Macro interface {
	// Expand gives the commands, within one second. A name that the pattern matches
	// but that does not exist is [NoMacro].
	Expand(ctx context.Context, call *MacroCall) (Commands, error)
}

// EncoderInfo is an encoder. See EncoderInfo in plugins/proto for each field.
type EncoderInfo struct {
	Name        string
	Description string
	Format      string // the token of fmt= that it answers to; "" for none
	Extension   string // of its files, without the dot
	MediaType   string
	Samples     []SampleFormat // the best first
	Spaces      []ColourSpace  // the best first
	Alpha       bool
	Animation   bool
	ICC         bool // it writes the profile
	MaxEdge     int  // pixels; 0 for no bound
	Params      []Param
	// MemoryPerMegapixel is what it needs beyond the pixels, in bytes; 0 for unknown.
	MemoryPerMegapixel int64
	Encoder            Encoder
}

// Encoder turns a picture into bytes. It may be called by several goroutines if
// the plugin is Concurrent.
type Encoder interface {
	// Encode writes the picture to w. It stops soon after ctx is done: reading rows
	// and writing fail then by themselves.
	Encode(ctx context.Context, call *EncodeCall, w io.Writer) error
}

// Configurer is implemented by encoders and macros that want the configuration.
// It is called once, before any other call.
type Configurer interface {
	Configure(ctx context.Context, config Params) error
}

// Validator is implemented by encoders whose params obey more than their Params
// say. It is called by lint: it does nothing and reads no network. Its errors are
// those of [ParamError], or errors.Join of several.
type Validator interface {
	Validate(ctx context.Context, params Params) error
}

// parts are the encoders and macros, each once.
func (p *Plugin) parts() []any {
	var all []any
	add := func(v any) {
		if !slices.ContainsFunc(all, func(o any) bool { return same(o, v) }) {
			all = append(all, v)
		}
	}
	for _, e := range p.Encoders {
		add(e.Encoder)
	}
	for _, m := range p.Macros {
		add(m.Macro)
	}
	return all
}

// check finds what an author has to mend before anything else works.
func (p *Plugin) check() error {
	if !pluginpb.ValidName(p.Name) {
		return fmt.Errorf("the plugin has the Name %q: want lower-case letters, digits and inner dashes, at most %d, a letter first", p.Name, pluginpb.MaxName)
	}
	if p.Version == "" {
		return fmt.Errorf("the plugin has no Version: want a version such as 1.0.0")
	}
	if len(p.Macros)+len(p.Encoders) == 0 {
		return fmt.Errorf("the plugin has neither macros nor encoders")
	}
	seen := map[string]bool{}
	for i, e := range p.Encoders {
		switch {
		case !pluginpb.ValidName(e.Name) || seen[e.Name]:
			return fmt.Errorf("entry %d of Encoders has the Name %q: want a name of its own", i, e.Name)
		case e.Encoder == nil:
			return fmt.Errorf("encoder %s has no Encoder", e.Name)
		case e.Extension == "" || strings.ContainsAny(e.Extension, "./\\ "):
			return fmt.Errorf("encoder %s: Extension is %q: want one without a dot", e.Name, e.Extension)
		case len(e.Samples) == 0 || len(e.Spaces) == 0:
			return fmt.Errorf("encoder %s: Samples and Spaces each need an entry", e.Name)
		}
		seen[e.Name] = true
		if err := checkParams(e.Params); err != nil {
			return fmt.Errorf("encoder %s: %w", e.Name, err)
		}
	}
	for i, m := range p.Macros {
		if m.Name == "" || m.Macro == nil {
			return fmt.Errorf("entry %d of Macros needs a Name and a Macro", i)
		}
	}
	if err := checkParams(p.Config); err != nil {
		return fmt.Errorf("the configuration: %w", err)
	}
	return nil
}

func (p *Plugin) encoder(name string) (EncoderInfo, bool) {
	i := slices.IndexFunc(p.Encoders, func(e EncoderInfo) bool { return e.Name == name })
	if i < 0 {
		return EncoderInfo{}, false
	}
	return p.Encoders[i], true
}

// macro finds the first macro whose name or pattern matches.
func (p *Plugin) macro(name string) (MacroInfo, bool) {
	i := slices.IndexFunc(p.Macros, func(m MacroInfo) bool { return pluginpb.MatchMacro(m.Name, name) })
	if i < 0 {
		return MacroInfo{}, false
	}
	return p.Macros[i], true
}
