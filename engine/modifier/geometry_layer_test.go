package modifier

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/diag"
)

// withRecord resolves a request for a record with a Resolution of 300.
func withRecord(t *testing.T, text string) (*Settings, diag.List) {
	t.Helper()
	s, notes, err := Resolve(Sources{Attributes: DefaultAttributes(), Request: parsed(t, text, nil), Resolution: 300, Anchor: "10,20"})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s, notes
}

func TestLayersAreScaledTurnedAndExtended(t *testing.T) {
	for _, c := range []struct {
		in            string
		layer, turned Size
		extent        Rect
		view          Size
	}{
		{"size=400,0", Size{400, 300}, Size{400, 300}, Rect{0, 0, 400, 300}, Size{400, 300}},
		{"size=0,300", Size{400, 300}, Size{400, 300}, Rect{0, 0, 400, 300}, Size{400, 300}},
		{"size=400,400", Size{400, 300}, Size{400, 300}, Rect{0, 0, 400, 300}, Size{400, 300}},
		{"size=1600,1600", Size{1600, 1200}, Size{1600, 1200}, Rect{0, 0, 1600, 1200}, Size{1600, 1200}},
		{"size=0,0", Size{800, 600}, Size{800, 600}, Rect{0, 0, 800, 600}, Size{800, 600}},
		{"scale=0.25", Size{200, 150}, Size{200, 150}, Rect{0, 0, 200, 150}, Size{200, 150}},
		{"scale=2&wid=400", Size{1600, 1200}, Size{1600, 1200}, Rect{0, 0, 1600, 1200}, Size{400, 300}},
		{"res=75", Size{200, 150}, Size{200, 150}, Rect{0, 0, 200, 150}, Size{200, 150}},
		{"res=600", Size{1600, 1200}, Size{1600, 1200}, Rect{0, 0, 1600, 1200}, Size{1600, 1200}},
		{"res=75&scale=.5", Size{400, 300}, Size{400, 300}, Rect{0, 0, 400, 300}, Size{400, 300}},
		{"res=75&scale=.5&size=80,80", Size{80, 60}, Size{80, 60}, Rect{0, 0, 80, 60}, Size{80, 60}},
		{"crop=0,0,400,100&size=100,100", Size{100, 25}, Size{100, 25}, Rect{0, 0, 100, 25}, Size{100, 25}},
		{"size=400,0&rotate=90", Size{400, 300}, Size{300, 400}, Rect{0, 0, 300, 400}, Size{300, 400}},
		{"cropN=.2,.3,.5,.5&extend=5,5,5,5", Size{400, 300}, Size{400, 300}, Rect{-5, -5, 410, 310}, Size{410, 310}},
		{"size=200,0&extend=0,30,0,0", Size{200, 150}, Size{200, 150}, Rect{0, -30, 200, 180}, Size{200, 180}},
		{"extend=-100,-50,-100,0", Size{800, 600}, Size{800, 600}, Rect{100, 50, 600, 550}, Size{600, 550}},
		{"rotate=90&extend=1,2,3,4", Size{800, 600}, Size{600, 800}, Rect{-1, -2, 604, 806}, Size{604, 806}},
		{"rotate=90&extendN=.1,0,-.5,.25", Size{800, 600}, Size{600, 800}, Rect{-60, 0, 360, 1000}, Size{360, 1000}},
		{"extend=100,100,100,100&wid=500", Size{800, 600}, Size{800, 600}, Rect{-100, -100, 1000, 800}, Size{500, 400}},
		{"perspective=0,0,100,10,100,90,0,100&size=9,9&rotate=45", Size{800, 600}, Size{800, 600}, Rect{0, 0, 800, 600}, Size{800, 600}},
	} {
		s, _ := withRecord(t, c.in)
		g, _, err := s.Geometry(Size{800, 600})
		if err != nil || g.Layer != c.layer || g.Turned != c.turned || g.Extent != c.extent || g.View != c.view {
			t.Errorf("%s: layer %v turned %v extent %v view %v, %v", c.in, g.Layer, g.Turned, g.Extent, g.View, err)
		}
	}
}

func TestDensityRatioMultipliesWhatIsAskedAndYieldsToMaxPix(t *testing.T) {
	for _, c := range []struct {
		maxPix, in string
		want       Size
	}{
		{"", "wid=816&hei=500&fit=crop", Size{816, 500}},
		{"", "wid=816&hei=500&fit=crop&dpr=on,2", Size{1632, 1000}}, // r-dpr's own table
		{"", "wid=816&hei=500&fit=crop&dpr=on,3", Size{2448, 1500}},
		{"", "wid=816&hei=500&fit=crop&dpr=on,4", Size{3264, 2000}},
		{"", "wid=816&hei=500&fit=crop&dpr=on,1", Size{816, 500}},
		{"", "wid=101&dpr=on,1.5", Size{152, 114}}, // 151.5
		{"", "wid=800&dpr=off", Size{800, 600}},
		{"1000,1000", "wid=800&dpr=on,2", Size{1000, 750}},
		{"0,300", "wid=400&dpr=on,2", Size{400, 300}},
		{"1632,500", "wid=816&hei=500&fit=crop&dpr=on,2", Size{816, 500}},
		{"1000,1000", "dpr=on,2", Size{1000, 750}},
	} {
		s, _, err := Resolve(Sources{Attributes: Attributes{MaxPix: c.maxPix}, Request: parsed(t, c.in, nil)})
		if err != nil {
			t.Fatal(err)
		}
		if g, _, err := s.Geometry(Size{4000, 3000}); err != nil || g.View != c.want {
			t.Errorf("%s %s: got %v %v, want %v", c.maxPix, c.in, g.View, err, c.want)
		}
	}
}

func TestRectTakesAPartOfTheView(t *testing.T) {
	for _, c := range []struct {
		in     string
		image  Size
		offset [2]int
		clip   Rect
		view   Size
	}{
		{"scl=1&rect=0,150,800,150", Size{800, 600}, [2]int{0, -150}, Rect{0, -150, 800, 600}, Size{800, 150}},
		{"wid=400&hei=400&rect=100,0,100,400", Size{400, 300}, [2]int{-100, 50}, Rect{-100, 0, 400, 400}, Size{100, 400}},
		{"wid=400&rect=10,20,100,50,0.5", Size{200, 150}, [2]int{-10, -20}, Rect{-10, -20, 200, 150}, Size{100, 50}},
		{"wid=400&rect=0,0,100,50,4", Size{1600, 1200}, [2]int{}, Rect{0, 0, 1600, 1200}, Size{100, 50}},
		{"wid=100&rect=-10,-10,120,95", Size{100, 75}, [2]int{10, 10}, Rect{10, 10, 100, 75}, Size{120, 95}},
		{"wid=300&hei=300&fit=crop&rect=-50,0,400,300", Size{400, 300}, [2]int{0, 0}, Rect{50, 0, 300, 300}, Size{400, 300}},
	} {
		g, _ := geometry(t, c.in, Size{800, 600})
		if g.Image != c.image || g.Offset != c.offset || g.Clip != c.clip || g.View != c.view {
			t.Errorf("%s: image %v offset %v clip %v view %v", c.in, g.Image, g.Offset, g.Clip, g.View)
		}
	}
	s, _, err := Resolve(Sources{Attributes: Attributes{MaxPix: "500,500"}, Request: parsed(t, "scl=1&rect=0,0,400,400", nil)})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Geometry(Size{800, 600}); err != nil { // the reply counts, not the view
		t.Error(err)
	}
}

func TestLayerCommandsAreReadIntoSettings(t *testing.T) {
	for _, c := range []struct {
		in  string
		get func(*Settings) any
		out any
	}{
		{"anchor=3,4", func(s *Settings) any { return *s.Anchor }, Anchor{Point{3, 4}, false}},
		{"anchorN=-0.5,0.5", func(s *Settings) any { return *s.Anchor }, Anchor{Point{-.5, .5}, true}},
		{"wid=1", func(s *Settings) any { return *s.Anchor }, Anchor{Point{10, 20}, false}}, // the record's
		{"printRes=150.5", func(s *Settings) any { return s.PrintRes }, 150.5},
		{"hide=1", func(s *Settings) any { return s.Hide }, true},
		{"opac=40", func(s *Settings) any { return s.Fade }, 0.6},
		{"opac=50,50", func(s *Settings) any { return s.Fade }, 0.75},
		{"layer=0&opac=25", func(s *Settings) any { return [2]float64{s.Fade, s.BaseFade} }, [2]float64{0, .75}},
		{"color=255,0,0,0", func(s *Settings) any { return s.Color }, (*Colour)(nil)},
		{"bgColor=0xFF000080", func(s *Settings) any { return s.BgColor.Alpha }, 128. / 255},
		{"flip=lr&layer=0&flip=ud", func(s *Settings) any { return [4]bool{s.FlipLR, s.FlipUD, s.BaseLR, s.BaseUD} }, [4]bool{true, false, false, true}},
		{"layer=0,a&flip=ud&layer=comp&layer=a&flip=lr", func(s *Settings) any { return [2]bool{s.BaseLR, s.BaseUD} }, [2]bool{true, false}},
		{"size=8,8&layer=0&size=4,4&layer=comp", func(s *Settings) any { return s.Size }, [2]int{4, 4}},
		{"layer=0&size=4,4&layer=comp&size=8,8", func(s *Settings) any { return s.Size }, [2]int{8, 8}},
		{"layer=0&wid=7&fmt=png", func(s *Settings) any { return s.Wid }, 7},
		{"perspectiveN=0,0,1,.1,1,.9,0,1,R3T40", func(s *Settings) any { return s.Perspective.Sampling }, SampleSuper},
		{"perspective=100,0,0,10,0,90,100,100,R1", func(s *Settings) any { return s.Perspective.Sampling }, SampleNearest}, // mirrored
		{"rect=0.5,0,10,10", func(s *Settings) any { return *s.Rect }, ViewRect{Rect{1, 0, 10, 10}, 1}},
	} {
		s, _ := withRecord(t, c.in)
		if got := c.get(s); !cmp.Equal(got, c.out) {
			t.Errorf("%s: got %+v, want %+v", c.in, got, c.out)
		}
	}
}

func TestLayerValuesThatAreNotAllowed(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"sizeN=.5,.5", "cannot have a size that is a fraction of layer 0"},
		{"layer=0&sizeN=.5,.5", "cannot have a size"},
		{"size=100", "1 of 2 numbers"}, {"size=-1,5", "out of range"}, {"size=a,5", "not a number"},
		{"scale=0", "out of range"}, {"scale=", "missing"}, {"scale=x", "not a number"},
		{"res=-1", "out of range"}, {"res=", "missing"}, {"res=72", "no Resolution"},
		{"anchor=1", "1 of 2"}, {"anchor=2147483648,0", "out of range"}, {"anchorN=a,b", "not a number"},
		{"origin=3000000000,0", "out of range"}, {"pos=1", "1 of 2"}, {"blendMode=hard", "is not known"},
		{"extend=1,2,3", "3 of 4"}, {"extendN=a,0,0,0", "not a number"}, {"extend=0", "1 of 4"},
		{"rect=0,0,0,5", "out of range"}, {"rect=1,2,3", "3 of 4"}, {"rect=0,0,5,5,0", "out of range"}, {"rect=0,0,5,5,1,1", "of 4"},
		{"dpr=on", "neither"}, {"dpr=2", "neither"}, {"dpr=on,0", "out of range"}, {"dpr=on,x", "not a number"},
		{"printRes=0", "out of range"}, {"printRes=x", "not a number"}, {"printRes=99999", "out of range"},
		{"color=red", "is not a colour"}, {"bgColor=", "is not a colour"}, {"bgColor=300,0,0", "out of range"},
		{"opac=x", "not a number"}, {"opac=", "not a number"}, {"opac=1,2,3", "3 arguments"},
		{"hide=2", "0 or 1"}, {"hide", "missing"}, {"hide=yes", "0 or 1"},
		{"perspective=1,2,3", "3 of 8"}, {"perspective=0,0,1,0,1,1,0,1,r3", "is not known"}, {"perspective=0,0,1,0,1,1,0,1,R3T201", "out of range"},
		{"perspective=0,0,1,0,0,1,1,1", "crossed"}, {"perspective=0,0,1,0,2,0,0,1", "flat"}, {"perspective=0,0,10,0,2,2,0,10", "concave"},
		{"layer=", "empty"}, {"layer=-1", "out of range"}, {"layer=who", "no layer before it"}, {"layer=0,comp", "cannot name"},
		{"layer=0,a&layer=comp,a", "already names"}, {"$v=0&layer=$v$", "no layer before it"},
	} {
		d := refusal(t, c.in)
		if d.Code != diag.CommandValue || !strings.Contains(d.Message, c.want) {
			t.Errorf("%s: got %s %q, want %q", c.in, d.Code, d.Message, c.want)
		}
	}
	s, _ := resolved(t, "extend=-400,0,-400,0")
	if _, _, err := s.Geometry(Size{800, 600}); asDiag(t, err).Code != diag.CommandValue {
		t.Errorf("nothing left: %v", err)
	}
	s, _ = resolved(t, "extend=70000,0,0,0")
	if _, _, err := s.Geometry(Size{800, 600}); asDiag(t, err).Code != diag.OutputSize {
		t.Errorf("a huge margin: %v", err)
	}
	if _, err := Check(parsed(t, "res=72", nil)); err != nil {
		t.Errorf("res is judged without its record: %v", err)
	}
}

func TestWhatOneLayerScaleMakesIdleIsNoted(t *testing.T) {
	for in, want := range map[string]int{"size=5,5&scale=2&res=3": 2, "scale=2&res=3": 1, "res=3": 0, "perspective=0,0,9,0,9,9,0,9&rotate=9&size=1,1": 2, "layer=0&blendMode=mult&pos=5,5&origin=0,0": 3} {
		if _, notes := withRecord(t, in); len(notes) != want {
			t.Errorf("%s: notes %v", in, notes)
		}
	}
}
