package vips

import (
	"testing"

	"github.com/exportd/exportd/engine/modifier"
)

func allPoses() []pose {
	var all []pose
	for o := 1; o <= 8; o++ {
		all = append(all, orientationPose(o))
	}
	return all
}

// A rectangle of one pixel stands for a point.
func TestPosesAreAGroup(t *testing.T) {
	size := modifier.Size{W: 7, H: 4}
	r := modifier.Rect{X: 1, Y: 2, W: 3, H: 1}
	for _, p := range allPoses() {
		if got := p.inverse().rect(p.rect(r, size), p.size(size)); got != r {
			t.Errorf("%+v and back gives %v", p, got)
		}
		if got := p.then(p.inverse()); got != (pose{}) {
			t.Errorf("%+v then its inverse is %+v", p, got)
		}
		for _, q := range allPoses() {
			one, two := p.then(q).rect(r, size), q.rect(p.rect(r, size), p.size(size))
			if one != two {
				t.Errorf("%+v then %+v: %v in one step, %v in two", p, q, one, two)
			}
		}
	}
}

func TestTurnsGoClockwise(t *testing.T) {
	size, corner := modifier.Size{W: 7, H: 4}, modifier.Rect{W: 1, H: 1}
	for degrees, want := range map[float64]modifier.Rect{
		0: {X: 0, Y: 0, W: 1, H: 1}, 90: {X: 3, Y: 0, W: 1, H: 1}, 180: {X: 6, Y: 3, W: 1, H: 1}, 270: {X: 0, Y: 6, W: 1, H: 1},
	} {
		p, ok := turnPose(degrees)
		if got := p.rect(corner, size); !ok || got != want {
			t.Errorf("%v degrees put the first corner at %v, want %v", degrees, got, want)
		}
	}
	if _, ok := turnPose(45); ok {
		t.Error("45 degrees is a pose")
	}
}
