package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
	"google.golang.org/grpc"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// Request is a picture to be encoded.
type Request struct {
	Plugin  string
	Encoder string
	Params  string // JSON; "" for none
	Image   *pluginpb.ImageHeader
	Wish    *pluginpb.Wish
	Call    *pluginpb.CallContext
	// Fill writes the pixels, laid out as Image says: all of them into one slice of
	// mapped memory. It is called once.
	Fill func(context.Context, []byte) error
	// Into takes the result. It is called when the result is known to be whole, once.
	Into io.Writer
}

// Encode encodes a picture and gives the plugin's warnings. Its errors are diags of
// the asset (E-PLUGIN-CRASH, -FAILED, -TIME, -RESULT, -DOWN), those of a plugin that
// does not start, those of Fill and Into, and that of ctx.
func (h *Host) Encode(ctx context.Context, r Request) ([]string, error) {
	p, err := h.pool(r.Plugin)
	if err != nil {
		return nil, err
	}
	size := int64(r.Image.GetStride()) * int64(r.Image.GetHeight()) * int64(r.Image.GetFrames())
	seg, err := p.scratch.take(size)
	if err != nil {
		return nil, diag.New(diag.TargetFull, "pixels for plugin %s: %w", r.Plugin, err).WithHint("make room in /dev/shm, or in the folder for temporary files")
	}
	defer p.scratch.give(seg)
	if err := r.Fill(ctx, seg.data[:size]); err != nil {
		return nil, err
	}
	var warnings []string
	err = p.call(ctx, 0, func(ctx context.Context, in *instance) error {
		result, err := in.encode(ctx, r, seg, size)
		if err != nil {
			return err
		}
		defer result.discard()
		warnings = result.warnings
		return result.copy(r.Into)
	})
	return warnings, err
}

// result is what a call gave: a file in the scratch folder, ours or the plugin's.
type result struct {
	file     *os.File
	size     int64
	warnings []string
}

func (r *result) copy(w io.Writer) error {
	if _, err := r.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := io.CopyN(w, r.file, r.size)
	return err
}

func (r *result) discard() {
	_ = os.Remove(r.file.Name())
	_ = r.file.Close()
}

// encode makes one call.
func (in *instance) encode(ctx context.Context, r Request, seg *segment, size int64) (*result, error) {
	p := in.pool
	name, err := p.scratch.output()
	if err != nil {
		return nil, diag.New(diag.TargetFull, "a file for the result of plugin %s: %w", r.Plugin, err)
	}
	path := filepath.Join(p.scratch.dir, name)
	open := &pluginpb.EncodeOpen{Encoder: r.Encoder, ParamsJson: r.Params, Image: r.Image, Wish: r.Wish, Call: r.Call}
	files := p.card.GetCapabilities().GetFileHandoff()
	if files {
		open.Pixels = &pluginpb.FileRef{Name: seg.name, Size: uint64(size)}
		open.Output = &pluginpb.FileRef{Name: name}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done, sent, err := in.converse(ctx, open, seg.data[:size], path, files)
	if err == nil {
		var res *result
		if res, err = in.check(done, sent, path); err == nil {
			return res, nil
		}
	}
	_ = os.Remove(path)
	return nil, err
}

// converse carries out the stream of a call. What comes as data goes to the file
// at path.
func (in *instance) converse(ctx context.Context, open *pluginpb.EncodeOpen, pixels []byte, path string, files bool) (done *pluginpb.EncodeDone, sent int64, err error) {
	stream, err := in.encoder.Encode(ctx)
	if err != nil {
		return nil, 0, in.failed(ctx, err, nil)
	}
	sender := make(chan struct{})
	go func() {
		defer close(sender)
		send(stream, open, pixels, files)
	}()
	defer func() { <-sender }()
	var out *os.File
	defer func() {
		if out != nil {
			err = errors.Join(err, out.Close())
		}
	}()
	for {
		m, err := stream.Recv()
		switch {
		case errors.Is(err, io.EOF):
			return done, sent, nil
		case err != nil:
			return nil, 0, in.failed(ctx, err, stream.Trailer())
		case done != nil:
			return nil, 0, in.wrong("it went on after the end of its result")
		case m.GetDone() != nil:
			done = m.GetDone()
			continue
		}
		if out == nil {
			if out, err = os.OpenFile(path, os.O_WRONLY, 0); err != nil {
				return nil, 0, diag.New(diag.TargetFull, "keep the result of plugin %s: %w", in.pool.plugin.Name, err)
			}
		}
		if sent += int64(len(m.GetData())); sent > in.pool.plugin.Options.Output {
			return nil, 0, in.wrong(fmt.Sprintf("its result has more than the %d bytes allowed", in.pool.plugin.Options.Output))
		}
		if _, err := out.Write(m.GetData()); err != nil {
			return nil, 0, diag.New(diag.TargetFull, "keep the result of plugin %s: %w", in.pool.plugin.Name, err)
		}
	}
}

// send sends open and, where the plugin takes no files, the pixels in strips. An
// error is not looked at: what is wrong is said where the answer is received.
func send(stream grpc.BidiStreamingClient[pluginpb.EncodeRequest, pluginpb.EncodeResponse], open *pluginpb.EncodeOpen, pixels []byte, files bool) {
	defer func() { _ = stream.CloseSend() }()
	if stream.Send(&pluginpb.EncodeRequest{Part: &pluginpb.EncodeRequest_Open{Open: open}}) != nil || files {
		return
	}
	height, stride := int(open.GetImage().GetHeight()), int(open.GetImage().GetStride())
	most := max(1, pluginpb.MaxStrip/stride)
	for frame := range int(open.GetImage().GetFrames()) {
		for top := 0; top < height; top += most {
			rows := min(most, height-top)
			strip := &pluginpb.PixelStrip{Frame: uint32(frame), Top: uint32(top), Rows: uint32(rows), Data: pixels[(frame*height+top)*stride:][:rows*stride]}
			if stream.Send(&pluginpb.EncodeRequest{Part: &pluginpb.EncodeRequest_Strip{Strip: strip}}) != nil {
				return
			}
		}
	}
}

// check compares what the plugin says of its result with what is there.
func (in *instance) check(done *pluginpb.EncodeDone, sent int64, path string) (*result, error) {
	if done == nil {
		return nil, in.wrong("it ended without saying that its result is whole")
	}
	// The plugin may have put anything in place of the file.
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, in.wrong("the file of its result is gone")
	}
	info, err := f.Stat()
	found := int64(0)
	if err == nil {
		found = info.Size()
	}
	problem := ""
	switch says := int64(done.GetSize()); {
	case err != nil || !info.Mode().IsRegular():
		problem = "the file of its result is no regular file any more"
	case !done.GetInFile() && found != sent:
		problem = "it wrote to the file of its result and sent data as well"
	case says == 0 && found == 0:
		problem = "its result is empty"
	case says != found:
		problem = fmt.Sprintf("it says that its result has %d bytes, there are %d", says, found)
	case found > in.pool.plugin.Options.Output:
		problem = fmt.Sprintf("its result has %d bytes, allowed are %d", found, in.pool.plugin.Options.Output)
	}
	if problem != "" {
		_ = f.Close()
		return nil, in.wrong(problem)
	}
	res := &result{file: f, size: found}
	for i, w := range done.GetWarnings() {
		if i == pluginpb.MaxWarnings {
			break
		}
		res.warnings = append(res.warnings, plain(w))
	}
	return res, nil
}

// wrong is a result that cannot be right.
func (in *instance) wrong(what string) *diag.Diag {
	return diag.New(diag.PluginResult, "plugin %s: %s", in.pool.plugin.Name, what)
}
