// Package document writes a picture as a PDF or EPS file of one page
// (is-protocol 6). It streams: nothing of the picture is kept. Pixels are 8 bits
// a component, rows from the top, CMYK with 255 as full ink.
package document

import (
	"bufio"
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
	Profile       []byte // ICC profile of the pixels, nil for none
	// Resources are Photoshop's image resources that an EPS carries, nil for none.
	Resources []byte
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
