package scaffold

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/exportd/exportd/engine/diag"
)

// own is exportd's module.
const own = "github.com/exportd/exportd"

// head explains the module file to its author.
const head = `// The plugin is a module of its own. exportd has no published version yet, so the
// replace line says where its source lies on this machine: change it when you move
// either, and take it out once you require a published version. The other lines are
// exportd's own, so that everything builds at once; "go mod tidy" keeps those that
// the plugin needs.
`

// module gives go.mod and go.sum, made from those of a checkout.
func (c Config) module() ([]file, error) {
	checkout, err := c.checkout()
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(checkout, "go.mod"))
	if err != nil {
		return nil, diag.New(diag.FileRead, "%w", err)
	}
	m, err := modfile.Parse("go.mod", text, nil)
	if err != nil {
		return nil, diag.New(diag.FileRead, "%w", err)
	}
	sums, err := os.ReadFile(filepath.Join(checkout, "go.sum"))
	if err != nil {
		return nil, diag.New(diag.FileRead, "%w", err)
	}
	err = m.AddModuleStmt("exportd-plugin-" + c.Name)
	if err == nil {
		err = m.AddRequire(own, "v0.0.0")
	}
	if err == nil {
		err = m.AddReplace(own, "", checkout, "")
	}
	if err != nil {
		return nil, fmt.Errorf("write go.mod: %w", err)
	}
	m.Cleanup()
	formatted, err := m.Format()
	if err != nil {
		return nil, fmt.Errorf("write go.mod: %w", err)
	}
	return []file{{"go.mod", append([]byte(head), formatted...)}, {"go.sum", sums}}, nil
}

// checkout finds exportd's source.
func (c Config) checkout() (string, error) {
	if c.Checkout != "" {
		dir, err := filepath.Abs(c.Checkout)
		if err == nil && isCheckout(dir) {
			return dir, nil
		}
		return "", diag.New(diag.FileMissing, "%s holds no source of exportd", c.Checkout).WithHint("name the folder with exportd's go.mod")
	}
	var starts []string
	if program, err := os.Executable(); err == nil {
		starts = append(starts, filepath.Dir(program))
	}
	if here, err := os.Getwd(); err == nil {
		starts = append(starts, here)
	}
	for _, dir := range starts {
		for ; ; dir = filepath.Dir(dir) {
			if isCheckout(dir) {
				return dir, nil
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return "", diag.New(diag.FileMissing, "a plugin in Go is built with exportd's source, and there is none near here").
		WithHint("clone it and name the folder: --exportd FOLDER; or use --lang python, which needs none")
}

func isCheckout(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	return err == nil && (bytes.HasPrefix(text, []byte("module "+own+"\n")) || strings.Contains(string(text), "\nmodule "+own+"\n"))
}
