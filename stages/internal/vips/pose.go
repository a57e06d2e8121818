package vips

import (
	"math"

	"github.com/exportd/exportd/engine/modifier"
)

// pose is one of the eight ways a picture can lie: it is transposed first, then
// mirrored left to right, then upside down. The zero pose changes nothing.
//
// EXIF orientation, turns by multiples of 90 degrees and flips are all poses, so
// they fold into one, which is applied to the small picture after the resize.
type pose struct{ transpose, flipX, flipY bool }

// orientationPose is the pose that makes a picture of EXIF orientation o upright.
func orientationPose(o int) pose {
	switch o {
	case 2:
		return pose{flipX: true}
	case 3:
		return pose{flipX: true, flipY: true}
	case 4:
		return pose{flipY: true}
	case 5:
		return pose{transpose: true}
	case 6:
		return pose{transpose: true, flipX: true}
	case 7:
		return pose{transpose: true, flipX: true, flipY: true}
	case 8:
		return pose{transpose: true, flipY: true}
	}
	return pose{}
}

// turnPose is the pose of a clockwise turn; ok is false when degrees is no
// multiple of 90.
func turnPose(degrees float64) (p pose, ok bool) {
	switch math.Mod(math.Mod(degrees, 360)+360, 360) {
	case 0:
		return pose{}, true
	case 90:
		return pose{transpose: true, flipX: true}, true
	case 180:
		return pose{flipX: true, flipY: true}, true
	case 270:
		return pose{transpose: true, flipY: true}, true
	}
	return pose{}, false
}

// basePose is the pose of flip in layer=0, which comes before the turn (r-flip).
func basePose(s *modifier.Settings) pose { return pose{flipX: s.BaseLR, flipY: s.BaseUD} }

// flipPose is the pose of the flip command at comp, behind turn and extend.
func flipPose(s *modifier.Settings) pose { return pose{flipX: s.FlipLR, flipY: s.FlipUD} }

// then is p followed by q.
func (p pose) then(q pose) pose {
	if q.transpose {
		p = pose{!p.transpose, p.flipY, p.flipX}
	}
	return pose{p.transpose, p.flipX != q.flipX, p.flipY != q.flipY}
}

// inverse undoes p.
func (p pose) inverse() pose {
	if p.transpose {
		return pose{true, p.flipY, p.flipX}
	}
	return p
}

// size is the size of a picture of size s in pose p.
func (p pose) size(s modifier.Size) modifier.Size {
	if p.transpose {
		return modifier.Size{W: s.H, H: s.W}
	}
	return s
}

// rect is where the rectangle r of a picture of size s lies in pose p.
func (p pose) rect(r modifier.Rect, s modifier.Size) modifier.Rect {
	if p.transpose {
		r = modifier.Rect{X: r.Y, Y: r.X, W: r.H, H: r.W}
		s = modifier.Size{W: s.H, H: s.W}
	}
	if p.flipX {
		r.X = s.W - r.X - r.W
	}
	if p.flipY {
		r.Y = s.H - r.Y - r.H
	}
	return r
}

// streams reports whether a picture can take pose p while its rows come in
// order: it may be mirrored left to right, and nothing else.
func (p pose) streams() bool { return !p.transpose && !p.flipY }
