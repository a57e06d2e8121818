//go:build cgo

package vips

import (
	"bytes"
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// scene makes a smooth picture of w by h in a format, with alpha where asked.
func scene(t *testing.T, format string, w, h int, alpha bool) string {
	t.Helper()
	bands := 3
	if alpha {
		bands = 4
	}
	pixels := make([]byte, 0, w*h*bands)
	for y := range h {
		for x := range w {
			u, v := float64(x)/float64(w), float64(y)/float64(h)
			for b := range 3 {
				pixels = append(pixels, byte(127+100*math.Sin(9*u*float64(b+1)+7*v*float64(3-b))))
			}
			if alpha {
				pixels = append(pixels, byte(128+100*math.Sin(5*u+3*v)))
			}
		}
	}
	ref, err := govips.NewImageFromMemory(pixels, w, h, bands, govips.BandFormatUchar, govips.InterpretationSRGB)
	if err != nil {
		t.Fatal(err)
	}
	defer ref.Close()
	var data []byte
	switch format {
	case "jpeg":
		data, _, err = ref.ExportJpeg(&govips.JpegExportParams{Quality: 90})
	case "pjpeg":
		data, _, err = ref.ExportJpeg(&govips.JpegExportParams{Quality: 90, Interlace: true})
	case "png":
		data, _, err = ref.ExportPng(&govips.PngExportParams{Compression: 1})
	case "webp":
		data, _, err = ref.ExportWebp(&govips.WebpExportParams{Quality: 90})
	case "tiff":
		data, _, err = ref.ExportTiff(nil)
	case "gif":
		data, _, err = ref.ExportGIF(nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "scene."+format)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Rows come in order from every format; no geometry may ask for them otherwise.
func TestEveryGeometryReadsEveryFormatInOrder(t *testing.T) {
	for _, format := range []string{"jpeg", "pjpeg", "png", "webp", "tiff", "gif"} {
		path := scene(t, format, 260, 500, format == "png" || format == "webp")
		for _, geometry := range []string{
			"", "flip=ud", "flip=lr", "rotate=90", "rotate=180", "rotate=30", "crop=50,400,150,90", "crop=-20,-20,150,640",
			"rgn=50,300,150,150", "rotate=90&rgn=300,100,150,150", "rotate=30&rgn=200,300,100,100", "op_sharpen=1&rotate=270", "fit=stretch&rotate=30&hei=700", "hei=600&fit=fit,1",
		} {
			for _, text := range []string{"&fmt=jpeg", "&wid=60&fmt=jpeg", "&wid=60&fmt=png-alpha", "&wid=60&fmt=tif", "&wid=60&fmt=webp", "&wid=30&fmt=gif"} {
				shot(t, path, geometry+text)
			}
		}
	}
}

func TestCorruptSourcesAreNeverDelivered(t *testing.T) {
	for _, format := range []string{"jpeg", "pjpeg", "png", "webp", "tiff", "gif"} {
		data, err := os.ReadFile(scene(t, format, 300, 400, false))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []int{20, 50, 90, 98} {
			for _, text := range []string{"fmt=png", "wid=40&fmt=jpeg", "rotate=90&wid=40&fmt=jpeg"} {
				if err := attempt(t, data[:len(data)*part/100], text); codeOf(err) != diag.ImageCorrupt {
					t.Errorf("%s cut to %d %%, %s: %v", format, part, text, err)
				}
			}
		}
	}
	for _, name := range []string{"truncated.jpg", "truncated.png", "text.jpg", "empty.jpg"} {
		data, _ := os.ReadFile(made + name)
		if err := attempt(t, data, "fmt=jpeg"); codeOf(err) != diag.ImageCorrupt {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// bytesSource is an asset.Source in memory; err, when set, comes after the bytes.
type bytesSource struct {
	*bytes.Reader
	err    error
	closed bool
}

func (s *bytesSource) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && s.err != nil {
		err = s.err
	}
	return n, err
}

func (s *bytesSource) Close() error { s.closed = true; return nil }

var _ asset.Source = (*bytesSource)(nil)

// attempt opens, shrinks as the render allows, renders and encodes.
func attempt(t *testing.T, data []byte, text string) error {
	t.Helper()
	return attemptSource(t, &bytesSource{Reader: bytes.NewReader(data)}, text)
}

func attemptSource(t *testing.T, src *bytesSource, text string) error {
	m, err := Open(context.Background(), src, "")
	if err != nil {
		if src.closed {
			t.Error("a source that could not be opened was closed")
		}
		return err
	}
	defer func() {
		m.Close()
		if !src.closed {
			t.Error("the source was not closed")
		}
	}()
	r := reply(t, m.Header(), text)
	if err := m.Shrink(context.Background(), Shrink(m.Header(), []Reply{r})); err != nil {
		return err
	}
	_, err = try(t, m, r)
	return err
}

func TestAFailingReaderIsNotACorruptImage(t *testing.T) {
	data, _ := os.ReadFile(scene(t, "jpeg", 300, 400, false))
	err := attemptSource(t, &bytesSource{Reader: bytes.NewReader(data[:len(data)/2]), err: errors.New("the network is gone")}, "fmt=png")
	if codeOf(err) != diag.SourceRead {
		t.Errorf("got %v", err)
	}
}

func TestAnEndedContextStopsTheWork(t *testing.T) {
	path := scene(t, "jpeg", 4000, 4000, false)
	for _, text := range []string{"fmt=png", "rotate=90&fmt=tif", "rotate=10&fmt=jpeg", "wid=8000&fit=fit,1&fmt=pjpeg"} {
		m := open(t, path)
		r := reply(t, m.Header(), text)
		ctx, cancel := context.WithTimeout(context.Background(), 60*time.Millisecond)
		begin := time.Now()
		err := encodeIn(ctx, t, m, r)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %v", text, err)
		}
		if d := time.Since(begin); d > 3*time.Second {
			t.Errorf("%s: stopped after %v", text, d)
		} else {
			t.Logf("%s: stopped after %v", text, d)
		}
	}
}

func encodeIn(ctx context.Context, t *testing.T, m *Image, r Reply) error {
	out, _, err := m.Render(ctx, r)
	if err != nil {
		return err
	}
	defer out.Close()
	f, err := os.CreateTemp(t.TempDir(), "reply-*")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	_, err = out.Encode(ctx, f)
	return err
}

func TestAFullDiskIsAWriteError(t *testing.T) {
	f, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	defer f.Close()
	for _, text := range []string{"fmt=jpeg", "fmt=png"} {
		m := open(t, "odd.jpg")
		out, _, err := m.Render(context.Background(), reply(t, m.Header(), text))
		if err != nil {
			t.Fatal(err)
		}
		_, err = out.Encode(context.Background(), f)
		out.Close()
		if w := new(WriteError); !errors.As(err, &w) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestSharedPixelsServeSeveralRenditions(t *testing.T) {
	m := open(t, scene(t, "jpeg", 800, 600, false))
	if err := m.Materialise(context.Background()); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	texts := []string{"wid=400&fmt=png", "wid=100&fmt=webp", "rotate=33&fmt=jpeg", "flip=ud&fmt=tif"}
	for _, text := range texts {
		s, err := m.Share()
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			defer s.Close()
			im := s.(*Image)
			_, err := try(t, im, reply(t, im.Header(), text))
			done <- err
		}()
	}
	for range texts {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// A rendition may be rendered again: its source is then the reply.
func TestARenditionIsAPictureLikeAnyOther(t *testing.T) {
	m := open(t, "exif6.jpg")
	first, _, err := m.Render(context.Background(), reply(t, m.Header(), "rotate=90&wid=24&fmt=png-alpha"))
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	p, err := try(t, first, reply(t, first.Header(), "rotate=270&wid=40&hei=40&fmt=png"))
	if err != nil {
		t.Fatal(err)
	}
	p.size(t, 40, 40)
	p.near(t, 10, 14, 3, red...)
	p.near(t, 30, 14, 3, green...)
	p.near(t, 20, 2, 0, white...)
}
