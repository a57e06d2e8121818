//go:build cgo

package vips

import (
	"bytes"
	"io"

	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/stages/internal/document"
)

// saveDocument writes a pdf or eps, row by row.
func (m *Image) saveDocument(w io.Writer, out modifier.Output) error {
	page := document.Page{Width: m.Width(), Height: m.Height(), Bands: m.work.Bands(), Density: m.work.ResX() * 25.4}
	if m.embeds() {
		page.Profile = bytes.Clone(m.work.GetICCProfile())
	}
	if out.Format == "eps" && out.EmbedPaths {
		page.Resources = resources(m.header.Paths)
	}
	pixels := func(into io.Writer) error {
		return rows(m.work, func(part []byte) error { _, err := into.Write(part); return err })
	}
	if out.Format == "eps" {
		return document.WriteEPS(w, page, pixels)
	}
	switch out.Compression {
	case modifier.CompressionZip:
		page.Encoding = document.Zip
	case modifier.CompressionJPEG:
		page.Encoding = document.JPEG
		pixels = func(into io.Writer) error { return m.work.SaveToWriterJpeg(into, jpegParams(out)) }
	}
	return document.WritePDF(w, page, pixels)
}
