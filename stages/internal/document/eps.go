package document

import (
	"bufio"
	"fmt"
	"io"
)

// WriteEPS writes an EPS file (level 2, binary, uncompressed) whose picture is
// what pixels writes: Width * Height * Bands bytes. The profile is a comment, as
// ICC.1:2010 B.2 has it: a program that places the file finds it there, an
// interpreter prints the numbers as they are.
func WriteEPS(w io.Writer, p Page, pixels func(io.Writer) error) error {
	out := &counted{w: bufio.NewWriter(w)}
	wide, high := p.points(p.Width), p.points(p.Height)
	decode := map[int]string{1: "0 1", 3: "0 1 0 1 0 1", 4: "0 1 0 1 0 1 0 1"}[p.Bands]
	head := fmt.Sprintf("%s setcolorspace\n<< /ImageType 1 /Width %d /Height %d /BitsPerComponent 8 /Decode [%s]\n"+
		"/ImageMatrix [%d 0 0 %d 0 %d] /DataSource currentfile >> image\n",
		p.space(), p.Width, p.Height, decode, p.Width, -p.Height, p.Height)
	fmt.Fprintf(out, "%%!PS-Adobe-3.0 EPSF-3.0\n%%%%BoundingBox: 0 0 %d %d\n%%%%HiResBoundingBox: 0 0 %s %s\n"+
		"%%%%LanguageLevel: 2\n%%%%DocumentData: Binary\n%%%%Pages: 1\n%%%%EndComments\n", up(wide), up(high), short(wide), short(high))
	if p.Resources != nil {
		// Photoshop's own way, which is one % shorter than the rest.
		fmt.Fprintf(out, "%%BeginPhotoshop: %d\n", len(p.Resources))
		commented(out, p.Resources)
		fmt.Fprintf(out, "%%EndPhotoshop\n")
	}
	fmt.Fprintf(out, "%%%%Page: 1 1\n")
	if p.Profile != nil {
		fmt.Fprintf(out, "%%%%BeginICCProfile: (icc) %d Hex Bytes\n", len(p.Profile))
		commented(out, p.Profile)
		fmt.Fprintf(out, "%%%%EndICCProfile\n")
	}
	fmt.Fprintf(out, "gsave\n%s %s scale\n", short(wide), short(high))
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

// hexLine is how many bytes one line of a comment holds: lines of EPS are short.
const hexLine = 32

// commented writes data in hex, as comments.
func commented(w io.Writer, data []byte) {
	for len(data) > 0 {
		n := min(hexLine, len(data))
		fmt.Fprintf(w, "%% %X\n", data[:n])
		data = data[n:]
	}
}

// up is the whole number of points that a length needs.
func up(v float64) int {
	n := int(v)
	if v-float64(n) > 1e-6 {
		n++
	}
	return n
}
