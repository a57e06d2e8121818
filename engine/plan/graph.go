package plan

import (
	"fmt"
	"slices"
	"strings"
)

// Figures are what a run left at one stage, for a drawing.
type Figures struct {
	Items   int // that went on from there, or ended well
	Failed  int
	Skipped int
	Seconds float64 // of all its workers together; 0 is not known
}

// text is what a drawing says of them; what is 0 is left out, but for the items.
func (f Figures) text() string {
	parts := []string{fmt.Sprintf("%d items", f.Items)}
	if f.Items == 1 {
		parts[0] = "1 item"
	}
	if f.Skipped > 0 {
		parts = append(parts, fmt.Sprintf("%d skipped", f.Skipped))
	}
	if f.Failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", f.Failed))
	}
	if f.Seconds > 0 {
		parts = append(parts, fmt.Sprintf("%.2f s", f.Seconds))
	}
	return strings.Join(parts, ", ")
}

// Mermaid draws the plan as a Mermaid flowchart. Figures may be nil.
func (p *Plan) Mermaid(figures map[string]Figures) string {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	for i, s := range p.Stages {
		fmt.Fprintf(&b, "  s%d[\"%s\"]\n", i, mermaidText(label(s, figures, "<br/>")))
	}
	p.errorEdges(func(from, to int, of string) { fmt.Fprintf(&b, "  s%d -.->|\"%s\"| s%d\n", from, of, to) })
	p.edges(func(from, to int, guard string) {
		if guard == "" {
			fmt.Fprintf(&b, "  s%d --> s%d\n", from, to)
		} else {
			fmt.Fprintf(&b, "  s%d -->|\"%s\"| s%d\n", from, mermaidText(guard), to)
		}
	})
	return b.String()
}

// DOT draws the plan for Graphviz. Figures may be nil.
func (p *Plan) DOT(figures map[string]Figures) string {
	var b strings.Builder
	b.WriteString("digraph plan {\n  rankdir=LR;\n  node [shape=box];\n")
	for i, s := range p.Stages {
		fmt.Fprintf(&b, "  s%d [label=%s];\n", i, dotText(label(s, figures, "\n")))
	}
	p.errorEdges(func(from, to int, of string) {
		fmt.Fprintf(&b, "  s%d -> s%d [style=dotted, label=%s];\n", from, to, dotText(of))
	})
	p.edges(func(from, to int, guard string) {
		fmt.Fprintf(&b, "  s%d -> s%d", from, to)
		if guard != "" {
			fmt.Fprintf(&b, " [label=%s]", dotText(guard))
		}
		b.WriteString(";\n")
	})
	b.WriteString("}\n")
	return b.String()
}

// label is what stands in a stage's box: its name, its kind where that is
// another word, what it does, and the figures.
func label(s Stage, figures map[string]Figures, newline string) string {
	parts := []string{s.Name}
	if s.Kind != s.Name {
		parts = append(parts, s.Kind)
	}
	for _, param := range []string{"modifier", "name"} {
		if text, ok := s.Params[param].(string); ok {
			parts = append(parts, text)
		}
	}
	if f, ok := figures[s.Name]; ok {
		parts = append(parts, f.text())
	}
	return strings.Join(parts, newline)
}

func (p *Plan) edges(draw func(from, to int, guard string)) {
	at := map[string]int{}
	for i, s := range p.Stages {
		at[s.Name] = i
	}
	for i, s := range p.Stages {
		for _, f := range s.From {
			draw(at[f], i, s.When)
		}
	}
}

// errorEdges draws where failed items go: from each stage that names a
// dead-letter stage itself, and for the defaults from the first stage.
func (p *Plan) errorEdges(draw func(from, to int, of string)) {
	at := func(name string) int {
		return slices.IndexFunc(p.Stages, func(s Stage) bool { return s.Name == name })
	}
	for i, s := range p.Stages {
		to, of := at(s.OnError), "on error"
		if i == 0 && s.OnError == "" {
			to, of = at(p.Defaults.OnError), "on error anywhere"
		}
		if to >= 0 && to != i {
			draw(i, to, of)
		}
	}
}

// mermaidText escapes what Mermaid reads inside quotes.
func mermaidText(s string) string {
	parts := strings.Split(s, "<br/>")
	for i, part := range parts {
		parts[i] = strings.NewReplacer("&", "#amp;", `"`, "#quot;", "<", "#lt;", ">", "#gt;").Replace(part)
	}
	return strings.Join(parts, "<br/>")
}

// dotText writes a DOT string.
func dotText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
