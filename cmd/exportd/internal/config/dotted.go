package config

import (
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/strict"
)

// dotted finds macros whose name has a dot that nobody quoted: TOML reads a table
// in a table. It looks before the rest is decoded, which would complain of types.
func dotted(doc *strict.Document) error {
	var found diag.List
	for _, name := range doc.Keys("macros") {
		path := []string{"macros", name}
		for _, ok := doc.Value(path...).(map[string]any); ok; _, ok = doc.Value(path...).(map[string]any) {
			keys := doc.Keys(path...)
			if len(keys) == 0 {
				break
			}
			path = append(path, keys[0])
		}
		if len(path) == 2 {
			continue
		}
		full := strings.Join(path[1:], ".")
		found.Add(diag.New(diag.KeyType, "the macro name %s has a dot and no quotes, which TOML takes for a table", full).
			At(doc.Place("macros", name)).WithHint("quote the name: %q = \"…\"", full))
	}
	return found.Err()
}
