//go:build cgo

package vips

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

const made = "../../../testdata/made/"

func TestMain(m *testing.M) {
	if err := Startup(nil); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if n := govips.OpenImageRefs(); n != 0 && code == 0 {
		fmt.Fprintf(os.Stderr, "%d images were not closed\n", n)
		code = 1
	}
	os.Exit(code)
}

// open opens a picture of testdata/made, or an absolute path, and closes it when
// the test ends. TestMain counts what was not closed.
func open(t *testing.T, name string) *Image {
	t.Helper()
	if !filepath.IsAbs(name) {
		name = made + name
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Open(context.Background(), f, "")
	if err != nil {
		f.Close()
		t.Fatalf("%s: %v", name, err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// reply resolves a modifier for a source of that header.
func reply(t *testing.T, h Header, text string) Reply {
	t.Helper()
	program, err := modifier.Parse(text, modifier.Origin{Source: modifier.FromJob}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := modifier.Resolve(modifier.Sources{Attributes: modifier.DefaultAttributes(), Request: program})
	if err != nil {
		t.Fatal(err)
	}
	g, _, err := s.Geometry(h.Size)
	if err != nil {
		t.Fatal(err)
	}
	return Reply{Settings: s, Geometry: g}
}

// picture is an encoded reply.
type picture struct {
	path  string
	as    Encoded
	notes diag.List
}

// try renders m and encodes the reply.
func try(t *testing.T, m *Image, r Reply) (picture, error) {
	t.Helper()
	out, notes, err := m.Render(context.Background(), r)
	if err != nil {
		return picture{}, err
	}
	defer out.Close()
	f, err := os.CreateTemp(t.TempDir(), "reply-*")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	e, err := out.Encode(context.Background(), f)
	if err != nil {
		return picture{}, err
	}
	if e.Width != r.Geometry.View.W || e.Height != r.Geometry.View.H {
		t.Errorf("encoded as %dx%d, the view is %v", e.Width, e.Height, r.Geometry.View)
	}
	return picture{f.Name(), e, notes}, nil
}

// shot opens, renders and encodes.
func shot(t *testing.T, name, text string) picture {
	t.Helper()
	m := open(t, name)
	p, err := try(t, m, reply(t, m.Header(), text))
	if err != nil {
		t.Fatalf("%s %s: %v", name, text, err)
	}
	return p
}

// decoded is the reply read back whole.
func (p picture) decoded(t *testing.T) *govips.ImageRef {
	t.Helper()
	ref, err := govips.LoadImageFromFile(p.path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ref.Close)
	return ref
}

// at is the pixel at x, y.
func (p picture) at(t *testing.T, x, y int) []float64 {
	t.Helper()
	v, err := p.decoded(t).GetPoint(x, y)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// size checks the size of the file itself.
func (p picture) size(t *testing.T, w, h int) {
	t.Helper()
	ref := p.decoded(t)
	if ref.Width() != w || ref.Height() != h {
		t.Errorf("the file has %dx%d pixels, want %dx%d", ref.Width(), ref.Height(), w, h)
	}
}

// near checks the bands of the pixel at x, y within tolerance.
func (p picture) near(t *testing.T, x, y int, tolerance float64, want ...float64) {
	t.Helper()
	got := p.at(t, x, y)
	ok := len(got) == len(want)
	for i := 0; ok && i < len(got); i++ {
		ok = math.Abs(got[i]-want[i]) <= tolerance
	}
	if !ok {
		t.Errorf("pixel %d,%d is %v, want %v", x, y, got, want)
	}
}

func codeOf(err error) diag.Code {
	if err == nil {
		return ""
	}
	return diag.From(err, "none").Code
}

// Every release of govips may move what this package takes out of it.
func TestGovipsHoldsItsImageWhereExpected(t *testing.T) {
	if _, err := imageOffset(); err != nil {
		t.Fatal(err)
	}
	ref, err := govips.NewImageFromMemory(make([]byte, 12), 2, 2, 3, govips.BandFormatUchar, govips.InterpretationSRGB)
	if err != nil {
		t.Fatal(err)
	}
	defer ref.Close()
	if err := embed(ref, 0, 0, 5, 7, nil); err != nil || ref.Width() != 5 || ref.Height() != 7 {
		t.Errorf("%dx%d %v", ref.Width(), ref.Height(), err)
	}
}

func TestOnlyTrustedLoadersAreOn(t *testing.T) {
	for _, l := range Loaders() {
		if !l.Present || l.Trusted != l.On {
			t.Errorf("%+v", l)
		}
	}
	for _, name := range []string{"drawing.svg", "page.pdf"} {
		f, err := os.Open(made + name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if m, err := Open(context.Background(), f, ""); codeOf(err) != diag.ImageCorrupt {
			m.Close()
			t.Errorf("%s: %v", name, err)
		}
	}
}
