package sdk

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"time"

	"github.com/exportd/exportd/plugins/pluginpb"
)

// SampleFormat is the type of a sample.
type SampleFormat pluginpb.SampleFormat

// The formats: 0..255, 0..65535, and 0..1 in single precision, each in the byte
// order of the machine.
const (
	Uint8   = SampleFormat(pluginpb.SampleFormat_SAMPLE_FORMAT_UINT8)
	Uint16  = SampleFormat(pluginpb.SampleFormat_SAMPLE_FORMAT_UINT16)
	Float32 = SampleFormat(pluginpb.SampleFormat_SAMPLE_FORMAT_FLOAT32)
)

// Size is the size of a sample in bytes.
func (f SampleFormat) Size() int { return pluginpb.SampleSize(pluginpb.SampleFormat(f)) }

// ColourSpace says what the bands are, alpha apart.
type ColourSpace pluginpb.ColourSpace

// The spaces: one band, three, and four with 0 for no ink.
const (
	Grey = ColourSpace(pluginpb.ColourSpace_COLOUR_SPACE_GREY)
	RGB  = ColourSpace(pluginpb.ColourSpace_COLOUR_SPACE_RGB)
	CMYK = ColourSpace(pluginpb.ColourSpace_COLOUR_SPACE_CMYK)
)

// Bands is how many bands the space has.
func (s ColourSpace) Bands() int { return pluginpb.Bands(pluginpb.ColourSpace(s)) }

// Image is a picture to be encoded. Samples of a pixel follow one another, alpha
// last and not premultiplied; rows come from the top, and EXIF orientation has
// been applied.
type Image struct {
	Width, Height int // pixels of a frame
	Bands         int // 1..5, alpha included
	Samples       SampleFormat
	Space         ColourSpace
	Alpha         bool            // the last band is alpha
	Frames        int             // at least 1
	Delays        []time.Duration // of each frame, when there are several
	Loops         int             // 0 is for ever
	ICC           []byte          // nil for none
	XMP           []byte          // to be embedded; nil for none
	DPI           float64         // 0 for not said

	stride int
	pixels []byte                               // all of them, when they came by file
	next   func() (*pluginpb.PixelStrip, error) // else the next of them
	ended  func() error                         // why the call has ended, nil while it goes on
	begun  bool
}

// errTwice is a mistake that an author sees at once.
var errTwice = errors.New("the rows of the picture were read already; read them once, or call Pixels")

// newImage checks what the host says of a picture.
func newImage(h *pluginpb.ImageHeader) (*Image, error) {
	m := &Image{
		Width: int(h.GetWidth()), Height: int(h.GetHeight()), Bands: int(h.GetBands()), Samples: SampleFormat(h.GetSampleFormat()),
		Space: ColourSpace(h.GetColourSpace()), Alpha: h.GetAlpha(), Frames: int(h.GetFrames()), Loops: int(h.GetLoops()),
		ICC: h.GetIccProfile(), XMP: h.GetXmp(), DPI: h.GetDpi(),
	}
	for _, ms := range h.GetDelaysMs() {
		m.Delays = append(m.Delays, time.Duration(ms)*time.Millisecond)
	}
	want := m.Space.Bands()
	if m.Alpha {
		want++
	}
	switch row := uint64(m.Width) * uint64(m.Bands) * uint64(m.Samples.Size()); {
	case m.Width < 1 || m.Height < 1 || m.Frames < 1 || row == 0 || m.Bands != want:
		return nil, Unsupported("a picture of %d frames of %dx%d with %d bands of %v, %v, makes no sense", m.Frames, m.Width, m.Height, m.Bands, h.GetSampleFormat(), h.GetColourSpace())
	case h.GetStride() < row || h.GetStride() > math.MaxInt64/uint64(m.Height)/uint64(m.Frames):
		return nil, Unsupported("a stride of %d bytes does not fit rows of %d", h.GetStride(), row)
	}
	m.stride = int(h.GetStride())
	return m, nil
}

// RowSize is the length of a row in bytes.
func (m *Image) RowSize() int { return m.Width * m.Bands * m.Samples.Size() }

// size is the length of all pixels as they come, padding included.
func (m *Image) size() int { return m.stride * m.Height * m.Frames }

// Rows gives every row from the top, frame after frame: Height times Frames of
// them, RowSize bytes each. A row is good until the next one, and is only to be
// read. The rows can be read once.
func (m *Image) Rows() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if m.begun {
			yield(nil, errTwice)
			return
		}
		m.begun = true
		if m.pixels != nil {
			for i := range m.Height * m.Frames {
				if err := m.ended(); err != nil {
					yield(nil, err)
					return
				}
				if !yield(m.pixels[i*m.stride:][:m.RowSize()], nil) {
					return
				}
			}
			return
		}
		for at := 0; at < m.Height*m.Frames; {
			strip, err := m.strip(at)
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range int(strip.GetRows()) {
				if !yield(strip.GetData()[i*m.stride:][:m.RowSize()], nil) {
					return
				}
			}
			at += int(strip.GetRows())
		}
	}
}

// strip receives the strip that starts with the row at, counted over all frames.
func (m *Image) strip(at int) (*pluginpb.PixelStrip, error) {
	s, err := m.next()
	if errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the host stopped at row %d of %d", at, m.Height*m.Frames)
	}
	if err != nil {
		return nil, err
	}
	frame, top, rows := int(s.GetFrame()), int(s.GetTop()), int(s.GetRows())
	if frame*m.Height+top != at || rows < 1 || rows > m.Height-top || len(s.GetData()) != rows*m.stride {
		return nil, fmt.Errorf("the host sent %d bytes for %d rows from row %d of frame %d, row %d was next", len(s.GetData()), rows, top, frame, at)
	}
	return s, nil
}

// Pixels gives all rows without padding in one slice, which is only to be read.
// It costs a copy where they do not lie that way already.
func (m *Image) Pixels() ([]byte, error) {
	if m.pixels != nil && m.stride == m.RowSize() {
		m.begun = true
		return m.pixels[:m.size()], nil
	}
	all := make([]byte, 0, m.RowSize()*m.Height*m.Frames)
	for row, err := range m.Rows() {
		if err != nil {
			return nil, err
		}
		all = append(all, row...)
	}
	return all, nil
}
