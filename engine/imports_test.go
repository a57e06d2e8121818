package engine_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/exportd/exportd/"

// listed is what `go list -deps -json` says of one package.
type listed struct {
	ImportPath string
	Standard   bool
	CgoFiles   []string
	Imports    []string
}

func deps(t *testing.T, args ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-deps", "-json=ImportPath,Standard,CgoFiles,Imports"}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// TestEngineStandsAlone holds DESIGN 3: the engine needs neither a kind of
// stage, nor a plugin, nor cgo outside the standard library.
func TestEngineStandsAlone(t *testing.T) {
	for _, p := range deps(t, module+"engine/...") {
		if strings.HasPrefix(p.ImportPath, module+"stages") || strings.HasPrefix(p.ImportPath, module+"plugins") || strings.HasPrefix(p.ImportPath, module+"cmd") {
			t.Errorf("the engine depends on %s", p.ImportPath)
		}
		if !p.Standard && len(p.CgoFiles) > 0 {
			t.Errorf("the engine needs cgo through %s", p.ImportPath)
		}
	}
}

// TestOnlyOnePackageTouchesLibvips holds DESIGN 3: govips and cgo have one home.
func TestOnlyOnePackageTouchesLibvips(t *testing.T) {
	const home = module + "stages/internal/vips"
	for _, p := range deps(t, module+"...") {
		if !strings.HasPrefix(p.ImportPath, module) || p.ImportPath == home {
			continue
		}
		if len(p.CgoFiles) > 0 {
			t.Errorf("%s has cgo files", p.ImportPath)
		}
		for _, i := range p.Imports {
			if strings.HasPrefix(i, "github.com/davidbyttow/govips") {
				t.Errorf("%s imports govips", p.ImportPath)
			}
		}
	}
}

// mayImport is the table of DESIGN 3 for the engine: what each package may
// import of ours. A package that is not listed imports nothing of ours.
var mayImport = map[string][]string{
	"engine/asset":           {"engine/diag"},
	"engine/budget":          {},
	"engine/compile":         {"engine/asset", "engine/diag", "engine/expression", "engine/job", "engine/modifier", "engine/pipeline", "engine/plan", "engine/stage"},
	"engine/diag":            {},
	"engine/expression":      {"engine/asset", "engine/diag"},
	"engine/filename":        {},
	"engine/flow":            {"engine/asset", "engine/budget", "engine/diag", "engine/stage"},
	"engine/job":             {"engine/asset", "engine/diag", "engine/strict"},
	"engine/modifier":        {"engine/diag"},
	"engine/pipeline":        {"engine/diag", "engine/stage", "engine/strict"},
	"engine/plan":            {"engine/diag", "engine/job", "engine/modifier"},
	"engine/planning":        {"engine/asset", "engine/compile", "engine/diag", "engine/expression", "engine/filename", "engine/modifier", "engine/plan", "engine/stage"},
	"engine/stage/stagetest": {"engine/asset", "engine/diag", "engine/stage"},
	"engine/report":          {"engine/asset", "engine/diag"},
	"engine/stage":           {"engine/asset", "engine/diag", "engine/modifier", "engine/secret"},
	"engine/strict":          {"engine/diag"},
}

// TestEngineLayers holds the table of DESIGN 3.
func TestEngineLayers(t *testing.T) {
	for _, p := range deps(t, module+"engine/...") {
		name, ours := strings.CutPrefix(p.ImportPath, module)
		if !ours || name == "engine" || !strings.HasPrefix(name, "engine/") {
			continue
		}
		for _, i := range p.Imports {
			dep, ours := strings.CutPrefix(i, module)
			if !ours {
				continue
			}
			allowed := false
			for _, a := range mayImport[name] {
				allowed = allowed || a == dep
			}
			if !allowed {
				t.Errorf("%s may not import %s", name, dep)
			}
		}
	}
}
