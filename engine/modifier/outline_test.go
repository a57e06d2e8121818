package modifier

import (
	"math"
	"testing"
)

// A path keeps its place on the image under perspective too (r-clippath,
// r-croppath, r-pathembed).
func TestPathsFollowPerspective(t *testing.T) {
	for _, c := range []struct {
		in   string
		at   Point // in fractions of the source of 200x100
		want Point // in pixels of the composite
	}{
		{"perspective=0,0,100,0,100,50,0,50", Point{.5, .5}, Point{50, 25}},
		{"perspectiveN=0,0,1,0,1,1,0,1", Point{.25, .75}, Point{50, 75}},
		{"perspective=200,0,0,0,0,100,200,100", Point{.25, .75}, Point{150, 75}}, // mirrored
		{"perspective=50,0,150,0,200,100,0,100", Point{0, 0}, Point{50, 0}},
		{"perspective=50,0,150,0,200,100,0,100", Point{1, 1}, Point{200, 100}},
		// Where the diagonals of the trapezium cross is the middle of the picture:
		// 1/3 of its height, for its sides are 1:2.
		{"perspective=50,0,150,0,200,100,0,100", Point{.5, .5}, Point{100, 100. / 3}},
		{"perspective=0,0,100,0,100,50,0,50&extend=10,20,0,0", Point{.5, .5}, Point{60, 45}},
		{"perspective=0,0,100,0,100,50,0,50&flip=lr", Point{.5, .5}, Point{150, 25}},
		{"perspective=0,0,100,0,100,50,0,50&crop=100,0,100,100", Point{.75, .5}, Point{50, 25}},
		{"layer=0&flip=lr&perspective=0,0,100,0,100,50,0,50", Point{.25, .5}, Point{75, 25}},
	} {
		s, _ := resolved(t, c.in)
		g, _, err := s.Geometry(Size{200, 100})
		if err != nil {
			t.Fatalf("%s: %v", c.in, err)
		}
		steps := s.OnComposite(g, []PathStep{{'M', []Point{c.at}}, {'L', []Point{{c.at.X + .1, c.at.Y}}}})
		if got := steps[0].Points[0]; math.Hypot(got.X-c.want.X, got.Y-c.want.Y) > 1e-9 {
			t.Errorf("%s: %v lies at %v, want %v", c.in, c.at, got, c.want)
		}
	}
}

func TestCropToAPathInPerspective(t *testing.T) {
	s, _ := resolved(t, "cropPathE=a&perspective=0,0,100,0,100,51,0,51")
	s.Embedded = embeddedBoxes
	g, _, err := s.Geometry(Size{200, 100})
	// From 12.75 to 38.25: both edges are rounded.
	if err != nil || g.Kept != (Rect{25, 13, 50, 25}) {
		t.Errorf("kept %v, %v", g.Kept, err)
	}
}

func TestPathsLieInFractionsOfTheReply(t *testing.T) {
	for in, want := range map[string]Point{
		"":                             {.5, .5},
		"wid=50":                       {.5, .5},
		"wid=100&hei=100":              {.5, .5},
		"wid=100&hei=100&align=-1,-1":  {.5, .25},
		"rgn=50,0,100,100":             {.5, .5},
		"rgn=0,0,200,50":               {.5, 1},
		"scl=1&rect=100,50,50,25":      {0, 0},
		"scl=1&rect=50,25,400,200,2":   {150. / 400, 75. / 200},
		"size=100,0&extend=0,0,100,50": {.25, .25},
		"cropPathE=a":                  {.5, .5},
	} {
		s, _ := resolved(t, in)
		s.Embedded = embeddedBoxes
		g, _, err := s.Geometry(Size{200, 100})
		if err != nil {
			t.Fatalf("%s: %v", in, err)
		}
		got := s.OnReply(g, []PathStep{{'M', []Point{{.5, .5}}}})[0].Points[0]
		if math.Hypot(got.X-want.X, got.Y-want.Y) > 1e-9 {
			t.Errorf("%s: the centre lies at %v, want %v", in, got, want)
		}
	}
}
