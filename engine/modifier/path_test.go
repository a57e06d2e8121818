package modifier

import (
	"fmt"
	"strings"
	"testing"
)

func TestPathData(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"M0,0L10,0,10,10Z", "M(0 0) L(10 0) L(10 10) Z"},
		{"m5,5,l10,0,z", "M(5 5) L(15 5) Z"},
		{"M 1 2 3 4", "M(1 2) L(3 4)"},
		{"m1,1l1,1m1,1", "M(1 1) L(2 2) M(3 3)"},      // behind an open sub-path: its end
		{"m1,1l1,1zm1,1", "M(1 1) L(2 2) Z M(2 2)"},   // behind a closed one: its start
		{"M1,1c1,0,2,0,3,3", "M(1 1) C(2 1 3 1 4 4)"}, // all three from the pen
		{"M-1-2L+.5,1.", "M(-1 -2) L(0.5 1)"},         // signs part numbers
		{"M0,0 C1,1,2,2,3,3 l1,1", "M(0 0) C(1 1 2 2 3 3) L(4 4)"},
	} {
		steps, err := ParsePath(c.in)
		if err != nil {
			t.Errorf("%s: %v", c.in, err)
			continue
		}
		var got []string
		for _, s := range steps {
			var xy []string
			for _, p := range s.Points {
				xy = append(xy, fmt.Sprintf("%v %v", p.X, p.Y))
			}
			step := string(s.Op)
			if len(xy) > 0 {
				step += "(" + strings.Join(xy, " ") + ")"
			}
			got = append(got, step)
		}
		if joined := strings.Join(got, " "); joined != c.want {
			t.Errorf("%s: got %s, want %s", c.in, joined, c.want)
		}
	}
	for _, in := range []string{"L1,1", "M1", "M1,1 Q1,1", "M1,1C1,1,2,2", "M1,x", "1,1", "M1,1L9999999999,1", "M1..2,3"} {
		if steps, err := ParsePath(in); err == nil {
			t.Errorf("%s is taken as %v", in, steps)
		}
	}
}

func TestObjects(t *testing.T) {
	for in, want := range map[string]Object{
		"shoe": {ID: "shoe"}, "shop/shoe": {Root: "shop", ID: "shoe"}, "/shoe": {ID: "shoe"}, "shop/a/b.tif": {Root: "shop", ID: "a/b.tif"},
	} {
		if got, err := ParseObject(in); err != nil || got != want {
			t.Errorf("%s: got %+v %v, want %+v", in, got, err, want)
		}
	}
	for _, in := range []string{"", "a,b", "shop/", "a\x00b"} {
		if got, err := ParseObject(in); err == nil {
			t.Errorf("%q is taken as %+v", in, got)
		}
	}
}

func FuzzPath(f *testing.F) {
	f.Add("M0,0L10,0,10,10Z m5,5c1,1,2,2,3,3")
	f.Fuzz(func(t *testing.T, text string) {
		steps, err := ParsePath(text)
		if err == nil && len(steps) > 0 && steps[0].Op != 'M' {
			t.Errorf("%q begins with %c", text, steps[0].Op)
		}
	})
}
