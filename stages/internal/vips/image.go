//go:build cgo

package vips

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/stages/internal/photoshop"
)

// Image is a picture on its way: opened, and later rendered. It is lazy, so the
// source stays open until the image is closed. One goroutine at a time works on
// an image; [Image.Kill] may be called by any.
type Image struct {
	header Header
	grid   grid
	base   *base
	// work is what the chain has come to; it reads from gate, a copy of what is
	// loaded whose only use is to be killed: killing the image that is being saved
	// would block until the save is over.
	work *govips.ImageRef
	gate *govips.ImageRef
	mu   sync.Mutex // guards gate
	// lazy says that pulling pixels still decodes the source, scaled that it still
	// resizes.
	lazy, scaled bool

	reply *Reply // nil until rendered
	// managed says that the rendered pixels carry their own profile.
	managed bool
	ledger  *asset.Colour // of the rendered pixels
	xmp     []byte        // of the source, unchanged
}

var errClosed = errors.New("the image is closed")

// base is what is loaded, shared by the images that come from it.
type base struct {
	ref  *govips.ImageRef
	src  *source
	refs atomic.Int32
}

func (b *base) release() error {
	if b.refs.Add(-1) > 0 {
		return nil
	}
	b.ref.Close()
	if b.src == nil {
		return nil
	}
	return b.src.Close()
}

// Open reads the header of src, from its start. Format is what its first bytes
// say, "" when nobody looked. The image takes src over and closes it, unless Open
// fails. An error is E-IMAGE-CORRUPT, E-SOURCE-READ or that of ctx.
func Open(ctx context.Context, src asset.Source, format asset.Format) (*Image, error) {
	s := &source{Source: src}
	paths, err := photoshop.Read(s) // before libvips keeps its place in the source
	if err != nil {
		return nil, diag.New(diag.SourceRead, "the source could not be read: %w", err)
	}
	ref, err := load(ctx, s, 1, format)
	if err != nil {
		return nil, err
	}
	h := readHeader(ref)
	h.Premultiplied = paths.Associated && h.Alpha
	h.Paths = embeddedPaths(paths, orientationPose(h.Orientation))
	if readWhole(format) {
		h.Format = format
	}
	m := &Image{header: h, grid: shrunk(h, 1), lazy: true}
	m.base = &base{ref: ref, src: s}
	m.base.refs.Store(1)
	if err := m.begin(ref); err != nil {
		m.base.src = nil // stays the caller's
		_ = m.Close()
		return nil, diag.New(diag.InternalError, "%w", err)
	}
	return m, nil
}

// Shrink loads the picture again at 1/f, f as [Shrink] gives it; 1 does nothing.
func (m *Image) Shrink(ctx context.Context, f int) error {
	if f == 1 {
		return nil
	}
	ref, err := load(ctx, m.base.src, f, m.header.Format)
	if err != nil {
		return err
	}
	old := m.base.ref
	m.base.ref = ref
	m.grid = shrunk(m.header, f)
	m.grid.size = modifier.Size{W: ref.Width(), H: ref.Height()}
	err = m.begin(ref)
	old.Close()
	if err != nil {
		return diag.New(diag.InternalError, "%w", err)
	}
	return nil
}

// load makes libvips read the header of s, from its start, rows in order.
func load(ctx context.Context, s *source, f int, format asset.Format) (*govips.ImageRef, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.ctx.Store(&ctx)
	defer s.ctx.Store(nil)
	if _, err := s.Seek(0, io.SeekStart); err != nil {
		return nil, diag.New(diag.SourceRead, "the source cannot be read from its start: %w", err)
	}
	if readWhole(format) {
		return loadWhole(ctx, s)
	}
	p := govips.NewImportParams()
	p.Access.Set(govips.AccessSequential)
	p.FailOnError.Set(true)
	switch {
	case f > 1 && format == asset.FormatWebP:
		p.WebpScaleFactor.Set(1 / float64(f))
	case f > 1:
		p.JpegShrinkFactor.Set(f)
	}
	ref, err := govips.LoadImageFromReader(s, p)
	if err != nil {
		return nil, blame(ctx, s, true, err)
	}
	armFault(ref)
	return ref, nil
}

// loadWhole reads all of s first.
func loadWhole(ctx context.Context, s *source) (*govips.ImageRef, error) {
	data, err := io.ReadAll(s)
	if err != nil {
		return nil, blame(ctx, s, true, err)
	}
	p := govips.NewImportParams()
	p.FailOnError.Set(true)
	ref, err := govips.LoadImageFromBuffer(data, p)
	if err != nil {
		return nil, blame(ctx, s, true, err)
	}
	return ref, nil
}

// begin starts the chain at ref: a gate, and the work behind it, in one of the
// colour models, without metadata but the profile.
func (m *Image) begin(ref *govips.ImageRef) error {
	if err := m.newGate(ref); err != nil {
		return err
	}
	m.xmp = getXMP(m.work)
	return errors.Join(strip(m.work, true, true), normalise(m.work))
}

// newGate makes ref what is worked on and what is killed.
func (m *Image) newGate(ref *govips.ImageRef) error {
	gate, err := ref.Copy()
	if err != nil {
		return err
	}
	work, err := gate.Copy()
	if err != nil {
		gate.Close()
		return err
	}
	m.mu.Lock()
	old := m.gate
	m.gate = gate
	m.mu.Unlock()
	if m.work != nil {
		m.work.Close()
	}
	if old != nil {
		old.Close()
	}
	m.work = work
	return nil
}

// Header is what the source said, or after Render what the reply is.
func (m *Image) Header() Header { return m.header }

// Width is the full upright width in pixels, whatever was shrunk while loading;
// after Render that of the reply.
func (m *Image) Width() int { return m.header.Size.W }

// Height is the full upright height in pixels, as [Image.Width].
func (m *Image) Height() int { return m.header.Size.H }

// Loaded is the size in pixels of what is loaded, upright.
func (m *Image) Loaded() modifier.Size { return m.grid.pose.size(m.grid.size) }

// Rendered is what the image was rendered to; ok is false before Render.
func (m *Image) Rendered() (r Reply, ok bool) {
	if m.reply == nil {
		return Reply{}, false
	}
	return *m.reply, true
}

// Kill makes whatever computes pixels of the image now fail soon: within some
// milliseconds, but for a WebP encoder that already has its pixels.
func (m *Image) Kill() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.gate != nil {
		m.gate.SetKill(true)
	}
}

// Share gives a second image of the same pixels, for another branch; both are
// closed. Rows can be pulled once only, so pixels that were not materialised are
// computed now.
func (m *Image) Share() (asset.Image, error) {
	if err := m.settle(context.Background()); err != nil {
		return nil, err
	}
	s, err := m.fork()
	if err != nil {
		return nil, diag.New(diag.InternalError, "%w", err)
	}
	return s, nil
}

func (m *Image) fork() (*Image, error) {
	if m.base == nil {
		return nil, errClosed
	}
	s := &Image{header: m.header, grid: m.grid, base: m.base, lazy: m.lazy, scaled: m.scaled, reply: m.reply, managed: m.managed, ledger: m.ledger, xmp: m.xmp}
	if err := s.newGate(m.work); err != nil {
		return nil, err
	}
	m.base.refs.Add(1)
	return s, nil
}

// Materialise computes the pixels and keeps them in memory, so that several
// branches can be rendered from them, in any order of rows. The source is closed
// with the last image that still reads from it.
func (m *Image) Materialise(ctx context.Context) error {
	err := m.pull(ctx, func() error { return copyMemory(m.work) })
	if err != nil {
		return err
	}
	if err := strip(m.work, true, false); err != nil {
		return diag.New(diag.InternalError, "%w", err)
	}
	memory := m.work
	m.work = nil
	if err := m.newGate(memory); err != nil {
		memory.Close()
		return diag.New(diag.InternalError, "%w", err)
	}
	old := m.base
	m.base = &base{ref: memory}
	m.base.refs.Store(1)
	m.lazy, m.scaled = false, false
	return old.release()
}

// pull runs f, which computes pixels, and kills the work when ctx ends.
func (m *Image) pull(ctx context.Context, f func() error) error {
	if m.base == nil {
		return diag.New(diag.InternalError, "%w", errClosed)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.base.src != nil {
		m.base.src.ctx.Store(&ctx)
		defer m.base.src.ctx.Store(nil)
	}
	killed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { defer close(killed); m.Kill() })
	err := f()
	if !stop() {
		<-killed
	}
	if err != nil {
		return blame(ctx, m.base.src, m.lazy, err)
	}
	return ctx.Err()
}

// blame says whose fault it is that pixels could not be computed: of who stopped
// the work, of the source's bytes or of who reads them; else it is a defect.
func blame(ctx context.Context, s *source, lazy bool, err error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case s != nil && s.err() != nil:
		return diag.New(diag.SourceRead, "the source could not be read: %w", s.err())
	case lazy:
		return diag.New(diag.ImageCorrupt, "the image cannot be decoded to its end: %s", detail(err))
	default:
		return diag.New(diag.InternalError, "libvips: %s", detail(err))
	}
}

// Close lets go of the image. It may be called more than once.
func (m *Image) Close() error {
	if m.base == nil {
		return nil
	}
	m.mu.Lock()
	gate := m.gate
	m.gate = nil
	m.mu.Unlock()
	if m.work != nil {
		m.work.Close()
	}
	if gate != nil {
		gate.Close()
	}
	err := m.base.release()
	m.base = nil
	return err
}
