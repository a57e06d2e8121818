package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// faults builds the program with the fault switch once, for all scenarios.
type faults struct {
	once sync.Once
	dir  string // where the program goes
	err  error
}

// faulty CODE ARGUMENT…: exportd, built with the fault switch, ends with the code.
func (f *faults) faulty(ts *testscript.TestScript, neg bool, args []string) {
	f.once.Do(func() {
		build := exec.Command("go", "build", "-tags", "faults", "-o", f.dir, ".")
		build.Stderr = os.Stderr
		f.err = build.Run()
	})
	ts.Check(f.err)
	exitCode(ts, neg, append([]string{args[0], filepath.Join(f.dir, "exportd")}, args[1:]...))
}

// crashers DIR GRAY: real files that codecs die of. palette.jp2 is the JPEG 2000
// picture GRAY with a palette put into it, which makes libvips 8.14 write behind
// the end of its buffer; spin.svgz is no drawing and has bytes behind its end, at
// which libvips' SVG loader never stops looking.
func crashers(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	gray, err := os.ReadFile(ts.MkAbs(args[1]))
	ts.Check(err)
	ts.Check(os.WriteFile(filepath.Join(dir, "palette.jp2"), withPalette(gray), 0o644))

	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err = w.Write([]byte("this is no drawing"))
	ts.Check(err)
	ts.Check(w.Close())
	packed.WriteString("and this stands behind its end")
	ts.Check(os.WriteFile(filepath.Join(dir, "spin.svgz"), packed.Bytes(), 0o644))
}

// withPalette adds to the header of a gray JPEG 2000 file a palette of three
// columns, and the map that makes its one component three (ISO 15444-1, I.5.3).
func withPalette(jp2 []byte) []byte {
	palette := binary.BigEndian.AppendUint16(nil, 256)
	palette = append(palette, 3, 7, 7, 7) // columns, and their bits less one
	for i := range 256 {
		palette = append(palette, byte(i), byte(255-i), byte(i/2))
	}
	const use = 1 // the palette's column
	channels := []byte{0, 0, use, 0, 0, 0, use, 1, 0, 0, use, 2}

	at := bytes.Index(jp2, []byte("jp2h")) - 4
	end := at + int(binary.BigEndian.Uint32(jp2[at:]))
	const grayscale, sRGB = 17, 16
	header := bytes.Replace(jp2[at+8:end], []byte{0, 0, 0, grayscale}, []byte{0, 0, 0, sRGB}, 1)
	header = append(append(bytes.Clone(header), box("pclr", palette)...), box("cmap", channels)...)
	return append(append(bytes.Clone(jp2[:at]), box("jp2h", header)...), jp2[end:]...)
}

func box(kind string, data []byte) []byte {
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(data))), kind...), data...)
}
