package export

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/deliver"
	"github.com/exportd/exportd/stages/deliver/target"
)

// Target is a place that a plan delivers to, as a run sees it from outside: before
// its first file and after its last. The files themselves are delivered elsewhere.
type Target struct {
	Place    deliver.Place
	Branches []report.Branch // that end there, in the manifest's order

	target.Target
	staging *target.Staging
}

// Targets are those of a plan in the order of its stages.
type Targets []*Target

// finisher is the owner of what the end of a run writes.
const finisher = "finish"

// OpenTargets finds the targets of a plan and touches none of them yet. The
// caller closes.
func OpenTargets(p *plan.Plan, env stage.Env) (Targets, error) {
	var all Targets
	for _, b := range planning.Branches(p) {
		place, err := deliver.Locate(env, b.To)
		if err != nil {
			return nil, errors.Join(err, all.Close())
		}
		i := slices.IndexFunc(all, func(t *Target) bool { return t.Place.ID == place.ID })
		if i < 0 {
			i = len(all)
			made, staging := place.Open(finisher)
			all = append(all, &Target{Place: place, Target: made, staging: staging})
		}
		all[i].Branches = append(all[i].Branches, report.Branch{Stage: b.Stage, Rendition: b.Rendition})
	}
	return all, nil
}

// Close lets go of all targets.
func (all Targets) Close() error {
	var errs []error
	for _, t := range all {
		errs = append(errs, t.Target.Close(), t.staging.Close())
	}
	return errors.Join(errs...)
}

// Of gives the target that a deliver stage writes to, nil for none.
func (all Targets) Of(stageName string) *Target {
	i := slices.IndexFunc(all, func(t *Target) bool {
		return slices.ContainsFunc(t.Branches, func(b report.Branch) bool { return b.Stage == stageName })
	})
	if i < 0 {
		return nil
	}
	return all[i]
}

// Holds reports whether a delivered file has kept its name and length. What
// cannot be asked is trusted.
func (t *Target) Holds(ctx context.Context, d *asset.Delivered) (bool, error) {
	in, ok := t.Target.(target.Inspector)
	if !ok {
		return true, nil
	}
	return in.Holds(ctx, target.File{Name: d.Name, Size: d.Bytes, SHA256: d.SHA256})
}

// RefuseTaken refuses targets that hold the manifest of another job or plan; own
// are the sums of the manifests that belong to this one.
func (all Targets) RefuseTaken(ctx context.Context, own []string) error {
	for _, t := range all {
		in, ok := t.Target.(target.Inspector)
		if !ok {
			continue
		}
		sum, err := in.Published(ctx)
		if err != nil {
			return err
		}
		if sum != "" && !slices.Contains(own, sum) {
			return diag.New(diag.TargetTaken, "%s holds the finished export of another job, pipeline or configuration", t.Place.Where()).
				WithHint("choose another folder with -o, or pass --fresh to export into it all the same")
		}
	}
	return nil
}

// ownManifests lists the sums of the manifests that this run has published or was
// about to: they are recorded before.
func (s *state) ownManifests() ([]string, error) {
	own, err := os.ReadFile(s.path(doneFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, environment(err, "read the run's state")
	}
	return strings.Fields(string(own)), nil
}

// recordManifest notes the sum of the manifest that is about to be published, so
// that a later run knows it as its own whatever happens in between.
func (s *state) recordManifest(sum string) error {
	own, err := s.ownManifests()
	if err != nil || slices.Contains(own, sum) {
		return err
	}
	return s.write(doneFile, []byte(strings.Join(append(own, sum), "\n")+"\n"))
}
