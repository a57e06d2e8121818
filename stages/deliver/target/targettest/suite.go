package targettest

import (
	"context"
	"errors"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/stages/deliver/target"
)

// Config says what to test.
type Config struct {
	// Start makes an empty place and gives its address, in a form that a child
	// process understands too.
	Start func(t *testing.T) (address string)
	// Open makes the target of an address, as often as it is asked.
	Open func(address string) (target.Target, *target.Staging, error)
	// Read gives what anybody may see at the place, by name: files, the manifest
	// and what lies beside it.
	Read func(t *testing.T, address string) map[string]string
	// Conflicts is set where a name that has other bytes already is refused, and
	// not replaced.
	Conflicts bool
}

// Run runs the suite.
func Run(t *testing.T, c Config) {
	if in := os.Getenv(childEnv); in != "" {
		c.child(t, in)
		return
	}
	t.Run("delivers and finishes", c.delivers)
	t.Run("the same once more changes nothing", c.again)
	t.Run("shows nothing before it is committed", c.hides)
	t.Run("another content of a name", c.replaces)
	t.Run("refuses names that planning never gives", c.refuses)
	t.Run("stops when its context is done", c.stops)
	t.Run("takes files from several workers", c.concurrent)
	t.Run("finishes a job without files", c.empty)
	t.Run("crashes", c.crashes)
}

// delivery is one user of the target.
type delivery struct {
	target.Target
	staging *target.Staging
}

func (c Config) open(t *testing.T, address string) *delivery {
	t.Helper()
	made, staging, err := c.Open(address)
	if err != nil {
		t.Fatal(err)
	}
	d := &delivery{made, staging}
	t.Cleanup(func() {
		if err := d.close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return d
}

func (d *delivery) close() error { return errors.Join(d.Target.Close(), d.staging.Close()) }

// all delivers files and finishes, as a run does.
func (d *delivery) all(t *testing.T, content map[string]string) {
	t.Helper()
	ctx := context.Background()
	files := d.prepare(t, content)
	for i, err := range d.Commit(ctx, files) {
		if err != nil {
			t.Errorf("Commit of %s: %v", files[i].Name, err)
		}
	}
	if err := d.Finish(ctx, manifestOf(t, content)); err != nil {
		t.Errorf("Finish: %v", err)
	}
}

// prepare stages and prepares files in the order of their names.
func (d *delivery) prepare(t *testing.T, content map[string]string) []target.File {
	t.Helper()
	var files []target.File
	for _, name := range slices.Sorted(maps.Keys(content)) {
		f := stage(t, d.staging, name, content[name])
		if err := d.Prepare(context.Background(), f); err != nil {
			t.Fatalf("Prepare of %s: %v", name, err)
		}
		files = append(files, f)
	}
	return files
}

func (c Config) delivers(t *testing.T) {
	at := c.Start(t)
	d := c.open(t, at)
	in, inspects := d.Target.(target.Inspector)
	if inspects {
		if sum, err := in.Published(context.Background()); sum != "" || err != nil {
			t.Errorf("published before anything was: %q, %v", sum, err)
		}
	}
	d.all(t, sample())
	c.holds(t, at, sample())
	if !inspects {
		return
	}
	if sum, err := in.Published(context.Background()); err != nil || sum != manifestOf(t, sample()).SHA256 {
		t.Errorf("published is %q, %v", sum, err)
	}
	for name, text := range sample() {
		f := target.File{Name: name, Size: int64(len(text)), SHA256: sumOf(text)}
		if held, err := in.Holds(context.Background(), f); err != nil || !held {
			t.Errorf("%s is not held: %v", name, err)
		}
		f.Size++
		if held, err := in.Holds(context.Background(), f); err != nil || held {
			t.Errorf("%s is held with another length: %v", name, err)
		}
	}
	if held, err := in.Holds(context.Background(), target.File{Name: "none", Size: 1, SHA256: sumOf("x")}); err != nil || held {
		t.Errorf("what was never delivered is held: %v", err)
	}
}

// holds checks that a place shows the files, their manifest, and nothing else.
func (c Config) holds(t *testing.T, at string, content map[string]string) {
	t.Helper()
	want := map[string]string{}
	maps.Copy(want, content)
	m := manifestOf(t, content)
	text, err := os.ReadFile(m.File)
	if err != nil {
		t.Fatal(err)
	}
	want[filename.Manifest], want[filename.ManifestSum] = string(text), m.SHA256+"  "+filename.Manifest+"\n"
	if diff := cmp.Diff(want, c.Read(t, at)); diff != "" {
		t.Errorf("the place does not hold what was delivered (-want +got):\n%.2000s", diff)
	}
}

func (c Config) again(t *testing.T) {
	at := c.Start(t)
	c.open(t, at).all(t, sample())
	before := c.Read(t, at)
	c.open(t, at).all(t, sample())
	if diff := cmp.Diff(before, c.Read(t, at)); diff != "" {
		t.Errorf("%.2000s", diff)
	}
}

func (c Config) hides(t *testing.T) {
	at := c.Start(t)
	d := c.open(t, at)
	d.prepare(t, sample())
	for name, text := range c.Read(t, at) {
		if text != sample()[name] {
			t.Errorf("%s is seen with %d bytes before it is committed", name, len(text))
		}
	}
}

func (c Config) replaces(t *testing.T) {
	at := c.Start(t)
	c.open(t, at).all(t, map[string]string{"a/x.png": "first", "b.png": "stays"})
	d := c.open(t, at)
	other := map[string]string{"a/x.png": "second, and longer", "b.png": "stays"}
	if !c.Conflicts {
		d.all(t, other)
		c.holds(t, at, other)
		return
	}
	f := stage(t, d.staging, "a/x.png", other["a/x.png"])
	err := d.Prepare(context.Background(), f)
	if err == nil {
		err = d.Commit(context.Background(), []target.File{f})[0]
	}
	if got := diag.From(err, ""); got == nil || got.Code != diag.Target || diag.Retryable(err) {
		t.Errorf("other bytes under a name that is taken: %v", err)
	}
	if got := c.Read(t, at)["a/x.png"]; got != "first" {
		t.Errorf("the file now holds %q", got)
	}
}

func (c Config) refuses(t *testing.T) {
	at := c.Start(t)
	d := c.open(t, at)
	for _, name := range []string{"../up", "/etc/passwd", "", `a\b`, "a//b", "CON", ".exp-1", "a\u202eb", "manifest.ndjson", "Manifest.SHA256"} {
		f := stage(t, d.staging, name, "x")
		err := d.Prepare(context.Background(), f)
		if err == nil {
			err = d.Commit(context.Background(), []target.File{f})[0]
		}
		if got := diag.From(err, ""); got == nil || got.Code != diag.Target {
			t.Errorf("%q: %v", name, err)
		}
	}
	if got := c.Read(t, at); len(got) != 0 {
		t.Errorf("the place holds %v", got)
	}
}

func (c Config) stops(t *testing.T) {
	at := c.Start(t)
	d := c.open(t, at)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	f := stage(t, d.staging, "a", "x")
	err := d.Prepare(ctx, f)
	if err == nil {
		err = d.Commit(ctx, []target.File{f})[0]
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := d.Finish(ctx, manifestOf(t, nil)); err == nil {
		t.Error("a target was finished after its context was done")
	}
	if got := c.Read(t, at); len(got) != 0 {
		t.Errorf("the place holds %v", got)
	}
}

func (c Config) concurrent(t *testing.T) {
	at := c.Start(t)
	d := c.open(t, at)
	content := map[string]string{}
	var workers sync.WaitGroup
	for _, k := range []string{"a", "b", "c", "d"} {
		own := map[string]string{}
		for _, n := range []string{"1", "2", "3", "4", "5", "6"} {
			own["shared/"+k+n], own[k+"/"+n] = "the text of "+k+n, k+n
		}
		maps.Copy(content, own)
		workers.Go(func() {
			for i, err := range d.Commit(context.Background(), d.prepare(t, own)) {
				if err != nil {
					t.Errorf("Commit of file %d of %s: %v", i, k, err)
				}
			}
		})
	}
	workers.Wait()
	if err := d.Finish(context.Background(), manifestOf(t, content)); err != nil {
		t.Fatal(err)
	}
	c.holds(t, at, content)
}

func (c Config) empty(t *testing.T) {
	at := c.Start(t)
	if err := c.open(t, at).Finish(context.Background(), manifestOf(t, nil)); err != nil {
		t.Fatal(err)
	}
	c.holds(t, at, nil)
}
