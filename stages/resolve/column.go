package resolve

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/diag"
)

// Naming knows what a catalog calls the fields of its records. Make one with
// [NewNaming].
type Naming struct {
	renamed map[string]string // folded name to field, "" = ignored
}

// NewNaming takes the names that differ: field by the catalog's name, "" for what
// is to be ignored. Every other name is that of its field.
func NewNaming(renamed map[string]string) (*Naming, error) {
	n := &Naming{renamed: map[string]string{}}
	for _, name := range slices.Sorted(maps.Keys(renamed)) {
		if field := renamed[name]; field != "" && index(field) < 0 {
			return nil, diag.New(diag.KeyValue, "catalog.columns says that %q is the field %q, which there is none", name, field).
				WithHint("%s", diag.DidYouMean(field, Fields(), "the fields are "+strings.Join(Fields(), ", ")))
		}
		n.renamed[folded(name)] = renamed[name]
	}
	return n, nil
}

// Names lists what the catalog may call a field, the field's own name included.
func (n *Naming) Names(field string) []string {
	var names []string
	for name, of := range n.renamed {
		if of == field {
			names = append(names, name)
		}
	}
	if _, taken := n.renamed[folded(field)]; !taken {
		names = append(names, field)
	}
	slices.Sort(names)
	return names
}

// Is reports whether a name of the catalog's is that of a field.
func (n *Naming) Is(name, field string) bool {
	at, err := n.find(name)
	return err == nil && at == index(field)
}

// ignored is the place of a column that is not wanted.
const ignored = -1

// find gives the field of a name.
func (n *Naming) find(name string) (int, error) {
	field, ok := n.renamed[folded(name)]
	switch {
	case ok && field == "":
		return ignored, nil
	case !ok:
		field = name
	}
	if at := index(field); at >= 0 {
		return at, nil
	}
	return 0, diag.New(diag.CatalogColumn, "the catalog has the column %q, which is no field of a record", cut(name)).
		WithHint("%s", diag.DidYouMean(name, Fields(), "the fields are "+strings.Join(Fields(), ", ")+`; catalog.columns gives a column another name, or "" to ignore it`))
}

func index(field string) int {
	for i := range fields {
		if folded(fields[i].name) == folded(field) {
			return i
		}
	}
	return -1
}

func folded(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r == '-' {
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// Columns read rows of values. Make them with [Naming.Columns].
type Columns struct {
	names  []string
	fields []int
}

// Columns takes the names of the columns in their order. There must be one for
// the handle and one for the file.
func (n *Naming) Columns(names []string) (*Columns, error) {
	c := &Columns{names: names}
	for _, name := range names {
		at, err := n.find(name)
		if err != nil {
			return nil, err
		}
		if i := slices.Index(c.fields, at); at != ignored && i >= 0 {
			return nil, diag.New(diag.CatalogColumn, "the columns %q and %q are both the field %s", names[i], name, fields[at].name).
				WithHint("leave one of them out")
		}
		c.fields = append(c.fields, at)
	}
	for _, must := range []string{"handle", "file"} {
		if !slices.Contains(c.fields, index(must)) {
			return nil, diag.New(diag.CatalogColumn, "the catalog has no column %q, only %s", must, strings.Join(names, ", ")).
				WithHint("name a column so (select id as %s), or say under [catalog.columns] which one it is", must)
		}
	}
	return c, nil
}

// Row reads one row of values, one a column.
func (c *Columns) Row(values []any) Row {
	r := Row{Size: -1}
	for i, at := range c.fields {
		if at != ignored {
			r.set(at, c.names[i], values[i])
		}
	}
	r.judge()
	return r
}

// Row reads a record whose values have names, as in JSON. A field that is not
// there is empty.
func (n *Naming) Row(values map[string]any) Row {
	r := Row{Size: -1}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		at, err := n.find(name)
		switch {
		case err != nil:
			r.Wrong = err
		case at != ignored:
			r.set(at, name, values[name])
		}
	}
	r.judge()
	return r
}

func (r *Row) set(at int, name string, value any) {
	if err := fields[at].set(r, value); err != nil && r.Wrong == nil {
		r.Wrong = fmt.Errorf("%s: %w", name, err)
	}
}

// judge finds what no single field shows.
func (r *Row) judge() {
	if r.Wrong == nil {
		r.Wrong = r.Validate()
	}
}
