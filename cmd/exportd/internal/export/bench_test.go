package export

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/exportd/exportd/cmd/exportd/internal/config"
	"github.com/exportd/exportd/cmd/exportd/internal/manyfiles"
	"github.com/exportd/exportd/engine/compile"
	"github.com/exportd/exportd/engine/job"
	"github.com/exportd/exportd/engine/pipeline"
	"github.com/exportd/exportd/pipelines"
	"github.com/exportd/exportd/stages"
)

// BenchmarkPlanning plans a job over a folder of files: each handle is looked
// up, sniffed, named and written to assets.ndjson. The goal for a million is 30 s
// and 400 MB: -benchtime 1000000x.
func BenchmarkPlanning(b *testing.B) {
	dir := b.TempDir()
	if err := manyfiles.Make(dir, "../../../../testdata/made/one.png", b.N); err != nil {
		b.Fatal(err)
	}
	registry, err := stages.Registry()
	if err != nil {
		b.Fatal(err)
	}
	const text = "jobName = 'many'\n[exportJob]\nassetHandleFile = 'handles.txt'\nfmt = 'convert'\nis_modifier = 'wid=20&fmt=jpeg'\n"
	if err := os.WriteFile(filepath.Join(dir, "job.toml"), []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
	j, err := job.Read(filepath.Join(dir, "job.toml"))
	if err != nil {
		b.Fatal(err)
	}
	cfg, err := config.Load("", dir)
	if err != nil {
		b.Fatal(err)
	}
	shipped, _ := pipelines.Read("default")
	spec, err := pipeline.Parse("default.toml", shipped, registry)
	if err != nil {
		b.Fatal(err)
	}
	p, _, err := compile.Compile(compile.Input{Spec: spec, Job: j, Registry: registry, Macros: cfg.Macros, Attributes: cfg.Attributes})
	if err != nil {
		b.Fatal(err)
	}
	s, err := openState(filepath.Join(dir, "out"), p.RunID())
	if err != nil {
		b.Fatal(err)
	}
	defer s.close()
	assets, err := NewPlanning(p, j, cfg, registry)
	if err != nil {
		b.Fatal(err)
	}
	defer assets.Close()
	b.ReportAllocs()
	b.ResetTimer()
	total, err := planAssets(b.Context(), s, assets)
	if err != nil || total != b.N {
		b.Fatal(total, err)
	}
	b.StopTimer()
	peak, err := manyfiles.PeakMemory("self")
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(peak)/1e6, "peak-MB")
}
