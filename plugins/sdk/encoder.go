package sdk

import (
	"fmt"

	"google.golang.org/grpc"

	"github.com/exportd/exportd/plugins/pluginpb"
)

// EncodeCall is what an encoder is asked to do.
type EncodeCall struct {
	Encoder string // the name it is called by
	Image   *Image
	Params  Params
	// Quality is qlt of the modifier, 1..100. Params are stronger than this and the
	// next two.
	Quality    int
	Lossless   bool // fmt=…,…,lossless
	FullChroma bool // no chroma sub-sampling

	warnings []string
}

// Warn adds what people should know about the result, one sentence. Beyond 16 they
// are dropped.
func (c *EncodeCall) Warn(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); len(c.warnings) < pluginpb.MaxWarnings {
		c.warnings = append(c.warnings, text[:min(len(text), pluginpb.MaxWarning)])
	}
}

type encoderService struct {
	pluginpb.UnimplementedEncoderServiceServer
	*server
}

// Encode serves one call.
func (s encoderService) Encode(stream grpc.BidiStreamingServer[pluginpb.EncodeRequest, pluginpb.EncodeResponse]) error {
	first, err := stream.Recv()
	if err != nil {
		return err
	}
	open := first.GetOpen()
	if open == nil {
		return Unsupported("the call does not begin with open")
	}
	info, ok := s.plugin.encoder(open.GetEncoder())
	if !ok {
		return Unsupported("there is no encoder %q", open.GetEncoder())
	}
	call := &EncodeCall{Encoder: info.Name, Quality: int(open.GetWish().GetQuality()), Lossless: open.GetWish().GetLossless(), FullChroma: open.GetWish().GetFullChroma()}
	if call.Params, err = newParams(open.GetParamsJson(), info.Params); err != nil {
		return err
	}
	if call.Image, err = newImage(open.GetImage()); err != nil {
		return err
	}
	ctx := s.logged(stream.Context(), open.GetCall())
	call.Image.ended = ctx.Err
	call.Image.next = func() (*pluginpb.PixelStrip, error) {
		m, err := stream.Recv()
		return m.GetStrip(), err
	}
	if ref := open.GetPixels(); ref != nil {
		pixels, unmap, err := s.mapPixels(ref, call.Image.size())
		if err != nil {
			return err
		}
		defer unmap()
		call.Image.pixels = pixels
	}
	out, err := s.newOutput(ctx, open.GetOutput(), func(data []byte) error {
		return stream.Send(&pluginpb.EncodeResponse{Part: &pluginpb.EncodeResponse_Data{Data: data}})
	})
	if err != nil {
		return err
	}
	defer out.close()
	if err := info.Encoder.Encode(ctx, call, out); err != nil {
		return err
	}
	if err := out.flush(); err != nil {
		return err
	}
	if out.size == 0 {
		return fmt.Errorf("encoder %s wrote nothing", info.Name)
	}
	done := &pluginpb.EncodeDone{Size: uint64(out.size), InFile: out.file != nil, Warnings: call.warnings}
	return stream.Send(&pluginpb.EncodeResponse{Part: &pluginpb.EncodeResponse_Done{Done: done}})
}
