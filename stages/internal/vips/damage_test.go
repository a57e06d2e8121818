//go:build cgo

package vips

import (
	"bytes"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/exportd/exportd/engine/diag"
)

// Whatever is wrong with the bytes, a source is rendered or it is corrupt.
func TestDamagedBytesHaveTwoFates(t *testing.T) {
	var sources [][]byte
	for _, f := range []string{"jpeg", "pjpeg", "png", "webp", "tiff", "gif"} {
		sources = append(sources, readAll(t, scene(t, f, 60, 80, f == "png")))
	}
	for _, n := range []string{"adobergb.jpg", "exif6.jpg", "cmyk.jpg", "cmyk.tif", "gray16.png", "bilevel.tif", "anim.gif", "meta.jpg"} {
		sources = append(sources, readAll(t, made+n))
	}
	texts := []string{"fmt=png", "wid=30&fmt=jpeg", "rotate=90&fmt=png", "rotate=20&wid=20&fmt=tif", "crop=-5,-5,40,40&fmt=png-alpha", "fmt=jpeg,cmyk", "fmt=png,gray"}
	r := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		data := bytes.Clone(sources[r.IntN(len(sources))])
		for range 1 + r.IntN(4) {
			data[r.IntN(len(data))], data[r.IntN(min(len(data), 300))] = byte(r.IntN(256)), byte(r.IntN(256))
		}
		text := texts[r.IntN(len(texts))]
		if err := attemptSmall(t, data, text); err != nil && codeOf(err) != diag.ImageCorrupt {
			t.Errorf("%s: %s %v", text, codeOf(err), err)
		}
	}
}

// attemptSmall leaves out what became huge.
func attemptSmall(t *testing.T, data []byte, text string) error {
	m, err := Open(t.Context(), &bytesSource{Reader: bytes.NewReader(data)}, "")
	if err != nil {
		return err
	}
	h := m.Header()
	m.Close()
	if h.Size.W*h.Size.H > 1_000_000 || max(h.Size.W, h.Size.H) > 2000 || min(h.Size.W, h.Size.H) < 20 {
		return nil
	}
	return attempt(t, data, text)
}

func readAll(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
