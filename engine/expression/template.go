package expression

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"

	"github.com/exportd/exportd/engine/diag"
)

// Template is text with ${…} parts. `$${` stands for a literal `${`.
type Template struct {
	parts []Part
}

// Part is a piece of a template: literal text, or an expression when Source is
// not empty.
type Part struct {
	Literal string
	Source  string // after folding

	program *vm.Program
	roots   map[string]bool
}

// ParseTemplate compiles the ${…} parts of src, which must give text or whole
// numbers. With a job, job.* is folded and a part that became constant becomes
// literal text. Errors are E-EXPRESSION.
func ParseTemplate(src string, job *Job) (*Template, error) {
	if len(src) > maxSource {
		return nil, diag.New(diag.Expression, "the template has %d bytes, allowed are %d", len(src), maxSource)
	}
	t := &Template{}
	for rest := src; rest != ""; {
		literal, source, after, err := cut(src, rest)
		if err != nil {
			return nil, err
		}
		t.add(Part{Literal: literal})
		if source != "" {
			p, err := parsePart(source, job)
			if err != nil {
				return nil, err
			}
			t.add(p)
		}
		rest = after
	}
	return t, nil
}

// add appends a part; neighbouring literals become one.
func (t *Template) add(p Part) {
	if p.Source == "" && p.Literal == "" {
		return
	}
	if n := len(t.parts); p.Source == "" && n > 0 && t.parts[n-1].Source == "" {
		t.parts[n-1].Literal += p.Literal
		return
	}
	t.parts = append(t.parts, p)
}

// cut takes the literal up to the next ${…} off rest, and the expression in it.
func cut(src, rest string) (literal, source, after string, err error) {
	var b strings.Builder
	for {
		i := strings.Index(rest, "${")
		switch {
		case i < 0:
			b.WriteString(rest)
			return b.String(), "", "", nil
		case i > 0 && rest[i-1] == '$':
			b.WriteString(rest[:i-1] + "${")
			rest = rest[i+2:]
			continue
		}
		b.WriteString(rest[:i])
		end := closing(rest[i+2:])
		if end < 0 {
			return "", "", "", diag.New(diag.Expression, "in %q: a ${ is never closed", src).WithHint("close it with }, or write $${ for the two characters")
		}
		source = strings.TrimSpace(rest[i+2 : i+2+end])
		if source == "" {
			return "", "", "", diag.New(diag.Expression, "in %q: ${} holds nothing", src).WithHint("write an expression such as ${asset.stem}")
		}
		return b.String(), source, rest[i+2+end+1:], nil
	}
}

// closing finds the } that ends an expression, outside strings and braces.
func closing(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '{':
			depth++
		case '}':
			if depth == 0 {
				return i
			}
			depth--
		case '"', '\'', '`':
			for i++; i < len(s) && s[i] != c; i++ {
				if s[i] == '\\' && c != '`' {
					i++
				}
			}
		}
	}
	return -1
}

func parsePart(source string, job *Job) (Part, error) {
	program, err := expr.Compile(source, options()...)
	if err != nil {
		return Part{}, explain(source, err)
	}
	node := program.Node()
	if kind := node.Type(); kind != nil && kind.Kind().String() != "string" && kind.Kind().String() != "int" {
		return Part{}, diag.New(diag.Expression, "${%s} gives %s, wanted text or a whole number", source, kind).WithHint("use a field such as asset.stem")
	}
	if job != nil {
		if node, err = fold(node, *job); err != nil {
			return Part{}, explain(source, err)
		}
	}
	if s, ok := node.(*ast.StringNode); ok {
		return Part{Literal: s.Value}, nil
	}
	p := Part{Source: source, program: program, roots: roots(node)}
	if job != nil {
		p.Source = node.String()
		if p.program, err = expr.Compile(p.Source, options()...); err != nil {
			return Part{}, explain(p.Source, err)
		}
	}
	return p, nil
}

// Parts gives the pieces in order.
func (t *Template) Parts() []Part { return t.parts }

// Text is the template as it stands after folding; it parses to itself.
func (t *Template) Text() string {
	var b strings.Builder
	for _, p := range t.parts {
		if p.Source != "" {
			b.WriteString("${" + p.Source + "}")
		} else {
			b.WriteString(strings.ReplaceAll(p.Literal, "${", "$${"))
		}
	}
	return b.String()
}

// Uses reports whether a part looks at root.
func (t *Template) Uses(root string) bool {
	for _, p := range t.parts {
		if p.roots[root] {
			return true
		}
	}
	return false
}

// Eval fills the template in. It is safe for concurrent use.
func (t *Template) Eval(env Env) (string, error) {
	var b strings.Builder
	for _, p := range t.parts {
		if p.Source == "" {
			b.WriteString(p.Literal)
			continue
		}
		out, err := expr.Run(p.program, env)
		if err != nil {
			return "", explain(p.Source, err)
		}
		b.WriteString(text(out))
	}
	return b.String(), nil
}

// text writes the value of a part.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	}
	return fmt.Sprint(v)
}
