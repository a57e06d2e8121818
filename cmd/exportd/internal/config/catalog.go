package config

import "github.com/exportd/exportd/stages/resolve"

// Open opens the catalog. The caller closes it.
func (c Catalog) Open() (*resolve.Dir, error) {
	return resolve.NewDir(resolve.DirConfig{Root: c.Root, Records: c.Records})
}
