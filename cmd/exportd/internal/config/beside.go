package config

import (
	"os"
	"path/filepath"
)

// LoadBeside reads the [DefaultFile] in a folder where there is one, and else
// gives the defaults with handles below it. Unlike [Load] it never looks into the
// current folder: what it gives does not depend on where the program was started.
func LoadBeside(dir string) (*Config, error) {
	path := filepath.Join(dir, DefaultFile)
	if _, err := os.Stat(path); err == nil {
		return Load(path, dir)
	}
	return defaults(dir)
}
