package shelf

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/plugins/host"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// Encoder gives an encoder of a plugin by name; the only one when name is "".
func (e *Entry) Encoder(name string) (*pluginpb.EncoderInfo, error) {
	var names []string
	for _, info := range e.Card.GetEncoders() {
		names = append(names, info.GetName())
		if info.GetName() == name || name == "" && (len(e.Card.GetEncoders()) == 1 || info.GetName() == e.Name) {
			return info, nil
		}
	}
	switch {
	case len(names) == 0:
		return nil, diag.New(diag.PluginUnknown, "plugin %s has no encoders", e.Name)
	case name == "":
		return nil, diag.New(diag.PluginUnknown, "plugin %s has several encoders", e.Name).WithHint("name one of plugin:%s/%s", e.Name, strings.Join(names, ", plugin:"+e.Name+"/"))
	}
	return nil, diag.New(diag.PluginUnknown, "plugin %s has no encoder %q", e.Name, name).WithHint("%s", diag.DidYouMean(name, names, "it has "+strings.Join(names, ", ")))
}

// CheckParams judges the params of an encoder, a JSON object, by its schema.
func (e *Entry) CheckParams(info *pluginpb.EncoderInfo, params string) error {
	schema, err := host.NewSchema(info.GetParamsSchema())
	if err != nil {
		return diag.New(diag.PluginRefused, "plugin %s: %w", e.Name, err)
	}
	return e.judged(info, schema.Check(params))
}

// Pixels are the pixels of a picture as exportd has them: 8 bits a sample.
type Pixels struct {
	Width, Height int
	Space         pluginpb.ColourSpace
	Alpha         bool
}

// sampleFormat is the format that an encoder gets: 8 bits where it takes them, for
// that is what there is.
func sampleFormat(info *pluginpb.EncoderInfo) pluginpb.SampleFormat {
	if slices.Contains(info.GetSampleFormats(), pluginpb.SampleFormat_SAMPLE_FORMAT_UINT8) {
		return pluginpb.SampleFormat_SAMPLE_FORMAT_UINT8
	}
	return info.GetSampleFormats()[0]
}

// Header says how an encoder gets pixels.
func Header(info *pluginpb.EncoderInfo, p Pixels) *pluginpb.ImageHeader {
	format := sampleFormat(info)
	bands := pluginpb.Bands(p.Space)
	if p.Alpha {
		bands++
	}
	return &pluginpb.ImageHeader{
		Width: uint32(p.Width), Height: uint32(p.Height), Bands: uint32(bands), SampleFormat: format, ColourSpace: p.Space, Alpha: p.Alpha,
		Stride: uint64(p.Width * bands * pluginpb.SampleSize(format)), Frames: 1,
	}
}

// Convert writes samples of 8 bits, of pixels with some bands, as an encoder takes
// them. Where pixels have alpha and the encoder takes none, it is left out.
func Convert(info *pluginpb.EncoderInfo, from []byte, bands int, into []byte) error {
	size := pluginpb.SampleSize(sampleFormat(info))
	pixels := len(from) / bands
	if pixels == 0 || len(into)%(pixels*size) != 0 {
		return fmt.Errorf("%d bytes for %d pixels", len(into), pixels)
	}
	keep := len(into) / (pixels * size)
	for i := range pixels {
		for b := range keep {
			put(into[(i*keep+b)*size:], size, from[i*bands+b])
		}
	}
	return nil
}

// put writes one sample.
func put(into []byte, size int, v byte) {
	switch size {
	case 1:
		into[0] = v
	case 2:
		binary.NativeEndian.PutUint16(into, uint16(v)*257)
	case 4:
		binary.NativeEndian.PutUint32(into, math.Float32bits(float32(v)/255))
	}
}
