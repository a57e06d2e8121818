// Command exportd-plugin-qoi is an example of an encoder: it writes QOI, the
// "Quite OK Image" format, which libvips does not know. fmt=qoi starts to work.
package main

import (
	"context"
	"io"

	"github.com/exportd/exportd/plugins/sdk"
)

func main() {
	sdk.Serve(sdk.Plugin{
		Name: "qoi", Version: "1.0.0", Description: "writes QOI, a fast lossless format", Licence: "Apache-2.0",
		Homepage: "https://qoiformat.org", Deterministic: true, Concurrent: true,
		Encoders: []sdk.EncoderInfo{{
			Name: "qoi", Description: "QOI of 8 bits, with or without alpha", Format: "qoi", Extension: "qoi", MediaType: "image/qoi",
			Samples: []sdk.SampleFormat{sdk.Uint8}, Spaces: []sdk.ColourSpace{sdk.RGB}, Alpha: true,
			Params: []sdk.Param{{
				Name: "colorspace", Type: sdk.String, Enum: []string{"srgb", "linear"}, Default: "srgb",
				Doc: "what the header says of the colours; it changes no pixel",
			}},
			Encoder: encoder{},
		}},
	})
}

type encoder struct{}

// Encode writes the picture row by row, with memory for one row alone.
func (encoder) Encode(_ context.Context, call *sdk.EncodeCall, w io.Writer) error {
	var params struct{ Colorspace string }
	if err := call.Params.Decode(&params); err != nil {
		return err
	}
	img := call.Image
	q := newWriter(w)
	q.header(img.Width, img.Height, img.Bands, params.Colorspace == "linear")
	for row, err := range img.Rows() {
		if err != nil {
			return err
		}
		for i := 0; i < len(row); i += img.Bands {
			p := pixel{row[i], row[i+1], row[i+2], 255}
			if img.Alpha {
				p.a = row[i+3]
			}
			q.pixel(p)
		}
	}
	return q.close()
}
