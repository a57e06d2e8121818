package plugintest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/exportd/exportd/plugins/pluginpb"
)

// callTime bounds one call of the kit.
const callTime = 30 * time.Second

// call is one use of an encoder.
type call struct {
	encoder string
	params  string // JSON; "" is none
	picture *picture
	files   bool          // hand pixels and result over in files
	rows    int           // how many rows are sent as strips before the host stops; 0 is all
	cancel  time.Duration // when it is cancelled after its start; 0 is never
	pixels  string        // the name of the file of pixels; "" for one that is right
}

// encode makes the call and gives the result, whole and as long as the plugin says.
func (p *process) encode(ctx context.Context, c call) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	if c.params == "" {
		c.params = "{}"
	}
	open := &pluginpb.EncodeOpen{
		Encoder: c.encoder, ParamsJson: c.params, Image: c.picture.header, Wish: &pluginpb.Wish{Quality: 80},
		Call: &pluginpb.CallContext{Job: "plugintest", Asset: "made", Stage: "encode", Attempt: 1},
	}
	output := ""
	if c.files {
		var err error
		if output, err = p.handOver(open, c); err != nil {
			return nil, err
		}
	}
	stream, err := p.encoder.Encode(ctx)
	if err != nil {
		return nil, err
	}
	if c.cancel > 0 {
		defer time.AfterFunc(c.cancel, cancel).Stop()
	}
	sent := make(chan struct{})
	defer func() { cancel(); <-sent }()
	go func() {
		defer close(sent)
		defer func() { _ = stream.CloseSend() }()
		if stream.Send(&pluginpb.EncodeRequest{Part: &pluginpb.EncodeRequest_Open{Open: open}}) == nil && !c.files {
			sendRows(stream.Send, c)
		}
	}()
	var data []byte
	var done *pluginpb.EncodeDone
	for {
		m, err := stream.Recv()
		switch {
		case errors.Is(err, io.EOF):
			return result(done, data, output)
		case err != nil:
			return nil, failure(err, stream.Trailer())
		case done != nil:
			return nil, breaks("end the call after done", "it sent more after done")
		case m.GetDone() != nil:
			done = m.GetDone()
		case len(m.GetData()) > pluginpb.MaxData:
			return nil, breaks("send at most 1 MiB in one message", "a message of %d bytes", len(m.GetData()))
		default:
			data = append(data, m.GetData()...)
		}
	}
}

// handOver puts the pixels into a file and makes one for the result.
func (p *process) handOver(open *pluginpb.EncodeOpen, c call) (output string, err error) {
	name := c.pixels
	if name == "" {
		f, err := os.CreateTemp(p.scratch, "pixels-*")
		if err != nil {
			return "", err
		}
		// Files are reused, so there may be more behind the pixels.
		_, err = f.Write(append(c.picture.pixels[:len(c.picture.pixels):len(c.picture.pixels)], make([]byte, 4096)...))
		if err = errors.Join(err, f.Close()); err != nil {
			return "", err
		}
		name = filepath.Base(f.Name())
	}
	out, err := os.CreateTemp(p.scratch, "output-*")
	if err != nil {
		return "", err
	}
	open.Pixels = &pluginpb.FileRef{Name: name, Size: uint64(len(c.picture.pixels))}
	open.Output = &pluginpb.FileRef{Name: filepath.Base(out.Name())}
	return out.Name(), out.Close()
}

// sendRows sends the pixels in strips, or the first rows of them.
func sendRows(send func(*pluginpb.EncodeRequest) error, c call) {
	h := c.picture.header
	height, stride := int(h.GetHeight()), int(h.GetStride())
	most := max(1, pluginpb.MaxStrip/stride)
	left := height * int(h.GetFrames())
	if c.rows > 0 {
		left = c.rows
	}
	for frame := range int(h.GetFrames()) {
		for top := 0; top < height && left > 0; {
			rows := min(most, height-top, left)
			strip := &pluginpb.PixelStrip{Frame: uint32(frame), Top: uint32(top), Rows: uint32(rows), Data: c.picture.pixels[(frame*height+top)*stride:][:rows*stride]}
			if send(&pluginpb.EncodeRequest{Part: &pluginpb.EncodeRequest_Strip{Strip: strip}}) != nil {
				return
			}
			top += rows
			left -= rows
		}
	}
}

// result compares what is there with what the plugin says.
func result(done *pluginpb.EncodeDone, data []byte, output string) ([]byte, error) {
	if done == nil {
		return nil, breaks("send done as the last message", "the call ended without done")
	}
	if done.GetInFile() {
		if output == "" {
			return nil, breaks("send the result as data when open names no output", "it says that the result is in a file, and there is none")
		}
		var err error
		if data, err = os.ReadFile(output); err != nil {
			return nil, breaks("write into the file that is there", "the file of the result is gone")
		}
	}
	if done.GetSize() != uint64(len(data)) || len(data) == 0 {
		return nil, breaks("EncodeDone.size is the length of the result, which is at least 1", "it says that the result has %d bytes, there are %d", done.GetSize(), len(data))
	}
	return data, nil
}

// refusal is a call that the plugin refused.
type refusal struct {
	code    codes.Code
	message string
	failure *pluginpb.Failure // nil where it gave none
}

func (r *refusal) Error() string { return r.message }

func failure(err error, trailer metadata.MD) error {
	s, _ := status.FromError(err)
	r := &refusal{code: s.Code(), message: s.Message()}
	if texts := trailer.Get(pluginpb.FailureTrailer); len(texts) > 0 {
		f := &pluginpb.Failure{}
		if proto.Unmarshal([]byte(texts[0]), f) == nil {
			r.failure = f
		}
	}
	return r
}

// goesOn makes sure that the process still works.
func (p *process) goesOn(ctx context.Context, e *pluginpb.EncoderInfo) error {
	_, err := p.encode(ctx, call{encoder: e.GetName(), picture: usual(e, 8), params: exampleOf(e)})
	if err != nil {
		return breaks("a call that fails ends that call alone", "after that an ordinary call fails: %v", err)
	}
	return nil
}

func cardText(c *pluginpb.DescribeResponse) string {
	return protojson.Format(c)
}

func describeShape(p *picture) string {
	h := p.header
	return fmt.Sprintf("%dx%d, %d bands of %v, %v, alpha %v, %d frames, rows of %d bytes", h.GetWidth(), h.GetHeight(), h.GetBands(), h.GetSampleFormat(), h.GetColourSpace(), h.GetAlpha(), h.GetFrames(), h.GetStride())
}
