package palette

import (
	"bytes"
	"slices"
	"testing"
)

func TestFixedPalettes(t *testing.T) {
	for _, c := range []struct {
		list []Colour
		n    int
		has  []Colour
	}{
		{Web(), 216, []Colour{{0, 0, 0, 255}, {255, 255, 255, 255}, {51, 102, 204, 255}}},
		{Mac(), 256, []Colour{{0, 0, 0, 255}, {255, 255, 255, 255}, {238, 0, 0, 255}, {0, 17, 0, 255}, {0, 0, 187, 255}, {119, 119, 119, 255}}},
	} {
		seen := map[Colour]bool{}
		for _, x := range c.list {
			seen[x] = true
		}
		if len(c.list) != c.n || len(seen) != c.n {
			t.Errorf("%d colours, %d different, want %d", len(c.list), len(seen), c.n)
		}
		for _, x := range c.has {
			if !seen[x] {
				t.Errorf("%v is missing", x)
			}
		}
	}
}

// ramp is a row of every gray.
func ramp() []byte {
	var p []byte
	for v := range 256 {
		p = append(p, byte(v), byte(v), byte(v), 255)
	}
	return p
}

func TestAdaptive(t *testing.T) {
	few := []byte{1, 2, 3, 255, 9, 9, 9, 128, 1, 2, 3, 255, 0, 0, 0, 0, 7, 7, 7, 0}
	if got := Adaptive(few, 256, nil); !slices.Equal(got, []Colour{{}, {1, 2, 3, 255}, {9, 9, 9, 128}}) {
		t.Errorf("few colours became %v", got)
	}
	// Four boxes of a ramp are its quarters, whose means are 31.5, 95.5, ….
	got := Adaptive(ramp(), 4, nil)
	slices.SortFunc(got, func(a, b Colour) int { return int(a[0]) - int(b[0]) })
	if !slices.Equal(got, []Colour{{32, 32, 32, 255}, {96, 96, 96, 255}, {160, 160, 160, 255}, {224, 224, 224, 255}}) {
		t.Errorf("quarters are %v", got)
	}
	red := Colour{255, 0, 0, 255}
	if got := Adaptive(ramp(), 3, []Colour{red}); len(got) != 3 || got[0] != red {
		t.Errorf("forced gives %v", got)
	}
	if got := Adaptive(ramp(), 2, []Colour{red, {0, 0, 0, 255}}); len(got) != 2 {
		t.Errorf("full gives %v", got)
	}
}

func TestMap(t *testing.T) {
	bw := []Colour{{0, 0, 0, 255}, {255, 255, 255, 255}}
	if got := Map([]byte{127, 127, 127, 255, 128, 128, 128, 255}, 2, bw, false, 0); !bytes.Equal(got, []byte{0, 1}) {
		t.Errorf("nearest gives %v", got)
	}
	// A quarter gray diffused is white in a quarter of the pixels.
	gray := bytes.Repeat([]byte{64, 64, 64, 255}, 64*64)
	white := bytes.Count(Map(gray, 64, bw, true, 0), []byte{1})
	if white < 64*64*24/100 || white > 64*64*26/100 {
		t.Errorf("%d of %d are white", white, 64*64)
	}
	key := []byte{255, 255, 255, 127, 255, 255, 255, 128}
	if got := Map(key, 2, bw, true, 128); !bytes.Equal(got, []byte{2, 1}) {
		t.Errorf("the key gives %v", got)
	}
}

func TestTheSamePictureGivesTheSamePalette(t *testing.T) {
	var many []byte
	for i := range 60_000 {
		many = append(many, byte(i), byte(i>>4), byte(i>>8), 255)
	}
	first := Adaptive(many, 100, nil)
	if second := Adaptive(many, 100, nil); !slices.Equal(first, second) || len(first) != 100 {
		t.Errorf("%d colours, then others", len(first))
	}
}
