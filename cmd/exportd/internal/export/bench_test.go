package export

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/exportd/exportd/cmd/exportd/internal/config"
	"github.com/exportd/exportd/engine/compile"
	"github.com/exportd/exportd/engine/job"
	"github.com/exportd/exportd/engine/pipeline"
	"github.com/exportd/exportd/pipelines"
	"github.com/exportd/exportd/stages"
)

// linksPerFile keeps below what file systems allow one file to have.
const linksPerFile = 10_000

// BenchmarkPlanning plans a job over a folder of files: each handle is looked
// up, sniffed, named and written to assets.ndjson.
func BenchmarkPlanning(b *testing.B) {
	dir := b.TempDir()
	folderOf(b, dir, b.N)
	registry, err := stages.Registry()
	if err != nil {
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
	text, _ := pipelines.Read("default")
	spec, err := pipeline.Parse("default.toml", text, registry)
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
}

// folderOf makes a job over n files, which are links to a few.
func folderOf(b *testing.B, dir string, n int) {
	b.Helper()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	picture, err := os.ReadFile("../../../../testdata/made/one.png")
	if err != nil {
		b.Fatal(err)
	}
	write("job.toml", "jobName = 'many'\n[exportJob]\nassetHandleFile = 'handles.txt'\nfmt = 'convert'\nis_modifier = 'wid=20&fmt=jpeg'\n")
	list, err := os.Create(filepath.Join(dir, "handles.txt"))
	if err != nil {
		b.Fatal(err)
	}
	out := bufio.NewWriter(list)
	for i := range n {
		source, folder := fmt.Sprintf("source%d.png", i/linksPerFile), fmt.Sprintf("d%04d", i/1000)
		if i%linksPerFile == 0 {
			write(source, string(picture))
		}
		if i%1000 == 0 {
			if err := os.Mkdir(filepath.Join(dir, folder), 0o755); err != nil {
				b.Fatal(err)
			}
		}
		handle := fmt.Sprintf("%s/f%07d.png", folder, i)
		if err := os.Link(filepath.Join(dir, source), filepath.Join(dir, handle)); err != nil {
			b.Fatal(err)
		}
		fmt.Fprintln(out, handle)
	}
	if err := out.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := list.Close(); err != nil {
		b.Fatal(err)
	}
}
