package plugintest

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/exportd/exportd/plugins/pluginpb"
)

// picture is a made picture as it goes over the wire.
type picture struct {
	header *pluginpb.ImageHeader
	pixels []byte
}

// shape is what a picture may differ in.
type shape struct {
	width, height int
	format        pluginpb.SampleFormat
	space         pluginpb.ColourSpace
	alpha         bool
	frames        int
	padding       int // bytes behind each row
	icc           bool
}

// make makes a picture that is no two pixels alike for long: a gradient with a
// pattern over it, the same every time.
func (s shape) make() *picture {
	bands := pluginpb.Bands(s.space)
	if s.alpha {
		bands++
	}
	size := pluginpb.SampleSize(s.format)
	stride := s.width*bands*size + s.padding
	frames := max(1, s.frames)
	h := &pluginpb.ImageHeader{
		Width: uint32(s.width), Height: uint32(s.height), Bands: uint32(bands), SampleFormat: s.format, ColourSpace: s.space,
		Alpha: s.alpha, Stride: uint64(stride), Frames: uint32(frames), Dpi: 72,
	}
	if frames > 1 {
		h.DelaysMs = slices.Repeat([]uint32{40}, frames)
	}
	if s.icc {
		h.IccProfile = profile()
	}
	pixels := make([]byte, stride*s.height*frames)
	for row := range s.height * frames {
		line := pixels[row*stride:]
		for x := range s.width {
			for b := range bands {
				v := uint32(x*7+row*13+b*50+(x*row)%5) % 256
				put(line[(x*bands+b)*size:], s.format, v)
			}
		}
		for i := range s.padding {
			line[s.width*bands*size+i] = 0xa5
		}
	}
	return &picture{header: h, pixels: pixels}
}

// put writes a sample of 0..255 in its format.
func put(to []byte, format pluginpb.SampleFormat, v uint32) {
	switch format {
	case pluginpb.SampleFormat_SAMPLE_FORMAT_UINT16:
		binary.NativeEndian.PutUint16(to, uint16(v*257))
	case pluginpb.SampleFormat_SAMPLE_FORMAT_FLOAT32:
		binary.NativeEndian.PutUint32(to, math.Float32bits(float32(v)/255))
	default:
		to[0] = byte(v)
	}
}

// profile is the smallest thing that has the form of an ICC profile: a header with
// its length and no tags (ICC.1:2010 7.2).
func profile() []byte {
	p := make([]byte, 132)
	binary.BigEndian.PutUint32(p, 132)
	binary.BigEndian.PutUint32(p[8:], 0x02400000)
	copy(p[12:], "mntrRGB XYZ ")
	copy(p[36:], "acsp")
	return p
}

// shapes are the pictures that an encoder has to take, given what it declares.
func shapes(e *pluginpb.EncoderInfo) []shape {
	edge := int(e.GetMaxEdge())
	if edge == 0 || edge > 65_535 {
		edge = 65_535
	}
	var all []shape
	for _, format := range e.GetSampleFormats() {
		for _, space := range e.GetColourSpaces() {
			for _, alpha := range []bool{false, true} {
				if alpha && !e.GetAlpha() {
					continue
				}
				s := shape{format: format, space: space, alpha: alpha}
				for _, size := range [][3]int{{1, 1, 0}, {1, min(edge, 4096), 0}, {min(edge, 4096), 1, 0}, {min(edge, 37), min(edge, 23), 0}, {min(edge, 37), min(edge, 23), 5}} {
					s.width, s.height, s.padding = size[0], size[1], size[2]
					all = append(all, s)
				}
			}
		}
	}
	first := shape{format: e.GetSampleFormats()[0], space: e.GetColourSpaces()[0], alpha: e.GetAlpha()}
	long := first
	long.width, long.height = 1, edge
	all = append(all, long)
	if e.GetAnimation() {
		moving := first
		moving.width, moving.height, moving.frames = min(edge, 16), min(edge, 9), 3
		all = append(all, moving)
	}
	if e.GetIccProfile() {
		tagged := first
		tagged.width, tagged.height, tagged.icc = min(edge, 16), min(edge, 9), true
		all = append(all, tagged)
	}
	return all
}

// usual is an ordinary picture for an encoder, at most edge pixels wide and high.
func usual(e *pluginpb.EncoderInfo, edge int) *picture {
	if most := int(e.GetMaxEdge()); most > 0 {
		edge = min(edge, most)
	}
	return shape{width: edge, height: edge, format: e.GetSampleFormats()[0], space: e.GetColourSpaces()[0], alpha: e.GetAlpha()}.make()
}
