package scaffold_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/plugins/plugintest"
	"github.com/exportd/exportd/plugins/scaffold"
)

func checkout(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// A Go scaffold lies outside of the repository, and builds there as it is.
func TestAGoScaffoldBuildsAndKeepsEveryPromise(t *testing.T) {
	for _, kind := range []string{"encoder", "macro"} {
		folder := filepath.Join(t.TempDir(), "tga")
		if _, err := scaffold.Write(scaffold.Config{Language: "go", Kind: kind, Name: "tga", Folder: folder, Checkout: checkout(t)}); err != nil {
			t.Fatal(err)
		}
		binary := filepath.Join(folder, "exportd-plugin-tga")
		for _, args := range [][]string{{"vet", "."}, {"build", "-o", binary, "."}} {
			cmd := exec.Command("go", args...)
			cmd.Dir, cmd.Env = folder, append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: go %s: %v\n%s", kind, args[0], err, out)
			}
		}
		plugintest.Run(t, plugintest.Config{Path: binary, Calls: 100})
	}
}

func TestAPythonScaffoldKeepsEveryPromise(t *testing.T) {
	for _, kind := range []string{"encoder", "macro"} {
		folder := filepath.Join(t.TempDir(), "tga")
		names, err := scaffold.Write(scaffold.Config{Language: "python", Kind: kind, Name: "tga", Folder: folder})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.Join(names, " "), "plugin.toml main.py") {
			t.Errorf("it wrote %v", names)
		}
		plugintest.Run(t, plugintest.Config{Path: folder, Calls: 50})
	}
}

func TestWhatCannotBeWrittenIsRefused(t *testing.T) {
	there := t.TempDir()
	for _, c := range []struct {
		behaviour string
		config    scaffold.Config
		code      diag.Code
		says      string
	}{
		{"a language without a scaffold", scaffold.Config{Language: "rust", Kind: "macro", Name: "a"}, diag.Usage, "--lang python"},
		{"a kind of its own", scaffold.Config{Language: "go", Kind: "decoder", Name: "a"}, diag.Usage, "decoder"},
		{"a name with a path", scaffold.Config{Language: "go", Kind: "macro", Name: "../a"}, diag.Usage, "lower-case"},
		{"a folder that is there", scaffold.Config{Language: "python", Kind: "macro", Name: "a", Folder: there}, diag.Usage, "there already"},
		{"a checkout that is none", scaffold.Config{Language: "go", Kind: "macro", Name: "a", Folder: filepath.Join(there, "x"), Checkout: there}, diag.FileMissing, "no source"},
	} {
		_, err := scaffold.Write(c.config)
		d := diag.From(err, diag.InternalError)
		if err == nil || d.Code != c.code || !strings.Contains(d.Message+d.Hint, c.says) {
			t.Errorf("%s: %v", c.behaviour, err)
		}
	}
	if _, err := os.Stat(filepath.Join(there, "x")); err == nil {
		t.Error("a folder was made all the same")
	}
}
