package modifier

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/diag"
)

func TestMaskCommands(t *testing.T) {
	for in, want := range map[string]Mask{
		"":                                    {},
		"mask=shop/mask.png":                  {Object: "shop/mask.png"},
		"mask=a%26b.png&maskUse=invert":       {Object: "a&b.png", Use: MaskInvert},
		"maskUse=OFF":                         {Use: MaskOff},
		"maskUse=off&maskuse=Norm&mask=a.png": {Object: "a.png"},
	} {
		if s, _ := resolved(t, in); s.Mask != want {
			t.Errorf("%s: got %+v, want %+v", in, s.Mask, want)
		}
	}
	for in, want := range map[string]diag.Code{
		"mask=": diag.CommandValue, "mask=a,b": diag.CommandValue, "mask=is{a?wid=5}": diag.CommandUnsupported,
		"maskUse=": diag.CommandValue, "maskUse=inverted": diag.CommandValue, "maskUse=off,1": diag.CommandValue,
	} {
		if d := refusal(t, in); d.Code != want {
			t.Errorf("%s: got %s %s, want %s", in, d.Code, d.Message, want)
		}
	}
}

func TestClipCommands(t *testing.T) {
	line := []PathStep{{'M', []Point{{1, 2}}}, {'L', []Point{{3, 4}}}}
	for in, want := range map[string]Clip{
		"clipPath=M1,2,3,4":                    {Path: line},
		"clipPath=m1,2l2,2&clipXPath=M1 2L3 4": {Path: line, Cut: line},
		"clipPathE=Path+1, b":                  {Names: []string{"Path 1", "b"}},
		"clipPathE=a&clipXPathE=b,c":           {Names: []string{"a"}, CutNames: []string{"b", "c"}},
	} {
		s, notes := resolved(t, in)
		if diff := cmp.Diff(want, s.Clip); diff != "" || len(notes) > 0 {
			t.Errorf("%s: %s %v", in, diff, notes)
		}
	}
	for _, in := range []string{"clipXPath=M0,0L1,1", "clipXPathE=a"} { // r-clipxpath: ignored without clipPath
		s, notes := resolved(t, in)
		if codes(notes) != "N-COMMAND-IGNORED" || !cmp.Equal(s.Clip, Clip{}) {
			t.Errorf("%s: %v %v", in, s.Clip, notes)
		}
	}
	for _, in := range []string{"clipPath=", "clipPath=L1,1", "clipPath=M1,1Q2,2", "clipPath=M0,0&clipXPath=1", "clipPathE=", "clipPathE=a,,b", "clipXPathE=%C3%A9", "cropPathE=", "cropPathE=a,"} {
		if d := refusal(t, in); d.Code != diag.CommandValue {
			t.Errorf("%s: got %s %s", in, d.Code, d.Message)
		}
	}
}

// box is an embedded rectangle.
func box(name string, x0, y0, x1, y1 float64) EmbeddedPath {
	return EmbeddedPath{Name: name, Steps: []PathStep{{'M', []Point{{x0, y0}}}, {'L', []Point{{x1, y0}}}, {'L', []Point{{x1, y1}}}, {'L', []Point{{x0, y1}}}, {Op: 'Z'}}}
}

var embeddedBoxes = []EmbeddedPath{box("a", .25, .25, .75, .75), box("b", .5, 0, 1, .5), box("far", 0, .9, .1, 1), box("out", -1, -1, .5, .5)}

func TestCropToEmbeddedPaths(t *testing.T) {
	for _, c := range []struct {
		in   string
		kept Rect
		rgn  Rect
		view Size
	}{
		{"cropPathE=a", Rect{50, 25, 100, 50}, Rect{50, 25, 100, 50}, Size{100, 50}},
		{"cropPathE=a,b", Rect{100, 25, 50, 25}, Rect{100, 25, 50, 25}, Size{50, 25}}, // one after the other
		{"cropPathE=nobody", Rect{0, 0, 200, 100}, Rect{0, 0, 200, 100}, Size{200, 100}},
		{"cropPathE=nobody,a&wid=50", Rect{50, 25, 100, 50}, Rect{50, 25, 100, 50}, Size{50, 25}},
		{"cropPathE=out", Rect{0, 0, 100, 50}, Rect{0, 0, 100, 50}, Size{100, 50}},                 // never more than the picture
		{"cropPathE=a&rotate=90", Rect{25, 50, 50, 100}, Rect{25, 50, 50, 100}, Size{50, 100}},     // 100 wide, 200 high
		{"cropPathE=b&rotate=90", Rect{50, 100, 50, 100}, Rect{50, 100, 50, 100}, Size{50, 100}},   // top right becomes bottom right
		{"cropPathE=b&flip=lr", Rect{0, 0, 100, 50}, Rect{0, 0, 100, 50}, Size{100, 50}},           // and top left
		{"cropPathE=a&crop=60,0,140,100", Rect{0, 25, 90, 50}, Rect{0, 25, 90, 50}, Size{90, 50}},  // 50-60 is cut off
		{"cropPathE=a&rgn=10,10,20,20", Rect{50, 25, 100, 50}, Rect{60, 35, 20, 20}, Size{20, 20}}, // counts from what is kept
	} {
		s, _ := resolved(t, c.in)
		s.Embedded = embeddedBoxes
		g, _, err := s.Geometry(Size{200, 100})
		if err != nil || g.Kept != c.kept || g.Rgn != c.rgn || g.View != c.view {
			t.Errorf("%s: kept %v rgn %v view %v %v, want %v %v %v", c.in, g.Kept, g.Rgn, g.View, err, c.kept, c.rgn, c.view)
		}
	}
	s, _ := resolved(t, "cropPathE=a,far,nobody")
	s.Embedded = embeddedBoxes
	if _, _, err := s.Geometry(Size{200, 100}); asDiag(t, err).Code != diag.CommandValue {
		t.Errorf("boxes without a common part: %v", err)
	}
	if diff := cmp.Diff([]string{"nobody"}, s.UnknownPaths()); diff != "" {
		t.Error(diff)
	}
}

func TestFlattenedCurvesKeepTheirCourse(t *testing.T) {
	steps, err := ParsePath("M100,0C100,55.22847498,55.22847498,100,0,100")
	if err != nil {
		t.Fatal(err)
	}
	lines := Flatten(steps, 0.05)
	if len(lines) != 1 || len(lines[0]) < 8 {
		t.Fatalf("the quarter circle becomes %v", lines)
	}
	for _, p := range lines[0] {
		if r := math.Hypot(p.X, p.Y); math.Abs(r-100) > 0.03 {
			t.Errorf("%v lies %v from the centre", p, r)
		}
	}
	// A sub-path that goes on behind a Z begins where the closed one began.
	steps, _ = ParsePath("M1,1L2,1L2,2ZL3,3M9,9")
	want := [][]Point{{{1, 1}, {2, 1}, {2, 2}}, {{1, 1}, {3, 3}}, {{9, 9}}}
	if diff := cmp.Diff(want, Flatten(steps, 1)); diff != "" {
		t.Error(diff)
	}
	steps, _ = ParsePath("M0,0C2000000000,0,-2000000000,0,0,1")
	if n := len(Flatten(steps, 0.05)[0]); n != maxPieces+1 {
		t.Errorf("a huge curve becomes %d points", n)
	}
}
