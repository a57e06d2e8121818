package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/stage"
)

// Graph is what [Run] runs. The nodes without From take the source's items; the
// nodes that nobody names in From end a branch, and what leaves them is exported.
type Graph struct{ Nodes []Node }

// Node is one stage of a graph and the edges into it.
type Node struct {
	Name string
	// From names the nodes whose items come here, by arrival.
	From []string
	// Guard says whether an item takes the edge into this node; nil is always. It
	// is asked once for each node of From, one item at a time for each of these.
	// Its error ends this branch, as one of Run does.
	Guard func(*asset.Item) (bool, error)
	// Otherwise takes the items that no sibling's guard wanted. It excludes Guard.
	Otherwise bool

	// Done, when set, says that an item which takes the edge into this node has
	// nothing left to do behind it. It then does not go there, and no sibling is
	// asked in its place; an item for which that holds on every edge ends as
	// exported, without a [BranchEnd].
	Done func(*asset.Item) bool

	// Run handles the items, Workers of them at once (at least one).
	Run     stage.Stage
	Workers int
	// Rendition, when set, is the rendition of the items from here on.
	Rendition string
	// Timeout bounds the context of each call of Run; none when zero. The call is
	// not abandoned: the stage must obey. A Commit gets the time of all its items.
	Timeout time.Duration
	// Retry is for errors of Run and Commit that are worth it; each attempt has
	// the whole Timeout. While an item waits it keeps its worker, or its batch.
	Retry Retry

	// Cost, when set, is taken from the budget before a worker gets the item.
	Cost func(*asset.Item) (int64, error)
	// ReleaseAfter names the nodes that give the cost back as soon as their Run
	// has returned; none is when the item ends. Clones share the cost of their
	// origin: it is given back when the last of them has let go.
	ReleaseAfter []string

	// Commit, when set, makes batches durable of what Run has prepared: see
	// [stage.Committer].
	Commit func(context.Context, []*asset.Item) []error
}

// Validate says everything that keeps the graph from running.
func (g Graph) Validate() error {
	errs := []error{g.checkNodes()}
	if errs[0] == nil {
		errs = append(errs, g.checkReach(), g.checkCosts())
	}
	return errors.Join(errs...)
}

// checkNodes looks at each node and the names it uses.
func (g Graph) checkNodes() error {
	var errs []error
	refuse := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if len(g.children("")) == 0 {
		refuse("no node takes the items of the source")
	}
	for i, n := range g.Nodes {
		switch {
		case n.Name == "":
			refuse("node %d has no name", i)
		case g.index(n.Name) != i:
			refuse("two nodes are named %q", n.Name)
		case n.Run == nil:
			refuse("node %q has nothing to run", n.Name)
		case n.Otherwise && n.Guard != nil:
			refuse("node %q has a guard and is otherwise", n.Name)
		case n.Cost == nil && len(n.ReleaseAfter) > 0:
			refuse("node %q gives back a cost that it does not take", n.Name)
		}
		for j, from := range n.From {
			if g.index(from) < 0 {
				refuse("node %q is fed by %q, which does not exist", n.Name, from)
			} else if slices.Contains(n.From[:j], from) {
				refuse("node %q is fed by %q twice", n.Name, from)
			}
		}
	}
	return errors.Join(errs...)
}

// checkReach finds circles and what no item of the source can reach.
func (g Graph) checkReach() error {
	reached := map[string]bool{}
	for _, root := range g.children("") {
		reached[g.Nodes[root].Name] = true
		for name := range g.behind(g.Nodes[root].Name) {
			reached[name] = true
		}
	}
	var circle, lost []string
	for _, n := range g.Nodes {
		if g.behind(n.Name)[n.Name] {
			circle = append(circle, n.Name)
		} else if !reached[n.Name] {
			lost = append(lost, n.Name)
		}
	}
	var errs []error
	if len(circle) > 0 {
		errs = append(errs, fmt.Errorf("nodes feed each other in a circle: %s", strings.Join(circle, ", ")))
	}
	if len(lost) > 0 {
		errs = append(errs, fmt.Errorf("no item reaches %s", strings.Join(lost, ", ")))
	}
	return errors.Join(errs...)
}

// checkCosts refuses a cost behind a cost. Releasing the first one in between
// would not help: items of the first that are held up by the second's intake
// would keep what it waits for.
func (g Graph) checkCosts() error {
	var errs []error
	for _, n := range g.Nodes {
		if n.Cost == nil {
			continue
		}
		behind := g.behind(n.Name)
		for _, m := range g.Nodes {
			if m.Cost != nil && behind[m.Name] && m.Name != n.Name {
				errs = append(errs, fmt.Errorf("node %q has a cost and stands behind %q, which has one: they would wait for each other", m.Name, n.Name))
			}
		}
		for _, after := range n.ReleaseAfter {
			if after != n.Name && !behind[after] {
				errs = append(errs, fmt.Errorf("node %q gives its cost back after %q, which is not behind it", n.Name, after))
			}
		}
	}
	return errors.Join(errs...)
}

// index gives the place of the first node of that name, -1 when there is none.
func (g Graph) index(name string) int {
	return slices.IndexFunc(g.Nodes, func(n Node) bool { return n.Name == name })
}

// children gives the places of the nodes fed by the named one; "" is the source.
func (g Graph) children(name string) []int {
	var kids []int
	for i, n := range g.Nodes {
		if slices.Contains(n.From, name) || name == "" && len(n.From) == 0 {
			kids = append(kids, i)
		}
	}
	return kids
}

// behind gives the names of all nodes that the named one's items can reach.
func (g Graph) behind(name string) map[string]bool {
	seen := map[string]bool{}
	var visit func(string)
	visit = func(name string) {
		for _, kid := range g.children(name) {
			if k := g.Nodes[kid].Name; !seen[k] {
				seen[k] = true
				visit(k)
			}
		}
	}
	visit(name)
	return seen
}
