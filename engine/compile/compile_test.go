package compile

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/job"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/pipeline"
)

var update = flag.Bool("update", false, "rewrite golden files")

// scenario is a txtar file: a pipeline, the fields of a job, and what comes out,
// a plan or the errors.
type scenario struct {
	archive  *txtar.Archive
	pipeline string
	in       Input
	err      error
}

func read(t *testing.T, path string) *scenario {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := &scenario{archive: archive}
	j := &job.Job{Name: "spring", Handles: []asset.Handle{"a.jpg"}, Format: "convert"}
	macros := modifier.NewMacros()
	for _, f := range archive.Files {
		text := strings.TrimSpace(string(f.Data))
		switch f.Name {
		case "pipeline.toml":
			s.pipeline = string(f.Data)
		case "job":
			for _, line := range strings.Split(text, "\n") {
				key, value, _ := strings.Cut(line, " ")
				switch key {
				case "fmt":
					j.Format = value
				case "is_modifier":
					j.Modifier = value
				case "macro":
					j.Macro = value
				}
			}
		case "macros":
			if err := macros.ReadFile(strings.NewReader(text), "macros"); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.in = Input{Job: j, Registry: kinds(t), Macros: macros, Attributes: modifier.DefaultAttributes()}
	s.in.Spec, s.err = pipeline.Parse("pipeline.toml", []byte(s.pipeline), s.in.Registry)
	return s
}

// TestPlans compiles every scenario and compares with the plan or the errors in
// it. Every plan must compile to itself.
func TestPlans(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			s := read(t, file)
			name, got := "plan.toml", ""
			err := s.err
			if err == nil {
				p, _, compiled := Compile(s.in)
				if err = compiled; err == nil {
					got = string(p.TOML())
					again(t, s.in, got)
				}
			}
			if err != nil {
				name, got = "errors", rendered(err)
			}
			s.compare(t, file, name, got)
		})
	}
}

func rendered(err error) string {
	var b bytes.Buffer
	for _, d := range diag.All(err, diag.InternalError) {
		diag.Render(&b, d)
	}
	return b.String()
}

// again compiles a plan once more and wants the same bytes.
func again(t *testing.T, in Input, text string) {
	t.Helper()
	spec, err := pipeline.Parse("plan.toml", []byte(text), in.Registry)
	if err != nil {
		t.Fatalf("the plan does not parse: %v\n%s", err, text)
	}
	in.Spec = spec
	p, _, err := Compile(in)
	if err != nil {
		t.Fatalf("the plan does not compile: %v\n%s", err, text)
	}
	if diff := cmp.Diff(text, string(p.TOML())); diff != "" {
		t.Errorf("the plan does not compile to itself (-plan +again):\n%s", diff)
	}
	if taken := FromSpec(spec); taken.Digest() != p.Digest() || taken.RunID() != p.RunID() {
		t.Error("a plan read back has another digest")
	}
}

func (s *scenario) compare(t *testing.T, file, name, got string) {
	t.Helper()
	want, found := "", false
	for i, f := range s.archive.Files {
		if f.Name != "plan.toml" && f.Name != "errors" {
			continue
		}
		if want, found = fmt.Sprintf("-- %s --\n%s", f.Name, f.Data), true; *update {
			s.archive.Files[i] = txtar.File{Name: name, Data: []byte(got)}
		}
	}
	if *update {
		if !found {
			s.archive.Files = append(s.archive.Files, txtar.File{Name: name, Data: []byte(got)})
		}
		if err := os.WriteFile(file, txtar.Format(s.archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, fmt.Sprintf("-- %s --\n%s", name, got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAPlanOfAnotherJobIsRefused(t *testing.T) {
	s := read(t, "testdata/default-convert.txtar")
	p, _, err := Compile(s.in)
	if err != nil {
		t.Fatal(err)
	}
	if s.in.Spec, err = pipeline.Parse("plan.toml", p.TOML(), s.in.Registry); err != nil {
		t.Fatal(err)
	}
	s.in.Job.Handles = append(s.in.Job.Handles, "b.jpg")
	if _, _, err := Compile(s.in); diag.From(err, "").Code != diag.PlanForeign {
		t.Errorf("got %v", err)
	}
}
