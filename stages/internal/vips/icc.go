package vips

import (
	"encoding/binary"
	"math"
)

// profile is what an ICC profile says in its header and its matrix tags
// (ICC.1:2010). libvips hands the bytes on unseen, so they are judged here.
type profile struct {
	space Space // "" for one that is neither RGB, gray nor CMYK
	sRGB  bool  // its primaries and curves are those of sRGB
}

// parseProfile reads data; ok is false when it is no profile at all.
func parseProfile(data []byte) (p profile, ok bool) {
	if len(data) < 132 || string(data[36:40]) != "acsp" {
		return profile{}, false
	}
	if size := binary.BigEndian.Uint32(data); int64(size) > int64(len(data)) {
		return profile{}, false
	}
	switch string(data[16:20]) {
	case "RGB ":
		p.space = SpaceRGB
	case "GRAY":
		p.space = SpaceGray
	case "CMYK":
		p.space = SpaceCMYK
	}
	p.sRGB = p.space == SpaceRGB && isSRGB(data)
	return p, true
}

// sRGBColumns are the primaries of sRGB adapted to D50, as every sRGB profile
// holds them within a few thousandths.
var sRGBColumns = [3][3]float64{{0.4361, 0.2225, 0.0139}, {0.3851, 0.7169, 0.0971}, {0.1431, 0.0606, 0.7141}}

// isSRGB compares primaries and curves. A profile with a lookup table is never
// taken for sRGB: it may render otherwise.
func isSRGB(data []byte) bool {
	if tag(data, "A2B0") != nil {
		return false
	}
	for i, name := range []string{"r", "g", "b"} {
		xyz, curve := tag(data, name+"XYZ"), tag(data, name+"TRC")
		if len(xyz) < 20 || curve == nil {
			return false
		}
		for j, want := range sRGBColumns[i] {
			if math.Abs(fixed(xyz[8+4*j:])-want) > 0.003 {
				return false
			}
		}
		if !isSRGBCurve(curve) {
			return false
		}
	}
	return true
}

// isSRGBCurve compares at five points; plain gamma 2.2 differs by more than this
// in the shadows.
func isSRGBCurve(curve []byte) bool {
	for _, x := range []float64{0.02, 0.1, 0.2, 0.5, 0.8} {
		y, ok := evaluate(curve, x)
		if want := linear(x); !ok || math.Abs(y-want) > 0.0005+0.01*want {
			return false
		}
	}
	return true
}

// linear is the sRGB curve from stored value to light, 0..1.
func linear(x float64) float64 {
	if x <= 0.04045 {
		return x / 12.92
	}
	return math.Pow((x+0.055)/1.055, 2.4)
}

// evaluate gives a curve's value at x: a table or a gamma ("curv"), or the
// parametric form of sRGB ("para", type 3).
func evaluate(curve []byte, x float64) (float64, bool) {
	if len(curve) < 12 {
		return 0, false
	}
	switch string(curve[:4]) {
	case "curv":
		return table(curve, x)
	case "para":
		if binary.BigEndian.Uint16(curve[8:]) != 3 || len(curve) < 32 {
			return 0, false
		}
		g, a, b, c, d := fixed(curve[12:]), fixed(curve[16:]), fixed(curve[20:]), fixed(curve[24:]), fixed(curve[28:])
		if x < d {
			return c * x, true
		}
		return math.Pow(a*x+b, g), true
	}
	return 0, false
}

func table(curve []byte, x float64) (float64, bool) {
	n := int(binary.BigEndian.Uint32(curve[8:]))
	if n < 2 || n > 1<<16 || len(curve) < 12+2*n {
		return 0, false // a plain gamma, or a broken table
	}
	at := x * float64(n-1)
	i := min(int(at), n-2)
	lo, hi := binary.BigEndian.Uint16(curve[12+2*i:]), binary.BigEndian.Uint16(curve[14+2*i:])
	return (float64(lo) + (at-float64(i))*(float64(hi)-float64(lo))) / 65535, true
}

// tag gives the bytes of a tag, nil when it is absent or out of bounds.
func tag(data []byte, name string) []byte {
	n := int64(binary.BigEndian.Uint32(data[128:]))
	for i := int64(0); i < n && 132+12*(i+1) <= int64(len(data)); i++ {
		e := data[132+12*i:]
		if string(e[:4]) != name {
			continue
		}
		from, size := int64(binary.BigEndian.Uint32(e[4:])), int64(binary.BigEndian.Uint32(e[8:]))
		if from+size > int64(len(data)) {
			return nil
		}
		return data[from : from+size]
	}
	return nil
}

// fixed reads an s15Fixed16Number.
func fixed(b []byte) float64 {
	return float64(int32(binary.BigEndian.Uint32(b))) / 65536
}
