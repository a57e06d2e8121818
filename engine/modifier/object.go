package modifier

import (
	"errors"
	"strings"
)

// Object names an asset or a catalog record (is-protocol 3).
type Object struct {
	Root string // the catalog's root id; empty for the default catalog or a path
	ID   string // the object or the rest of the path
}

// ParseObject reads `[rootId/]objId` or a path. A leading / is the default
// catalog. An object holds no comma, because values are split there, and no
// control characters. Whether it exists, and whether it is a path, is for the
// asset resolver to say.
func ParseObject(value string) (Object, error) {
	value = strings.TrimSpace(value)
	for _, r := range value {
		if r == ',' || r < ' ' || r == 0x7f {
			return Object{}, errors.New("an object is [rootId/]objId or a path, without commas and control characters")
		}
	}
	root, id, ok := strings.Cut(value, "/")
	if !ok {
		root, id = "", value
	}
	if id == "" {
		return Object{}, errors.New("an object needs an id: [rootId/]objId or a path")
	}
	return Object{Root: root, ID: id}, nil
}
