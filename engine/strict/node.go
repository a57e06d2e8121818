package strict

import "strconv"

// node is where a key, or an element of an array, stands in the text, and what
// stands below it. A scalar has no inner part, so a long array of them is cheap.
type node struct {
	off   int // byte offset of the key, or of the element's value
	inner *inner
}

type inner struct {
	names []string // the keys below, in document order
	kids  map[string]*node
	elems []node // the elements, when the value is an array
}

// part is one piece of a dotted key.
type part struct {
	name string
	off  int
}

// child gives the node of a key below n; the first that names it makes it.
func (n *node) child(p part) *node {
	in := n.open()
	if in.kids == nil {
		in.kids = map[string]*node{}
	}
	kid, ok := in.kids[p.name]
	if !ok {
		kid = &node{off: p.off}
		in.kids[p.name] = kid
		in.names = append(in.names, p.name)
	}
	return kid
}

// element adds an element and gives its node, which stays good until the next
// one is added.
func (n *node) element(off int) *node {
	in := n.open()
	in.elems = append(in.elems, node{off: off})
	return &in.elems[len(in.elems)-1]
}

func (n *node) open() *inner {
	if n.inner == nil {
		n.inner = &inner{}
	}
	return n.inner
}

// last is the newest element of an array of tables, else n itself: where TOML
// puts what a header names.
func (n *node) last() *node {
	if n.isArray() {
		return &n.inner.elems[len(n.inner.elems)-1]
	}
	return n
}

func (n *node) isArray() bool { return n.inner != nil && len(n.inner.elems) > 0 }

// find gives what stands below n under a key or a decimal index, nil when
// nothing does.
func (n *node) find(name string) *node {
	if n.inner == nil {
		return nil
	}
	if kid, ok := n.inner.kids[name]; ok {
		return kid
	}
	if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(n.inner.elems) {
		return &n.inner.elems[i]
	}
	return nil
}

// differs gives the path of the first value whose shape is not that of its node,
// nil when all agree. The parser lets a table overwrite an array of tables,
// `[[a.b]]` and then `[a]` with `b.c = 1`, which is no TOML and would lose
// what was there.
func (n *node) differs(v any, path []string) []string {
	var in inner
	if n.inner != nil {
		in = *n.inner
	}
	m, _ := v.(map[string]any)
	list, _ := v.([]any)
	if len(in.names) != len(m) || len(in.elems) != len(list) {
		return append([]string{}, path...)
	}
	for _, name := range in.names {
		if e, ok := m[name]; !ok {
			return append([]string{}, path...)
		} else if bad := in.kids[name].differs(e, append(path, name)); bad != nil {
			return bad
		}
	}
	for i := range in.elems {
		if bad := in.elems[i].differs(list[i], append(path, strconv.Itoa(i))); bad != nil {
			return bad
		}
	}
	return nil
}
