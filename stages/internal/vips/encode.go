//go:build cgo

package vips

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"os"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
)

// Encode computes the pixels of a rendered image and writes them to f, which is
// new and empty. An error is a diagnostic, that of ctx, or a [WriteError].
func (m *Image) Encode(ctx context.Context, f *os.File) (Encoded, error) {
	if m.reply == nil || m.base == nil {
		return Encoded{}, diag.New(diag.InternalError, "the image was not rendered, or is closed")
	}
	out := m.reply.Settings.Output
	if !m.embeds() { // libvips' WebP encoder writes a profile whatever it is told
		if err := strip(m.work, false, m.lazy); err != nil {
			return Encoded{}, diag.New(diag.InternalError, "%w", err)
		}
		m.managed = false
	}
	w := &sink{file: f, sum: sha256.New()}
	if formatName(out.Format) == "jpeg" {
		w.head = m.jpegHead(out)
		if m.embeds() {
			w.head = append(w.head, iccSegments(bytes.Clone(m.work.GetICCProfile()))...)
		}
		var err error
		if out.Quality, err = m.fitting(ctx, out, len(w.head)); err != nil {
			return Encoded{}, err
		}
	}
	err := m.pull(ctx, func() error { return m.save(w, out) })
	if err != nil && ctx.Err() == nil {
		w.probe()
	}
	if w.err != nil && ctx.Err() == nil {
		return Encoded{}, &WriteError{w.err}
	}
	if err != nil {
		return Encoded{}, err
	}
	return Encoded{
		Format: formatName(out.Format), Ext: out.Ext(), Width: m.Width(), Height: m.Height(),
		Size: w.size, SHA256: hex.EncodeToString(w.sum.Sum(nil)), Colour: m.colour(),
	}, nil
}

// embeds reports whether the profile goes into the file (r-iccembed): ignored
// where there is none, or the format holds none.
func (m *Image) embeds() bool {
	s := m.reply.Settings
	return m.managed && s.ICC.Embed && s.Output.HoldsProfile() && m.work.HasICCProfile()
}

// colour is the ledger of the file.
func (m *Image) colour() asset.Colour {
	l := *m.ledger
	l.Embedded = m.embeds()
	return l
}

func (m *Image) save(w *sink, out modifier.Output) error {
	switch out.Format {
	case "jpeg", "pjpeg":
		return m.work.SaveToWriterJpeg(w, jpegParams(out))
	case "png":
		return m.work.SaveToWriterPng(w, &govips.PngExportParams{StripMetadata: !m.embeds(), Compression: pngEffort, Filter: govips.PngFilterNone})
	case "webp":
		if err := saveWebP(m.work, w.file.Name(), out.Quality, out.Compression == modifier.CompressionLossless, webpEffort); err != nil {
			return err
		}
		return w.finish(dropEXIF)
	case "pdf", "eps":
		return m.saveDocument(w, out)
	case "gif", "png8":
		return m.savePaletted(w, out)
	case "tif":
		if out.Compression == modifier.CompressionJPEG && m.header.Space == SpaceRGB && m.Height() <= edgeLimit("jpeg") {
			return m.saveTIFFJPEG(w, out)
		}
		if err := m.putMetadata(out); err != nil {
			return err
		}
		if err := saveTIFF(m.work, w.file.Name(), tiffCompression(out.Compression), out.Quality, !m.embeds() && !out.EmbedXMP && !out.EmbedPaths); err != nil {
			return err
		}
		return w.finish(nil)
	case "avif", "heic":
		lossless := out.Format == "heic" || out.Compression == modifier.CompressionLossless
		if err := saveHEIF(m.work, w.file.Name(), out.Format == "avif", out.Quality, lossless); err != nil {
			return err
		}
		return w.finish(nil)
	case "jpeg2000":
		if err := saveJP2K(m.work, w.file.Name(), out.Quality, out.Compression == modifier.CompressionLossless); err != nil {
			return err
		}
		return w.finish(nil)
	}
	return diag.New(diag.InternalError, "no encoder for %q", out.Format)
}

// The efforts of the encoders: zlib's usual level, libwebp's usual method.
const (
	pngEffort  = 6
	webpEffort = 4
)

// jpegParams sets everything: govips would write a progressive JPEG, and libvips
// would choose the sub-sampling by the quality (is-protocol 6, qlt). Huffman
// tables are libjpeg's own: tables made to measure cost 5 ms a megapixel, a tenth
// of a whole rendition, for 1 to 4 % less bytes (13 % of a very flat picture).
func jpegParams(out modifier.Output) *govips.JpegExportParams {
	p := &govips.JpegExportParams{
		StripMetadata: true, Quality: out.Quality,
		Interlace: out.Format == "pjpeg", SubsampleMode: govips.VipsForeignSubsampleOn,
	}
	if out.Chroma444 {
		p.SubsampleMode = govips.VipsForeignSubsampleOff
	}
	return p
}

func tiffCompression(c modifier.Compression) int {
	switch c {
	case modifier.CompressionLZW:
		return tiffLZW
	case modifier.CompressionZip:
		return tiffZip
	case modifier.CompressionJPEG:
		return tiffJPEG
	}
	return tiffNone
}

// density is the density of the reply in whole pixels per inch, 0 for one that a
// JPEG cannot hold.
func (m *Image) density() int {
	dpi := int(math.Round(m.work.ResX() * 25.4))
	if dpi > math.MaxUint16 {
		return 0
	}
	return dpi
}
