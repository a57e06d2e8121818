package document

import (
	"bufio"
	"compress/zlib"
	"fmt"
	"io"
)

// WritePDF writes a PDF 1.6 whose picture is what pixels writes, in the colours
// of the page's profile where it has one.
func WritePDF(w io.Writer, p Page, pixels func(io.Writer) error) error {
	out := &counted{w: bufio.NewWriter(w)}
	count := 6
	if p.Profile != nil {
		count++
	}
	offsets := make([]int64, count+1)
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
		p.Width, p.Height, p.managed(), p.filter())
	length, err := p.stream(out, pixels)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nendstream\nendobj\n")
	object(6, "%d\nendobj\n", length)
	if p.Profile != nil {
		object(7, "<< /N %d /Alternate %s /Length %d >>\nstream\n%s\nendstream\nendobj\n", p.Bands, p.space(), len(p.Profile), p.Profile)
	}
	table := out.n
	fmt.Fprintf(out, "xref\n0 %d\n0000000000 65535 f \n", count+1)
	for _, at := range offsets[1:] {
		fmt.Fprintf(out, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", count+1, table)
	if out.err != nil {
		return out.err
	}
	return out.w.Flush()
}

// pageLimit is the longest side of a page in units, which are points unless the
// page says otherwise.
const pageLimit = 14_400

// managed is the colour space of the picture in a PDF.
func (p Page) managed() string {
	if p.Profile == nil {
		return p.space()
	}
	return "[/ICCBased 7 0 R]"
}

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
