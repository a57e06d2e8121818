package expression

import (
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"

	"github.com/exportd/exportd/engine/diag"
)

// Guard is a compiled `when`.
type Guard struct {
	text    string
	program *vm.Program
	roots   map[string]bool
	value   *bool
}

// ParseGuard compiles src, which must give a boolean. With a job, job.* is
// folded. Errors are E-EXPRESSION and point into src.
func ParseGuard(src string, job *Job) (*Guard, error) {
	if len(src) > maxSource {
		return nil, diag.New(diag.Expression, "the expression has %d bytes, allowed are %d", len(src), maxSource)
	}
	program, err := expr.Compile(src, options(expr.AsBool())...)
	if err != nil {
		return nil, explain(src, err)
	}
	node := program.Node()
	if job != nil {
		if node, err = fold(node, *job); err != nil {
			return nil, explain(src, err)
		}
	}
	g := &Guard{text: src, program: program, roots: roots(node)}
	if job != nil {
		g.text = node.String()
	}
	if b, ok := node.(*ast.BoolNode); ok {
		g.value = &b.Value
		return g, nil
	}
	if g.program, err = expr.Compile(g.text, options(expr.AsBool())...); err != nil {
		return nil, explain(g.text, err)
	}
	return g, nil
}

// Text is the expression as it stands after folding; it parses to itself.
func (g *Guard) Text() string { return g.text }

// Constant gives the guard's value when no asset can change it.
func (g *Guard) Constant() (value, ok bool) {
	if g.value == nil {
		return false, false
	}
	return *g.value, true
}

// Uses reports whether the guard looks at root: job, asset, image, artifact or
// rendition.
func (g *Guard) Uses(root string) bool { return g.roots[root] }

// Eval decides for one item. It is safe for concurrent use.
func (g *Guard) Eval(env Env) (bool, error) {
	if g.value != nil {
		return *g.value, nil
	}
	out, err := expr.Run(g.program, env)
	if err != nil {
		return false, explain(g.text, err)
	}
	b, ok := out.(bool)
	if !ok {
		return false, diag.New(diag.Expression, "%q gave %T, wanted true or false", g.text, out)
	}
	return b, nil
}
