package compile_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/compile"
	"github.com/exportd/exportd/engine/job"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/pipeline"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/planning"
	"github.com/exportd/exportd/engine/stage"
)

// types are those that the guards of a random pipeline tell apart.
var types = []asset.Type{asset.TypeImage, asset.TypePdf, "Font"}

// drawing writes a random pipeline that the compiler accepts. Between resolve
// and the deliver stages lie branches with and without guards; some decode, and
// some share their encoder or their deliver stage with another branch.
type drawing struct {
	*rapid.T
	text   strings.Builder
	stages int
	encode []string // transforms that one encoder takes together
}

func (d *drawing) add(kind, from, more string) string {
	name := fmt.Sprintf("s%d", d.stages)
	d.stages++
	fmt.Fprintf(&d.text, "[stage.%s]\nkind = %q\n", name, kind)
	if from != "" {
		fmt.Fprintf(&d.text, "from = %s\n", from)
	}
	d.text.WriteString(more)
	return name
}

// deliver ends a branch under a name that no other stage delivers.
func (d *drawing) deliver(from, when string) {
	name := fmt.Sprintf("${asset.stem}-%d-${rendition}.${artifact.ext}", d.stages)
	d.add("deliver", from, when+fmt.Sprintf("params = { to = 'file:', name = %q }\n", name))
}

func (d *drawing) pipeline() string {
	d.text.WriteString("version = 1\n")
	from := fmt.Sprintf("%q", d.add("resolve", "", ""))
	if d.chance("filter") {
		from = fmt.Sprintf("%q", d.add("filter-unsupported", from, ""))
	}
	d.branches(from, 2)
	if len(d.encode) > 0 {
		list := strings.Join(d.encode, ", ")
		d.deliver(fmt.Sprintf("%q", d.add("encode", "["+list+"]", "")), "")
	}
	return d.text.String()
}

// branches draws what lies behind a stage that gives assets.
func (d *drawing) branches(from string, depth int) {
	n := rapid.IntRange(1, 3).Draw(d.T, "branches")
	otherwise := n > 1 && d.chance("otherwise")
	for i := range n {
		when := ""
		switch {
		case otherwise && i == n-1:
			when = "when = 'otherwise'\n"
		case otherwise || d.chance("guarded"):
			when = "when = '" + rapid.SampledFrom([]string{
				`asset.type == "Image"`, `asset.type in ["Image", "Pdf"]`, `asset.renderable`, `job.fmt == "orig" || asset.type == "Font"`, `job.fmt == "convert"`,
			}).Draw(d.T, "guard") + "'\n"
		}
		switch what := rapid.IntRange(0, 3).Draw(d.T, "what"); {
		case what == 0:
			d.deliver(from, when)
		case what == 1 && depth > 0:
			d.branches(fmt.Sprintf("%q", d.add("filter-unsupported", from, when)), depth-1)
		default:
			d.pictures(fmt.Sprintf("%q", d.add("decode", from, when)))
		}
	}
}

// pictures draws the transforms behind a decode, and where they go.
func (d *drawing) pictures(from string) {
	for range rapid.IntRange(1, 3).Draw(d.T, "transforms") {
		name := d.add("transform", from, "params = { modifier = '${job.modifier}&wid=10' }\n")
		if d.chance("shared encoder") {
			d.encode = append(d.encode, fmt.Sprintf("%q", name))
			continue
		}
		d.deliver(fmt.Sprintf("%q", d.add("encode", fmt.Sprintf("%q", name), "")), "")
	}
}

func (d *drawing) chance(label string) bool { return rapid.Bool().Draw(d.T, label) }

// compiled makes the plan of a text for a job of that format.
func compiled(t *rapid.T, reg *stage.Registry, text, format string) (*plan.Plan, error) {
	spec, err := pipeline.Parse("p", []byte(text), reg)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	j := &job.Job{Name: "x", Handles: []asset.Handle{"a"}, Format: format, Modifier: "qlt=80"}
	p, _, err := compile.Compile(compile.Input{Spec: spec, Job: j, Registry: reg, Attributes: modifier.DefaultAttributes()})
	return p, err
}

// delivered lists the types of which planning delivers a file.
func delivered(t *rapid.T, reg *stage.Registry, p *plan.Plan) map[asset.Type]bool {
	planner, err := planning.New(p, reg, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := map[asset.Type]bool{}
	for i, typ := range types {
		e := planner.Plan(i, "a", &asset.Asset{Handle: "a", File: "a.bin", Type: typ, Size: 5}, nil)
		out[typ] = len(e.Files) > 0
	}
	return out
}

func TestPlansCompileToThemselves(t *testing.T) {
	reg := compile.Kinds(t)
	rapid.Check(t, func(t *rapid.T) {
		text := (&drawing{T: t}).pipeline()
		format := rapid.SampledFrom([]string{"orig", "convert"}).Draw(t, "fmt")
		p, err := compiled(t, reg, text, format)
		if err != nil {
			t.Skip(err)
		}
		again, err := compiled(t, reg, string(p.TOML()), format)
		if err != nil {
			t.Fatalf("the plan does not compile: %v\n%s", err, p.TOML())
		}
		if string(again.TOML()) != string(p.TOML()) || again.Digest() != p.Digest() {
			t.Fatalf("the plan\n%s\ncompiles to\n%s", p.TOML(), again.TOML())
		}
		spec, err := pipeline.Parse("plan.toml", p.TOML(), reg)
		if err != nil {
			t.Fatal(err)
		}
		if compile.FromSpec(spec).Digest() != p.Digest() {
			t.Fatalf("a plan read back has another digest\n%s", p.TOML())
		}
	})
}

func TestPruningNeverRemovesADeliveredAsset(t *testing.T) {
	reg := compile.Kinds(t)
	rapid.Check(t, func(t *rapid.T) {
		text := (&drawing{T: t}).pipeline()
		// The job folds into guards, and a guard may be about the job: those are
		// no question of pruning.
		text = strings.NewReplacer(`job.fmt == "convert"`, `asset.size > 0`, `job.fmt == "orig" || `, "").Replace(text)
		convert, err := compiled(t, reg, text, "convert")
		if err != nil {
			t.Skip(err)
		}
		orig, err := compiled(t, reg, text, "orig")
		if err != nil {
			t.Fatalf("with fmt = orig: %v\n%s", err, text)
		}
		for _, st := range orig.Stages {
			if k, _ := reg.Kind(st.Kind); k.Out == stage.PortImage || k.Accepts(stage.PortImage) {
				t.Fatalf("with fmt = orig %s is still there\n%s", st.Name, text)
			}
		}
		before, after := delivered(t, reg, convert), delivered(t, reg, orig)
		for _, typ := range types {
			if before[typ] && !after[typ] {
				t.Fatalf("%s is delivered converted, and not as original\n%s\n%s", typ, text, orig.TOML())
			}
		}
	})
}
