package pluginpb

import "strings"

// MatchMacro reports whether the name of a macro matches a pattern, in which *
// stands for any characters, also none. Case is ignored.
func MatchMacro(pattern, name string) bool {
	pattern, name = strings.ToLower(pattern), strings.ToLower(name)
	head, tail, wild := strings.Cut(pattern, "*")
	if !wild {
		return pattern == name
	}
	if !strings.HasPrefix(name, head) {
		return false
	}
	name = name[len(head):]
	for {
		head, tail, wild = strings.Cut(tail, "*")
		if !wild {
			return strings.HasSuffix(name, head)
		}
		i := strings.Index(name, head)
		if i < 0 {
			return false
		}
		name = name[i+len(head):]
	}
}
