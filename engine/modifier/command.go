package modifier

import (
	"slices"
	"strings"
)

// State says what exportd does with a command.
type State string

// The states of a command.
const (
	// Supported commands are interpreted.
	Supported State = "supported"
	// Ignored commands do not change the picture; they leave a note.
	Ignored State = "ignored"
	// Unsupported commands change the picture in a way that is not built: an
	// asset that they reach fails with E-COMMAND-UNSUPPORTED.
	Unsupported State = "unsupported"
	// Refused commands ask for a reply that is no picture; req=img alone is fine.
	Refused State = "refused"
)

// Spec is one row of the table of commands (is-protocol 7).
type Spec struct {
	Name string // the canonical spelling
	// Aliases are the other names of the row, such as cropN for crop: they share
	// its slot, so the last one of them wins (is-protocol 2.1).
	Aliases []string
	Section string // of is-protocol: "7.2"
	Scope   string // R request, V view, L layer, S source, E effect, T text; "L E" for both
	Args    string // the arguments and their default
	Px      bool   // changes exported pixels or bytes
	State   State
	Page    string // the vendor's page
	Note    string // how close the result is to the vendor's, where it is not exact
}

// Commands lists every command of the language in the order of is-protocol 7.
func Commands() []Spec {
	all := make([]Spec, len(table))
	for i, s := range table {
		s.Aliases = slices.Clone(s.Aliases)
		all[i] = s
	}
	return all
}

// Lookup finds the row of a command by its name or an alias, case ignored.
func Lookup(name string) (Spec, bool) {
	row, _, ok := find(name)
	if !ok {
		return Spec{}, false
	}
	s := table[row]
	s.Aliases = slices.Clone(s.Aliases)
	return s, true
}

// entry is where the index leads: a row and the canonical spelling of a name of it.
type entry struct {
	row      int
	spelling string
}

// index finds rows by folded name. It never changes.
var index = makeIndex()

func makeIndex() map[string]entry {
	made := map[string]entry{}
	for i, s := range table {
		made[strings.ToLower(s.Name)] = entry{i, s.Name}
		for _, a := range s.Aliases {
			made[strings.ToLower(a)] = entry{i, a}
		}
	}
	return made
}

// find is Lookup without copies: the row's place in the table and the canonical
// spelling of name. It does not allocate.
func find(name string) (row int, spelling string, ok bool) {
	var folded [24]byte
	if len(name) > len(folded) {
		return 0, "", false
	}
	for i := range len(name) {
		c := name[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		folded[i] = c
	}
	e, ok := index[string(folded[:len(name)])]
	return e.row, e.spelling, ok
}

// near lists the names and aliases that "did you mean" could suggest for name:
// those whose length is at most two edits away. A foreign parameter in a job
// costs this once an asset.
func near(name string) []string {
	var list []string
	for _, e := range index {
		if away := len(e.spelling) - len(name); away >= -2 && away <= 2 {
			list = append(list, e.spelling)
		}
	}
	slices.Sort(list)
	return list
}
