package compile

import (
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/expression"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
)

// way is one way to a file: the deliver stage at its end, what came there, and
// the stages with a guard that it passes.
type way struct{ stage, rendition, ext, guards string }

// names refuses two ways that give every asset the same name at the same target:
// planning would call the second one name~2, which nobody asked for. Only what
// is certain is refused. Ways that a guard may keep apart, and names that differ
// from asset to asset, are left to planning.
func names(s *state) error {
	before := map[string][]way{}
	taken := map[string][]way{}
	var twice []string
	err := s.each(func(st *plan.Stage, k stage.Kind) error {
		ways := s.waysTo(st, before)
		before[st.Name] = ways
		name, ok := st.Params[nameParam].(string)
		if !ok || !k.Sink() {
			return nil
		}
		t, err := expression.ParseTemplate(name, nil)
		if err != nil {
			return s.at(err, st.Name, "params", nameParam)
		}
		to, _ := st.Params[toParam].(string)
		for _, w := range ways {
			key := to + "\x00" + w.named(t)
			for _, other := range taken[key] {
				switch {
				case !w.meets(other):
				case s.sameOriginal(w, other, before):
					twice = append(twice, w.narrower(other))
				default:
					return s.sameName(w, other, name)
				}
			}
			taken[key] = append(taken[key], w)
		}
		return nil
	})
	s.remove(twice...)
	s.settle()
	return err
}

// sameOriginal reports whether two ways, each the only one of its stage, stand
// for two regions that had one end: with fmt=orig they deliver the same bytes.
func (s *state) sameOriginal(w, other way, ways map[string][]way) bool {
	end := s.edges[w.stage]
	return end != "" && end == s.edges[other.stage] && len(ways[w.stage]) == 1 && len(ways[other.stage]) == 1
}

// narrower gives the stage of two ways that meet which takes no more assets than
// the other.
func (w way) narrower(other way) string {
	if len(w.guards) < len(other.guards) {
		return other.stage
	}
	return w.stage
}

// waysTo lists the ways on which items come through a stage, given those of the
// stages before it.
func (s *state) waysTo(st *plan.Stage, before map[string][]way) []way {
	ways := []way{{}}
	if len(st.From) > 0 {
		ways = nil
	}
	for _, f := range st.From {
		ways = append(ways, before[f]...)
	}
	seen := map[way]bool{}
	out := make([]way, 0, len(ways))
	for _, w := range ways {
		w.stage = st.Name
		if st.When != "" {
			w.guards += st.Name + "\x00"
		}
		if text, ok := st.Params["modifier"].(string); ok {
			w.rendition, w.ext = st.Name, s.ext(st.Name, text)
		}
		if with, ok := st.Params[withParam].(string); ok {
			plugin, encoder, _ := stage.With(with)
			if e, ok := s.plan.Encoder(plugin, encoder); ok {
				w.ext = e.Ext
			}
		}
		if !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}

// ext is the extension of a rendition as its modifier says. One that does not
// resolve has an extension of its own: its branch fails for another reason.
func (s *state) ext(rendition, text string) string {
	program, err := modifier.Parse(text, modifier.Origin{Source: modifier.FromPipeline}, s.Macros)
	if err != nil {
		return rendition
	}
	settings, _, err := modifier.Resolve(modifier.Sources{Attributes: Attributes(s.plan), Request: program})
	if err != nil {
		return rendition
	}
	return settings.Output.Ext()
}

// meets reports whether an asset that takes one of two ways surely takes the
// other too: behind a guard that both have passed, every way without a further
// one is taken.
func (w way) meets(other way) bool {
	return strings.HasPrefix(w.guards, other.guards) || strings.HasPrefix(other.guards, w.guards)
}

// named is a name's template with the way's rendition and extension in it.
func (w way) named(t *expression.Template) string {
	var b strings.Builder
	for _, p := range t.Parts() {
		b.WriteString(p.Literal)
		if p.Source == "" {
			continue
		}
		b.WriteString("\x00" + p.Source)
		if strings.Contains(p.Source, "rendition") {
			b.WriteString("\x00" + w.rendition)
		}
		if strings.Contains(p.Source, "artifact") {
			b.WriteString("\x00" + w.ext)
		}
		b.WriteString("\x00")
	}
	return b.String()
}

func (s *state) sameName(w, other way, name string) *diag.Diag {
	at := s.Spec.Place(w.stage, "params", nameParam)
	if w.stage == other.stage {
		return diag.New(diag.StageName, "stage %q delivers the renditions %q and %q under one name, %s", w.stage, other.rendition, w.rendition, name).
			At(at).WithHint("put ${rendition} into the name: ${asset.dir}/${asset.stem}-${rendition}.${artifact.ext}")
	}
	return diag.New(diag.StageName, "the stages %q and %q deliver to one target under one name, %s", other.stage, w.stage, name).
		At(at).WithHint("give one of them another name, or another to")
}
