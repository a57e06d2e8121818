package python

import (
	"embed"
	"io/fs"
)

//go:embed exportd_plugin/*.py exportd_plugin/generated
var files embed.FS

// Kit is the folder exportd_plugin and what is in it, to be written beside main.py.
func Kit() fs.FS { return files }
