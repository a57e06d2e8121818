package explain

import (
	"fmt"
	"io"

	"github.com/exportd/exportd/engine/modifier"
)

// Geometry is modifier.Geometry for people and programs: sizes in pixels, each
// step in the space of the one before.
type Geometry struct {
	Source    Box        `json:"source"`    // upright
	Crop      Box        `json:"crop"`      // of the source
	Composite Box        `json:"composite"` // the crop, rotated
	Region    Box        `json:"region"`    // of the composite
	Scale     [2]float64 `json:"scale"`     // reply pixels per pixel of the region
	Image     Box        `json:"image"`     // the region scaled, where it lies in the view
	View      Box        `json:"view"`      // the reply
}

// Box is a rectangle.
type Box struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

// GeometryOf gives the steps of g.
func GeometryOf(g modifier.Geometry) *Geometry {
	return &Geometry{
		Source: box(g.Source), Crop: Box(g.Crop), Composite: box(g.Comp), Region: Box(g.Rgn),
		Scale: [2]float64{g.ScaleX, g.ScaleY},
		Image: Box{g.Offset[0], g.Offset[1], g.Image.W, g.Image.H}, View: box(g.View),
	}
}

func box(s modifier.Size) Box { return Box{W: s.W, H: s.H} }

// Print writes a line for each step, indented.
func (g *Geometry) Print(w io.Writer) {
	for _, step := range []struct{ name, text string }{
		{"source", size(g.Source)},
		{"crop", at(g.Crop)},
		{"composite", size(g.Composite)},
		{"region", at(g.Region)},
		{"scale", scale(g.Scale)},
		{"image", at(g.Image)},
		{"view", size(g.View)},
	} {
		fmt.Fprintf(w, "    %-10s%s\n", step.name, step.text)
	}
}

func size(b Box) string { return fmt.Sprintf("%dx%d", b.W, b.H) }

func at(b Box) string { return fmt.Sprintf("%s at %d,%d", size(b), b.X, b.Y) }

func scale(s [2]float64) string {
	if s[0] == s[1] {
		return fmt.Sprintf("%.6g", s[0])
	}
	return fmt.Sprintf("%.6g across, %.6g down", s[0], s[1])
}
