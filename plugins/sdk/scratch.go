package sdk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/exportd/exportd/plugins/pluginpb"
)

// inScratch gives the path of a file that the host names.
func (s *server) inScratch(ref *pluginpb.FileRef) (string, error) {
	name, folder := ref.GetName(), s.scratch()
	if name == "" || name == "." || name == ".." || name != filepath.Base(name) {
		return "", fmt.Errorf("the host names the file %q, which is no base name", name)
	}
	if folder == "" {
		return "", errors.New("the host names a file, but it has configured no scratch folder")
	}
	return filepath.Join(folder, name), nil
}

// mapPixels maps the first size bytes of a file of pixels.
func (s *server) mapPixels(ref *pluginpb.FileRef, size int) (pixels []byte, unmap func(), err error) {
	path, err := s.inScratch(ref)
	if err != nil {
		return nil, nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	// Reading beyond the end of a mapped file would kill the process.
	if ref.GetSize() < uint64(size) || info.Size() < int64(size) {
		return nil, nil, fmt.Errorf("the picture has %d bytes, the file of its pixels %d", size, min(info.Size(), int64(ref.GetSize())))
	}
	pixels, err = unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, fmt.Errorf("map the pixels: %w", err)
	}
	return pixels, func() { _ = unix.Munmap(pixels) }, nil
}

// output is where an encoder writes: to the file that the host made, or to the
// stream.
type output struct {
	ctx  context.Context
	file *os.File
	send func([]byte) error
	buf  []byte
	size int64
}

func (s *server) newOutput(ctx context.Context, ref *pluginpb.FileRef, send func([]byte) error) (*output, error) {
	out := &output{ctx: ctx, send: send, buf: make([]byte, 0, 64<<10)}
	if ref == nil {
		return out, nil
	}
	path, err := s.inScratch(ref)
	if err != nil {
		return nil, err
	}
	out.file, err = os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	return out, err
}

// Write gathers small writes.
func (o *output) Write(p []byte) (int, error) {
	o.size += int64(len(p))
	written := len(p)
	for len(p) > 0 {
		n := min(len(p), cap(o.buf)-len(o.buf))
		o.buf = append(o.buf, p[:n]...)
		p = p[n:]
		if len(o.buf) == cap(o.buf) {
			if err := o.flush(); err != nil {
				return 0, err
			}
		}
	}
	return written, nil
}

func (o *output) flush() error {
	if err := o.ctx.Err(); err != nil {
		return err
	}
	if len(o.buf) == 0 {
		return nil
	}
	defer func() { o.buf = o.buf[:0] }()
	if o.file == nil {
		return o.send(o.buf)
	}
	_, err := o.file.Write(o.buf)
	return err
}

func (o *output) close() {
	if o.file != nil {
		_ = o.file.Close()
	}
}
