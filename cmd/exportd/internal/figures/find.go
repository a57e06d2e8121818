package figures

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/exportd/exportd/engine/diag"
)

const journal = "journal.ndjson"

// Find gives the journal that path means: itself, that in a run's state folder,
// or that of an output folder. Of several runs into one folder, id, the job.id,
// chooses; "" is any.
func Find(path, id string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", diag.New(diag.FileMissing, "no run at %s", path).WithHint("name the output folder of a run, or its journal.ndjson")
	}
	if !info.IsDir() {
		return path, nil
	}
	if own := filepath.Join(path, journal); exists(own) {
		return own, nil
	}
	if id != "" {
		own := filepath.Join(path, ".exportd", id, journal)
		if exists(own) {
			return own, nil
		}
	}
	all, err := filepath.Glob(filepath.Join(path, ".exportd", "*", journal))
	switch {
	case err != nil || len(all) == 0:
		return "", diag.New(diag.FileMissing, "no run has left a journal in %s", path).WithHint("name the output folder of a run, or its journal.ndjson")
	case id != "":
		return "", diag.New(diag.PlanForeign, "%s holds runs of another job, pipeline or configuration: %s", path, strings.Join(all, ", ")).
			WithHint("name one of the journals with --run to draw it all the same")
	case len(all) > 1:
		return "", diag.New(diag.Usage, "%s holds %d runs: %s", path, len(all), strings.Join(all, ", ")).WithHint("name one of the journals with --run")
	}
	return all[0], nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
