package expression

import (
	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
)

// maxSource bounds an expression's text, in bytes.
const maxSource = 4096

// roots lists the names of the environment that node looks at.
func roots(node ast.Node) map[string]bool {
	c := collector{}
	ast.Walk(&node, c)
	return c
}

type collector map[string]bool

// Visit notes one identifier.
func (c collector) Visit(node *ast.Node) {
	if id, ok := (*node).(*ast.IdentifierNode); ok {
		c[id.Value] = true
	}
}

// fold replaces job.* by constants and evaluates what is then constant.
func fold(node ast.Node, job Job) (ast.Node, error) {
	f := folder{job: job}
	ast.Walk(&node, &f)
	return node, f.err
}

type folder struct {
	job Job
	err error
}

// Visit folds one node; its children have been folded before.
func (f *folder) Visit(node *ast.Node) {
	if f.err != nil {
		return
	}
	switch n := (*node).(type) {
	case *ast.BinaryNode:
		if simple := shortCircuit(n); simple != nil {
			ast.Patch(node, simple)
			return
		}
	case *ast.IdentifierNode, *ast.StringNode, *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NilNode, *ast.PredicateNode, *ast.PointerNode, *ast.ArrayNode, *ast.PairNode, *ast.MapNode:
		return
	case *ast.BuiltinNode:
		if len(n.Arguments) > 1 { // a predicate may hide the loop's own variables
			if _, ok := n.Arguments[1].(*ast.PredicateNode); ok {
				return
			}
		}
	}
	for name := range roots(*node) {
		if name != "job" {
			return
		}
	}
	constant, err := f.evaluate(*node)
	if err != nil {
		f.err = err
		return
	}
	if constant != nil {
		ast.Patch(node, constant)
	}
}

// evaluate runs a sub-expression that only the job decides. Kinds that have no
// literal of their own stay as they are.
func (f *folder) evaluate(node ast.Node) (ast.Node, error) {
	if m, ok := node.(*ast.MemberNode); ok {
		if _, whole := m.Property.(*ast.StringNode); !whole {
			return nil, nil
		}
	}
	out, err := expr.Eval(node.String(), Env{Job: f.job})
	if err != nil {
		// A part on its own may not stand alone, for example inside a predicate.
		return nil, nil //nolint:nilerr // the part stays unfolded and is judged where it runs
	}
	switch v := out.(type) {
	case bool:
		return &ast.BoolNode{Value: v}, nil
	case string:
		return &ast.StringNode{Value: v}, nil
	case int:
		return &ast.IntegerNode{Value: v}, nil
	}
	return nil, nil
}

// shortCircuit simplifies `and` and `or` with one constant side.
func shortCircuit(n *ast.BinaryNode) ast.Node {
	and := n.Operator == "and" || n.Operator == "&&"
	or := n.Operator == "or" || n.Operator == "||"
	if !and && !or {
		return nil
	}
	for _, side := range [][2]ast.Node{{n.Left, n.Right}, {n.Right, n.Left}} {
		b, ok := side[0].(*ast.BoolNode)
		switch {
		case !ok:
		case b.Value == or: // true or x, false and x
			return &ast.BoolNode{Value: or}
		default: // false or x, true and x
			return side[1]
		}
	}
	return nil
}
