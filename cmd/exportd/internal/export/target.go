package export

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/deliver"
)

// target is a folder that deliver stages write into, with the branches that end
// there in the manifest's order.
type target struct {
	dir      string
	branches []report.Branch
}

// targetsOf lists the targets of a plan in the order of its stages.
func targetsOf(p *plan.Plan, root string) ([]target, error) {
	var out []target
	for _, b := range planning.Branches(p) {
		dir, err := deliver.Folder(stage.Env{Root: root}, b.To)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(out, func(t target) bool { return t.dir == dir })
		if i < 0 {
			i = len(out)
			out = append(out, target{dir: dir})
		}
		out[i].branches = append(out[i].branches, report.Branch{Stage: b.Stage, Rendition: b.Rendition})
	}
	return out, nil
}

// dirOf gives the folder that a deliver stage writes into.
func (e *exporter) dirOf(stageName string) string {
	for _, t := range e.targets {
		if slices.ContainsFunc(t.branches, func(b report.Branch) bool { return b.Stage == stageName }) {
			return t.dir
		}
	}
	return e.Dir
}

// refuseTaken refuses a folder that holds the manifest of another job or plan.
// The run's own manifests are recorded in its state before they are published.
func (s *state) refuseTaken(targets []target) error {
	own, err := os.ReadFile(s.path(doneFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return environment(err, "read the run's state")
	}
	for _, t := range targets {
		sum, err := hashFile(filepath.Join(t.dir, report.ManifestName))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return environment(err, "read the manifest that is there")
		}
		if !slices.Contains(strings.Fields(string(own)), sum) {
			return diag.New(diag.TargetTaken, "%s holds the finished export of another job, pipeline or configuration", t.dir).
				WithHint("choose another folder with -o, or pass --fresh to export into it all the same")
		}
	}
	return nil
}

// recordManifest notes the sum of the manifest that is about to be published, so
// that a later run knows it as its own whatever happens in between.
func (s *state) recordManifest(j *report.Journal, t target) error {
	h := sha256.New()
	if err := j.WriteManifest(h, t.branches); err != nil {
		return err
	}
	sum := hex.EncodeToString(h.Sum(nil))
	own, err := os.ReadFile(s.path(doneFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return environment(err, "read the run's state")
	}
	if slices.Contains(strings.Fields(string(own)), sum) {
		return nil
	}
	return s.write(doneFile, append(own, sum+"\n"...))
}

func hashFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
