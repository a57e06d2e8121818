package modifier

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/exportd/exportd/engine/diag"
)

// geometry works out a request for a source.
func geometry(t testing.TB, text string, source Size) (Geometry, diag.List) {
	t.Helper()
	s, _ := resolved(t, text)
	g, notes, err := s.Geometry(source)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return g, notes
}

func TestEveryRowOfTheViewTable(t *testing.T) {
	wide := Size{800, 600}
	for _, c := range []struct {
		name, in string
		source   Size
		scale    [2]float64
		image    Size
		view     Size
		offset   [2]int
	}{
		{"nothing", "", wide, [2]float64{1, 1}, Size{800, 600}, Size{800, 600}, [2]int{}},
		{"scl", "scl=2", wide, [2]float64{.5, .5}, Size{400, 300}, Size{400, 300}, [2]int{}},
		{"scl enlarges", "scl=0.5", wide, [2]float64{2, 2}, Size{1600, 1200}, Size{1600, 1200}, [2]int{}},
		{"scl with wid cuts", "scl=2&wid=200", wide, [2]float64{.5, .5}, Size{400, 300}, Size{200, 300}, [2]int{-100, 0}},
		{"scl with both pads and cuts", "scl=2&wid=500&hei=100&align=1,-1", wide, [2]float64{.5, .5}, Size{400, 300}, Size{500, 100}, [2]int{100, 0}},
		{"scl wins over fit", "scl=2&wid=400&hei=400&fit=stretch", wide, [2]float64{.5, .5}, Size{400, 300}, Size{400, 400}, [2]int{0, 50}},
		{"wid alone", "wid=400", wide, [2]float64{.5, .5}, Size{400, 300}, Size{400, 300}, [2]int{}},
		{"hei alone", "hei=150&align=1,1", wide, [2]float64{.25, .25}, Size{200, 150}, Size{200, 150}, [2]int{}},
		{"wid alone, enlarging", "wid=1600&fit=crop,1", wide, [2]float64{2, 2}, Size{1600, 1200}, Size{1600, 1200}, [2]int{}},
		{"fit is the default", "wid=400&hei=400", wide, [2]float64{.5, .5}, Size{400, 300}, Size{400, 400}, [2]int{0, 50}},
		{"fit aligned", "wid=400&hei=400&fit=fit&align=0,1", wide, [2]float64{.5, .5}, Size{400, 300}, Size{400, 400}, [2]int{0, 100}},
		{"fit does not enlarge", "wid=1000&hei=1000", wide, [2]float64{1, 1}, Size{800, 600}, Size{1000, 1000}, [2]int{100, 200}},
		{"fit enlarges with 1", "wid=1600&hei=1600&fit=fit,1", wide, [2]float64{2, 2}, Size{1600, 1200}, Size{1600, 1600}, [2]int{0, 200}},
		{"constrain", "wid=400&hei=400&fit=constrain", wide, [2]float64{.5, .5}, Size{400, 300}, Size{400, 300}, [2]int{}},
		{"constrain does not enlarge", "wid=4000&hei=4000&fit=constrain", wide, [2]float64{1, 1}, Size{800, 600}, Size{800, 600}, [2]int{}},
		{"crop", "wid=300&hei=300&fit=crop", wide, [2]float64{.5, .5}, Size{400, 300}, Size{300, 300}, [2]int{-50, 0}},
		{"crop aligned left", "wid=300&hei=300&fit=crop&align=-1,0", wide, [2]float64{.5, .5}, Size{400, 300}, Size{300, 300}, [2]int{0, 0}},
		{"crop aligned right", "wid=300&hei=300&fit=crop&align=1,0", wide, [2]float64{.5, .5}, Size{400, 300}, Size{300, 300}, [2]int{-100, 0}},
		{"crop pads what it may not enlarge", "wid=700&hei=700&fit=crop", wide, [2]float64{1, 1}, Size{800, 600}, Size{700, 700}, [2]int{-50, 50}},
		{"crop enlarges with 1", "wid=900&hei=900&fit=crop,1", wide, [2]float64{1.5, 1.5}, Size{1200, 900}, Size{900, 900}, [2]int{-150, 0}},
		{"wrap", "wid=300&hei=300&fit=wrap", wide, [2]float64{.5, .5}, Size{400, 300}, Size{400, 300}, [2]int{}},
		{"stretch", "wid=200&hei=300&fit=stretch&align=1,1", wide, [2]float64{.25, .5}, Size{200, 300}, Size{200, 300}, [2]int{}},
		{"stretch does not enlarge", "wid=200&hei=700&fit=stretch&align=1,1", wide, [2]float64{.25, 1}, Size{200, 600}, Size{200, 700}, [2]int{0, 50}},
		{"hfit", "wid=400&hei=200&fit=hfit", wide, [2]float64{.5, .5}, Size{400, 300}, Size{400, 200}, [2]int{0, -50}},
		{"hfit pads", "wid=400&hei=400&fit=hfit", wide, [2]float64{.5, .5}, Size{400, 300}, Size{400, 400}, [2]int{0, 50}},
		{"vfit", "wid=300&hei=300&fit=vfit", wide, [2]float64{.5, .5}, Size{400, 300}, Size{300, 300}, [2]int{-50, 0}},
		{"rgn", "rgn=400,0,400,300&wid=200", wide, [2]float64{.5, .5}, Size{200, 150}, Size{200, 150}, [2]int{}},
		{"rgn and fit", "rgn=0,0,100,50&wid=50&hei=50&fit=crop", wide, [2]float64{1, 1}, Size{100, 50}, Size{50, 50}, [2]int{-25, 0}},

		// Rounding (5.4): halves up, the free side from the exact factor, at least 1.
		{"half up", "wid=1", Size{2, 5}, [2]float64{.5, .5}, Size{1, 3}, Size{1, 3}, [2]int{}},
		{"exact factor", "wid=333", Size{1000, 1000}, [2]float64{.333, .333}, Size{333, 333}, Size{333, 333}, [2]int{}},
		{"below a half", "wid=100", Size{401, 600}, [2]float64{100. / 401, 100. / 401}, Size{100, 150}, Size{100, 150}, [2]int{}}, // 149.63
		{"at least 1", "wid=10", Size{10000, 3}, [2]float64{.001, .001}, Size{10, 1}, Size{10, 1}, [2]int{}},
		{"scl of a decimal", "scl=0.4", Size{1, 3}, [2]float64{2.5, 2.5}, Size{3, 8}, Size{3, 8}, [2]int{}},                              // 2.5, 7.5
		{"offset rounds down when padding", "wid=5&hei=8", Size{8, 8}, [2]float64{.625, .625}, Size{5, 5}, Size{5, 8}, [2]int{0, 1}},     // 1.5
		{"offset rounds down when cutting", "wid=8&hei=5&fit=crop", Size{8, 8}, [2]float64{1, 1}, Size{8, 8}, Size{8, 5}, [2]int{0, -2}}, // -1.5
		{"offset of a decimal", "wid=10&hei=30&align=0,0.2", Size{10, 10}, [2]float64{1, 1}, Size{10, 10}, Size{10, 30}, [2]int{0, 12}},  // 20·0.6
		{"large and exact", "wid=65535", Size{65537, 65537}, [2]float64{65535. / 65537, 65535. / 65537}, Size{65535, 65535}, Size{65535, 65535}, [2]int{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, _ := geometry(t, c.in, c.source)
			if math.Abs(g.ScaleX-c.scale[0]) > 1e-12 || math.Abs(g.ScaleY-c.scale[1]) > 1e-12 {
				t.Errorf("scale %v %v, want %v", g.ScaleX, g.ScaleY, c.scale)
			}
			if g.Image != c.image || g.View != c.view || g.Offset != c.offset {
				t.Errorf("image %v view %v offset %v, want %v %v %v", g.Image, g.View, g.Offset, c.image, c.view, c.offset)
			}
		})
	}
}

func TestSourceGeometry(t *testing.T) {
	for _, c := range []struct {
		name, in string
		source   Size
		crop     Rect
		comp     Size
		rgn      Rect
	}{
		{"nothing", "", Size{8, 6}, Rect{0, 0, 8, 6}, Size{8, 6}, Rect{0, 0, 8, 6}},
		{"crop", "crop=1,2,3,4", Size{8, 6}, Rect{1, 2, 3, 4}, Size{3, 4}, Rect{0, 0, 3, 4}},
		{"crop reaches outside", "crop=-5,-5,20,20", Size{8, 6}, Rect{-5, -5, 20, 20}, Size{20, 20}, Rect{0, 0, 20, 20}},
		{"crop lies outside", "crop=50,50,2,2", Size{8, 6}, Rect{50, 50, 2, 2}, Size{2, 2}, Rect{0, 0, 2, 2}},
		{"crop rounds its edges", "crop=0.5,0.4,1.9,0.2", Size{8, 6}, Rect{1, 0, 1, 1}, Size{1, 1}, Rect{0, 0, 1, 1}}, // 0.5→1, 2.4→2; 0.4→0, 0.6→1
		{"cropN", "cropN=.25,.5,.5,.5", Size{800, 600}, Rect{200, 300, 400, 300}, Size{400, 300}, Rect{0, 0, 400, 300}},
		{"cropN rounds its edges", "cropN=0.1,0.1,0.5,0.5", Size{15, 7}, Rect{2, 1, 7, 3}, Size{7, 3}, Rect{0, 0, 7, 3}},   // 1.5→2, 9→9; 0.7→1, 4.2→4
		{"cropN adds decimals exactly", "cropN=0.55,0,0.1,1", Size{10, 1}, Rect{6, 0, 1, 1}, Size{1, 1}, Rect{0, 0, 1, 1}}, // 5.5→6, 6.5→7
		{"cropN keeps a pixel", "cropN=0,0,0.0001,0.0001", Size{10, 10}, Rect{0, 0, 1, 1}, Size{1, 1}, Rect{0, 0, 1, 1}},
		{"rotate 90", "rotate=90", Size{8, 6}, Rect{0, 0, 8, 6}, Size{6, 8}, Rect{0, 0, 6, 8}},
		{"rotate 180", "rotate=180", Size{8, 6}, Rect{0, 0, 8, 6}, Size{8, 6}, Rect{0, 0, 8, 6}},
		{"rotate -90", "rotate=-90", Size{8, 6}, Rect{0, 0, 8, 6}, Size{6, 8}, Rect{0, 0, 6, 8}},
		{"rotate 45", "rotate=45", Size{100, 100}, Rect{0, 0, 100, 100}, Size{142, 142}, Rect{0, 0, 142, 142}}, // 141.42
		{"rotate 30", "rotate=30", Size{200, 100}, Rect{0, 0, 200, 100}, Size{224, 187}, Rect{0, 0, 224, 187}}, // 223.2, 186.6
		{"rotate a small picture", "rotate=30", Size{2, 1}, Rect{0, 0, 2, 1}, Size{3, 2}, Rect{0, 0, 3, 2}},    // 2.23, 1.87
		{"rotate after crop", "crop=0,0,4,2&rotate=270", Size{8, 6}, Rect{0, 0, 4, 2}, Size{2, 4}, Rect{0, 0, 2, 4}},
		{"rgn reaches outside", "rgn=-2,-2,20,20", Size{8, 6}, Rect{0, 0, 8, 6}, Size{8, 6}, Rect{-2, -2, 20, 20}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, _ := geometry(t, c.in, c.source)
			want := Geometry{Source: c.source, Crop: c.crop, Comp: c.comp, Kept: Rect{W: c.comp.W, H: c.comp.H}, Rgn: c.rgn}
			if diff := cmp.Diff(want, g, cmpopts.IgnoreFields(Geometry{}, "Layer", "Turned", "Extent", "ScaleX", "ScaleY", "Image", "Offset", "Clip", "View")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBoundingBoxesSnapNoise(t *testing.T) {
	// In a turn by the 5-12-13 triangle the sides are whole; floats miss them by less than 1e-6.
	degrees := math.Atan2(12, 5) * 180 / math.Pi
	if got, want := bounding(Size{39, 13}, degrees), (Size{27, 41}); got != want { // 15+12, 36+5
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestASingleSideLargerThanThePictureWarns(t *testing.T) {
	for _, in := range []string{"wid=1000", "hei=601", "wid=801&fit=crop"} {
		g, notes := geometry(t, in, Size{800, 600})
		if g.View != (Size{800, 600}) || g.ScaleX != 1 || codes(notes) != "W-COMMAND-NO-EFFECT" {
			t.Errorf("%s: view %v, notes %v", in, g.View, notes)
		}
	}
	if _, notes := geometry(t, "wid=800", Size{800, 600}); len(notes) > 0 {
		t.Errorf("notes %v", notes)
	}
}

func TestDefaultPixBoundsARequestWithoutSize(t *testing.T) {
	for _, c := range []struct {
		pix, in string
		want    Size
	}{
		{"400,400", "", Size{400, 300}},
		{"400,0", "", Size{400, 300}},
		{"0,150", "", Size{200, 150}},
		{"4000,4000", "", Size{800, 600}}, // never enlarges
		{"400,400", "wid=700", Size{700, 525}},
		{"400,400", "scl=1", Size{800, 600}},
	} {
		s, _, err := Resolve(Sources{Attributes: Attributes{DefaultPix: c.pix}, Request: parsed(t, c.in, nil)})
		if err != nil {
			t.Fatal(err)
		}
		if g, _, err := s.Geometry(Size{800, 600}); err != nil || g.View != c.want {
			t.Errorf("%s %s: got %v %v, want %v", c.pix, c.in, g.View, err, c.want)
		}
	}
}

func TestReplyTooLarge(t *testing.T) {
	for _, c := range []struct{ pix, in string }{
		{"500,0", "wid=501"}, {"0,400", "wid=600&hei=401"}, {"500,0", ""},
		{"", "wid=65536&hei=10"}, {"", "wid=70000&fit=crop,1"}, {"", "scl=0.01"}, {"", "scl=0.00000000000000000000000000000000000001"},
		{"", "fmt=webp&wid=16384&hei=10"},
		{"", "crop=0,0,70000,1"}, {"", "crop=-2147483647,0,10,10"}, {"", "rgn=0,0,1,2147483647"}, {"", "cropN=0,0,1000000,1"}, {"", "cropN=99999999,0,1,1"},
		{"", "crop=0,0,1,60000&wid=1000&hei=1000&fit=crop,1"}, // 60,000,000 pixels high before it is cut
	} {
		s, _, err := Resolve(Sources{Attributes: Attributes{MaxPix: c.pix}, Request: parsed(t, c.in, nil)})
		if err != nil {
			t.Fatalf("%s: %v", c.in, err)
		}
		g, _, err := s.Geometry(Size{800, 600})
		if asDiag(t, err).Code != diag.OutputSize {
			t.Errorf("%s %s: got %+v, %v", c.pix, c.in, g, err)
		}
	}
	if _, _, err := new(Settings).Geometry(Size{}); asDiag(t, err).Code != diag.InternalError {
		t.Errorf("an empty source gives %v", err)
	}
	s, _ := resolved(t, "wid=99999&hei=99999&fit=constrain")
	if g, _, err := s.Geometry(Size{800, 600}); err != nil || g.View != (Size{800, 600}) {
		t.Errorf("a large box that constrains: %v %v", g.View, err)
	}
}

// TestViewKeepsItsPromises holds what each mode says of the reply, for any sizes.
func TestViewKeepsItsPromises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.IntRange(1, 5000)
		source := Size{side.Draw(t, "w"), side.Draw(t, "h")}
		s := &Settings{Wid: side.Draw(t, "wid"), Hei: side.Draw(t, "hei")}
		s.Fit = Fit{Mode: FitMode(rapid.SampledFrom(fits).Draw(t, "mode")), Upscale: rapid.Bool().Draw(t, "up")}
		s.Align = [2]float64{rapid.Float64Range(-1, 1).Draw(t, "h"), rapid.Float64Range(-1, 1).Draw(t, "v")}
		g, _, err := s.Geometry(source)
		if err != nil {
			if asOutputSize(err) {
				return
			}
			t.Fatal(err)
		}
		box := Size{s.Wid, s.Hei}
		switch s.Fit.Mode {
		case FitConstrain, FitWrap:
			if g.View != g.Image || g.Offset != [2]int{} {
				t.Fatalf("padded or cut: %+v", g)
			}
		default:
			if g.View != box {
				t.Fatalf("view %v, want %v", g.View, box)
			}
		}
		if inside := g.Image.W <= box.W && g.Image.H <= box.H; !inside && (s.Fit.Mode == FitFit || s.Fit.Mode == FitConstrain || s.Fit.Mode == FitStretch) {
			t.Fatalf("image %v leaves %v", g.Image, box)
		}
		if outside := g.Image.W >= box.W && g.Image.H >= box.H; !outside && s.Fit.Upscale && (s.Fit.Mode == FitCrop || s.Fit.Mode == FitWrap) {
			t.Fatalf("image %v does not cover %v", g.Image, box)
		}
		if !s.Fit.Upscale && (g.ScaleX > 1 || g.ScaleY > 1) {
			t.Fatalf("enlarged: %+v", g)
		}
		for i, gap := range []int{g.View.W - g.Image.W, g.View.H - g.Image.H} {
			if g.Offset[i] < min(gap, 0) || g.Offset[i] > max(gap, 0) {
				t.Fatalf("offset %v leaves 0..%d", g.Offset, gap)
			}
		}
	})
}

func asOutputSize(err error) bool { return diag.From(err, diag.InternalError).Code == diag.OutputSize }

func BenchmarkGeometry(b *testing.B) {
	s, _ := resolved(b, "cropN=.1,.1,.8,.8&wid=400&hei=300&fit=crop&align=.2,.3")
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := s.Geometry(Size{4000, 3000}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestASizeThatCannotBeNamesItsCommands(t *testing.T) {
	macros := defined(t, "huge", "wid=70000")
	for in, want := range map[string]string{
		"$huge$&fit=fit,1":                   "the reply would have 70000x35000 pixels; jpeg allows edges up to 65535; asked for by wid=70000 (macro huge), fit=fit,1 (job)",
		"extend=-100,0,-100,0":               "extend leaves nothing of a layer of 200x100 pixels; asked for by extend=-100,0,-100,0 (job)",
		"wid=7&crop=0,0,70000,1&layer=0":     "asked for by crop=0,0,70000,1 (job), wid=7 (job)",
		"size=80000000,0":                    "asked for by size=80000000,0 (job)",
		"size=80000000,0&scale=3&qlt=5":      "asked for by size=80000000,0 (job)", // scale is ignored
		"scl=0.001&wid=66000&rgn=0,0,10,100": "asked for by rgn=0,0,10,100 (job), wid=66000 (job), scl=0.001 (job)",
	} {
		s, _, err := Resolve(Sources{Attributes: DefaultAttributes(), Request: parsed(t, in, macros)})
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = s.Geometry(Size{200, 100})
		if d := asDiag(t, err); !strings.HasSuffix(d.Message, want) {
			t.Errorf("%s: %s %q, want %q", in, d.Code, d.Message, want)
		}
	}
}
