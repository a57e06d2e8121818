// Package document writes a picture as a PDF or EPS file of one page
// (is-protocol 6). It streams: nothing of the picture is kept. Pixels are 8 bits
// a component, rows from the top, CMYK with 255 as full ink.
package document

import (
	"bufio"
	"compress/zlib"
	"fmt"
	"io"
	"strconv"
)

// Encoding is how the pixels lie in a PDF.
type Encoding int

// The encodings of a PDF.
const (
	Plain Encoding = iota
	Zip
	// JPEG says that the pixels that are written are those of a JPEG file. One of
	// CMYK is taken as Adobe's programs write it, with the inks inverted.
	JPEG
)

// Page says what is written.
type Page struct {
	Width, Height int     // pixels
	Bands         int     // 1 gray, 3 rgb, 4 cmyk
	Density       float64 // pixels per inch, above 0
	Encoding      Encoding
}

// points is a length in 1/72 inch.
func (p Page) points(pixels int) float64 { return float64(pixels) * 72 / p.Density }

func (p Page) space() string {
	return map[int]string{1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}[p.Bands]
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// short is a length in points with four decimals, as both formats like it.
func short(v float64) string {
	f, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'f', 4, 64), 64)
	return decimal(f)
}

// counted counts what goes through, for the table of offsets.
type counted struct {
	w   *bufio.Writer
	n   int64
	err error
}

func (c *counted) Write(b []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.w.Write(b)
	c.n += int64(n)
	c.err = err
	return n, err
}

// WritePDF writes a PDF 1.6 whose picture is what pixels writes.
func WritePDF(w io.Writer, p Page, pixels func(io.Writer) error) error {
	out := &counted{w: bufio.NewWriter(w)}
	offsets := make([]int64, 7)
	object := func(n int, format string, a ...any) {
		offsets[n] = out.n
		fmt.Fprintf(out, "%d 0 obj\n"+format, append([]any{n}, a...)...)
	}
	wide, high := p.points(p.Width), p.points(p.Height)
	unit := max(1, max(wide, high)/pageLimit)
	size := short(wide/unit) + " " + short(high/unit)
	fmt.Fprintf(out, "%%PDF-1.6\n%%\xE2\xE3\xCF\xD3\n")
	object(1, "<< /Type /Catalog /Pages 2 0 R >>\nendobj\n")
	object(2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n")
	scale := ""
	if unit > 1 {
		scale = " /UserUnit " + decimal(unit)
	}
	object(3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %s]%s /Contents 4 0 R /Resources << /XObject << /Im0 5 0 R >> >> >>\nendobj\n", size, scale)
	content := fmt.Sprintf("q %s 0 0 %s 0 0 cm /Im0 Do Q\n", short(wide/unit), short(high/unit))
	object(4, "<< /Length %d >>\nstream\n%sendstream\nendobj\n", len(content), content)
	object(5, "<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace %s /BitsPerComponent 8%s /Length 6 0 R >>\nstream\n",
		p.Width, p.Height, p.space(), p.filter())
	length, err := p.stream(out, pixels)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nendstream\nendobj\n")
	object(6, "%d\nendobj\n", length)
	table := out.n
	fmt.Fprintf(out, "xref\n0 7\n0000000000 65535 f \n")
	for _, at := range offsets[1:] {
		fmt.Fprintf(out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(out, "trailer\n<< /Size 7 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", table)
	if out.err != nil {
		return out.err
	}
	return out.w.Flush()
}

// pageLimit is the longest side of a page in units, which are points unless the
// page says otherwise.
const pageLimit = 14_400

func (p Page) filter() string {
	switch {
	case p.Encoding == Zip:
		return " /Filter /FlateDecode"
	case p.Encoding == JPEG && p.Bands == 4:
		return " /Filter /DCTDecode /Decode [1 0 1 0 1 0 1 0]"
	case p.Encoding == JPEG:
		return " /Filter /DCTDecode"
	}
	return ""
}

// stream writes the pixels and says how many bytes they became.
func (p Page) stream(out *counted, pixels func(io.Writer) error) (int64, error) {
	from := out.n
	if p.Encoding != Zip {
		err := pixels(out)
		return out.n - from, err
	}
	z := zlib.NewWriter(out)
	if err := pixels(z); err != nil {
		return 0, err
	}
	err := z.Close()
	return out.n - from, err
}

// WriteEPS writes an EPS file (level 2, binary, uncompressed) whose picture is
// what pixels writes: Width * Height * Bands bytes.
func WriteEPS(w io.Writer, p Page, pixels func(io.Writer) error) error {
	out := &counted{w: bufio.NewWriter(w)}
	wide, high := p.points(p.Width), p.points(p.Height)
	decode := map[int]string{1: "0 1", 3: "0 1 0 1 0 1", 4: "0 1 0 1 0 1 0 1"}[p.Bands]
	head := fmt.Sprintf("%s setcolorspace\n<< /ImageType 1 /Width %d /Height %d /BitsPerComponent 8 /Decode [%s]\n"+
		"/ImageMatrix [%d 0 0 %d 0 %d] /DataSource currentfile >> image\n",
		p.space(), p.Width, p.Height, decode, p.Width, -p.Height, p.Height)
	fmt.Fprintf(out, "%%!PS-Adobe-3.0 EPSF-3.0\n%%%%BoundingBox: 0 0 %d %d\n%%%%HiResBoundingBox: 0 0 %s %s\n"+
		"%%%%LanguageLevel: 2\n%%%%DocumentData: Binary\n%%%%Pages: 1\n%%%%EndComments\n%%%%Page: 1 1\n"+
		"gsave\n%s %s scale\n", up(wide), up(high), short(wide), short(high), short(wide), short(high))
	fmt.Fprintf(out, "%%%%BeginBinary: %d\n%s", len(head)+p.Width*p.Height*p.Bands, head)
	if err := pixels(out); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%%%%EndBinary\ngrestore\nshowpage\n%%%%EOF\n")
	if out.err != nil {
		return out.err
	}
	return out.w.Flush()
}

// up is the whole number of points that a length needs.
func up(v float64) int {
	n := int(v)
	if v-float64(n) > 1e-6 {
		n++
	}
	return n
}
