package document

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func made(t *testing.T, p Page, write func(io.Writer, Page, func(io.Writer) error) error) string {
	t.Helper()
	var b bytes.Buffer
	pixels := bytes.Repeat([]byte{7}, p.Width*p.Height*p.Bands)
	if err := write(&b, p, func(w io.Writer) error { _, err := w.Write(pixels); return err }); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPDFOffsetsAndLengthAreRight(t *testing.T) {
	for _, e := range []Encoding{Plain, Zip} {
		text := made(t, Page{Width: 30, Height: 20, Bands: 3, Density: 144, Encoding: e}, WritePDF)
		for i, m := range regexp.MustCompile(`(\d{10}) 00000 n `).FindAllStringSubmatch(text, -1) {
			at, _ := strconv.Atoi(m[1])
			if !strings.HasPrefix(text[at:], fmt.Sprintf("%d 0 obj\n", i+1)) {
				t.Errorf("object %d is not at %d", i+1, at)
			}
		}
		table, _ := strconv.Atoi(regexp.MustCompile(`startxref\n(\d+)`).FindStringSubmatch(text)[1])
		if !strings.HasPrefix(text[table:], "xref\n0 7\n") {
			t.Error("the table is not where it is said to be")
		}
		length, _ := strconv.Atoi(regexp.MustCompile(`6 0 obj\n(\d+)`).FindStringSubmatch(text)[1])
		_, after, _ := strings.Cut(text, "/Length 6 0 R >>\nstream\n")
		if !strings.HasPrefix(after[length:], "\nendstream") {
			t.Errorf("the stream is not %d bytes long", length)
		}
		if e == Plain && length != 30*20*3 {
			t.Errorf("length %d", length)
		}
		if e == Zip {
			z, err := zlib.NewReader(strings.NewReader(after))
			if err != nil {
				t.Fatal(err)
			}
			if data, err := io.ReadAll(z); err != nil || len(data) != 30*20*3 {
				t.Errorf("%d bytes, %v", len(data), err)
			}
		}
		if !strings.Contains(text, "/MediaBox [0 0 15 10]") {
			t.Error("the page is not 15 by 10 points")
		}
	}
}

func TestALargePageHasAUnit(t *testing.T) {
	text := made(t, Page{Width: 28_800, Height: 1, Bands: 1, Density: 72}, WritePDF)
	if !strings.Contains(text, "/MediaBox [0 0 14400 0.5] /UserUnit 2 ") {
		t.Error(text[:300])
	}
}

func TestEPS(t *testing.T) {
	text := made(t, Page{Width: 31, Height: 20, Bands: 4, Density: 144}, WriteEPS)
	for _, want := range []string{"%%BoundingBox: 0 0 16 10\n", "%%HiResBoundingBox: 0 0 15.5 10\n", "/DeviceCMYK setcolorspace", "[31 0 0 -20 0 20]"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing", want)
		}
	}
	n, _ := strconv.Atoi(regexp.MustCompile(`%%BeginBinary: (\d+)\n`).FindStringSubmatch(text)[1])
	_, after, _ := strings.Cut(text, "%%BeginBinary: "+strconv.Itoa(n)+"\n")
	if !strings.HasPrefix(after[n:], "\n%%EndBinary") {
		t.Errorf("the data is not %d bytes long", n)
	}
}

func TestAnErrorOfThePixelsIsGivenBack(t *testing.T) {
	for _, write := range []func(io.Writer, Page, func(io.Writer) error) error{WritePDF, WriteEPS} {
		err := write(io.Discard, Page{Width: 1, Height: 1, Bands: 1, Density: 72}, func(io.Writer) error { return io.ErrUnexpectedEOF })
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("got %v", err)
		}
	}
}
