//go:build cgo

package vips

import (
	"bytes"
	"encoding/hex"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/stages/internal/photoshop"
)

// knots are the corners of a closed sub-path without curves.
func knots(points ...photoshop.Point) photoshop.Subpath {
	s := photoshop.Subpath{Closed: true}
	for _, p := range points {
		s.Knots = append(s.Knots, photoshop.Knot{In: p, At: p, Out: p})
	}
	return s
}

// withPaths is a JPEG of testdata/made with three paths: a triangle in the upper
// left, which is the clipping path, a circle's lower half, and an open line.
func withPaths(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(made + name)
	if err != nil {
		t.Fatal(err)
	}
	arc := knots(photoshop.Point{X: 0, Y: .5}, photoshop.Point{X: 1, Y: .5})
	arc.Knots[1].Out = photoshop.Point{X: 1, Y: 1}
	arc.Knots[0].In = photoshop.Point{X: 0, Y: 1}
	open := knots(photoshop.Point{}, photoshop.Point{X: 1, Y: 1})
	open.Closed = false
	blocks := photoshop.Encode(photoshop.Paths{Clipping: "corner", List: []photoshop.Path{
		{Name: "corner", Subpaths: []photoshop.Subpath{knots(photoshop.Point{}, photoshop.Point{X: .5}, photoshop.Point{Y: .25})}},
		{Name: "arc", Subpaths: []photoshop.Subpath{arc, open}},
		{Name: "line", Subpaths: []photoshop.Subpath{open}},
	}})
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, append(append(bytes.Clone(data[:2]), photoshopSegments(blocks)...), data[2:]...), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// embedded are the paths that a file carries.
func embedded(t *testing.T, p picture) photoshop.Paths {
	t.Helper()
	data := p.read(t)
	if _, after, ok := bytes.Cut(data, []byte("%BeginPhotoshop: ")); ok {
		body, _, _ := bytes.Cut(after, []byte("%EndPhotoshop"))
		_, body, _ = bytes.Cut(body, []byte("\n"))
		blocks, err := hex.DecodeString(strings.NewReplacer("% ", "", "\n", "").Replace(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		return photoshop.Parse(blocks)
	}
	found, err := photoshop.Read(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// r-pathembed: the paths are scaled and rotated like the image.
func TestPathsFollowThePicture(t *testing.T) {
	type points = []photoshop.Point
	for _, c := range []struct {
		name, source, text string
		corner             points
	}{
		{"as they are", "baseline.jpg", "fmt=jpeg", points{{X: 0, Y: 0}, {X: .5, Y: 0}, {X: 0, Y: .25}}},
		{"whatever the size", "baseline.jpg", "fmt=pjpeg&wid=50", points{{X: 0, Y: 0}, {X: .5, Y: 0}, {X: 0, Y: .25}}},
		{"flipped", "baseline.jpg", "fmt=tif&flip=lr", points{{X: 1, Y: 0}, {X: .5, Y: 0}, {X: 1, Y: .25}}},
		{"turned", "baseline.jpg", "fmt=eps&rotate=90", points{{X: 1, Y: 0}, {X: 1, Y: .5}, {X: .75, Y: 0}}},
		{"cropped", "baseline.jpg", "fmt=jpeg&cropN=0,0,0.5,0.5", points{{X: 0, Y: 0}, {X: 1, Y: 0}, {X: 0, Y: .5}}},
		{"of a tile", "baseline.jpg", "fmt=tif,,lzw&scl=1&extendN=1,1,0,0", points{{X: .5, Y: .5}, {X: .75, Y: .5}, {X: .5, Y: .625}}},
		{"upright first", "exif6.jpg", "fmt=jpeg", points{{X: 1, Y: 0}, {X: 1, Y: .5}, {X: .75, Y: 0}}},
		{"into perspective", "baseline.jpg", "fmt=jpeg&perspectiveN=0,0,0.5,0,0.5,1,0,1", points{{X: 0, Y: 0}, {X: .25, Y: 0}, {X: 0, Y: .25}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := open(t, withPaths(t, c.source))
			r := reply(t, m.Header(), c.text+"&pathEmbed=1")
			r.Settings.Embedded = m.Header().Paths
			p, err := try(t, m, r)
			if err != nil {
				t.Fatal(err)
			}
			got := embedded(t, p)
			if got.Clipping != "corner" || len(got.List) != 2 || got.List[1].Name != "arc" || len(got.List[1].Subpaths) != 1 {
				t.Fatalf("the file carries %+v", got)
			}
			k := got.List[0].Subpaths[0].Knots
			for i, want := range c.corner {
				if len(k) != 3 || math.Hypot(k[i].At.X-want.X, k[i].At.Y-want.Y) > 1e-6 {
					t.Fatalf("the triangle has %d corners, of which one is at %v, want %v", len(k), k[min(i, len(k)-1)].At, c.corner)
				}
			}
		})
	}
}

func TestCurvesStayCurves(t *testing.T) {
	m := open(t, withPaths(t, "baseline.jpg"))
	r := reply(t, m.Header(), "fmt=jpeg&flip=ud&pathEmbed=1")
	r.Settings.Embedded = m.Header().Paths
	p, err := try(t, m, r)
	if err != nil {
		t.Fatal(err)
	}
	k := embedded(t, p).List[1].Subpaths[0].Knots
	if len(k) != 2 || k[1].Out != (photoshop.Point{X: 1, Y: 0}) || k[0].In != (photoshop.Point{X: 0, Y: 0}) || k[0].Out != k[0].At {
		t.Errorf("the arc is %+v", k)
	}
}

func TestPathsAreCarriedOnlyWhereAskedAndHeld(t *testing.T) {
	for text, want := range map[string]bool{
		"fmt=jpeg&pathEmbed=1": true, "fmt=jpeg": false, "fmt=jpeg&pathEmbed=0": false, "fmt=tif": false, "fmt=eps": false,
		"fmt=png&pathEmbed=1": false, "fmt=pdf&pathEmbed=1": false, "fmt=webp&pathEmbed=1": false,
	} {
		m := open(t, withPaths(t, "baseline.jpg"))
		r := reply(t, m.Header(), text)
		r.Settings.Embedded = m.Header().Paths
		p, err := try(t, m, r)
		if err != nil {
			t.Fatal(err)
		}
		if got := regexp.MustCompile("8BIM|3842494D").Match(p.read(t)); got != want {
			t.Errorf("%s: paths %v, want %v", text, got, want)
		}
	}
	if found := embedded(t, shot(t, "baseline.jpg", "fmt=jpeg&pathEmbed=1")); len(found.List) > 0 {
		t.Errorf("a source without paths gives %v", found)
	}
}

func TestManyPathsTakeSeveralSegments(t *testing.T) {
	var all []modifier.EmbeddedPath
	for i := range 900 {
		p := frame("p", 0, 0, 1, float64(i+1)/1000)
		p.Steps = append(p.Steps[:len(p.Steps)-1], p.Steps[0]) // back to its start, as a file's paths are
		p.Steps[4].Op = 'L'
		all = append(all, p)
	}
	data := append([]byte{0xFF, 0xD8}, photoshopSegments(resources(all))...)
	found, err := photoshop.Read(bytes.NewReader(append(data, 0xFF, 0xD9, 0, 0)))
	if err != nil || len(found.List) != 900 || len(found.List[899].Subpaths[0].Knots) != 4 {
		t.Errorf("read back %d paths, %v", len(found.List), err)
	}
}
