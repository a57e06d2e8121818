package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// shops LIST PHOTO…: renders every modifier string of the list on every photograph
// of the catalog, and wants the format, the size and the warnings that it says.
func shops(ts *testscript.TestScript, _ bool, args []string) {
	list, err := os.ReadFile(args[0])
	ts.Check(err)
	n := 0
	for line := range strings.Lines(string(list)) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) != 5 {
			ts.Fatalf("%q has %d fields", line, len(fields))
		}
		s := shop{host: fields[0], format: fields[1], size: strings.Fields(fields[2]), warnings: strings.Fields(fields[3]), query: fields[4]}
		for _, photo := range args[1:] {
			s.check(ts, photo)
		}
		n++
	}
	if n < 20 {
		ts.Fatalf("%s has %d strings, want at least 20", args[0], n)
	}
}

type shop struct {
	host, format   string
	size, warnings []string
	query          string
}

// check renders one photograph.
func (s shop) check(ts *testscript.TestScript, photo string) {
	f, err := os.Open(ts.Getenv("PICTURES") + "/photos/" + photo)
	ts.Check(err)
	source, _, err := image.DecodeConfig(f)
	ts.Check(err)
	ts.Check(f.Close())
	out, err := start(ts, []string{"exportd", "render", photo, s.query, "-o", "shop.bin", "--json"}).Output()
	var got struct {
		OK     bool
		Output struct {
			Format        string
			Width, Height int
		}
		Warnings []struct{ Code, Message string }
	}
	if err != nil || json.Unmarshal(out, &got) != nil || !got.OK {
		ts.Fatalf("%s: %s on %s: %v\n%s", s.host, s.query, photo, err, out)
	}
	w, h, warns := s.expect(ts, source.Width, source.Height)
	if o := got.Output; o.Format != s.format || o.Width != w || o.Height != h {
		ts.Fatalf("%s: %s on %s is %s %dx%d, want %s %dx%d", s.host, s.query, photo, o.Format, o.Width, o.Height, s.format, w, h)
	}
	var codes []string
	for _, w := range got.Warnings {
		if strings.HasPrefix(w.Code, "W-") {
			codes = append(codes, w.Code)
		}
	}
	slices.Sort(codes)
	slices.Sort(warns)
	if !slices.Equal(codes, warns) {
		ts.Fatalf("%s: %s on %s warns %v, want %v\n%s", s.host, s.query, photo, codes, warns, out)
	}
	data, err := os.ReadFile(ts.MkAbs("shop.bin"))
	ts.Check(err)
	if s.format == "avif" {
		if !bytes.Contains(data[:32], []byte("ftypavif")) {
			ts.Fatalf("%s: %s is no AVIF", s.host, s.query)
		}
		return
	}
	c, format, err := image.DecodeConfig(bytes.NewReader(data))
	ts.Check(err)
	if read := fmt.Sprintf("%s %dx%d", format, c.Width, c.Height); read != fmt.Sprintf("%s %dx%d", s.format, w, h) {
		ts.Fatalf("%s: %s on %s: another decoder reads %s", s.host, s.query, photo, read)
	}
}

// expect is the size of the reply for a source, by whole numbers alone, and its
// warnings.
func (s shop) expect(ts *testscript.TestScript, sw, sh int) (w, h int, warns []string) {
	warns = slices.Clone(s.warnings)
	side := make([]int, 2)
	for i, text := range s.size[1:] {
		n, err := strconv.Atoi(text)
		ts.Check(err)
		side[i] = n
	}
	over := func(a, b, c int) int { return max(1, (2*a*b+c)/(2*c)) } // a*b/c, halves up
	rule, enlarge := strings.CutSuffix(s.size[0], "!")
	switch rule {
	case "box":
		return side[0], side[1], warns
	case "source":
		return sw, sh, warns
	case "side":
		if side[0] > sw && !enlarge {
			return sw, sh, append(warns, "W-COMMAND-NO-EFFECT")
		}
		return side[0], over(sh, side[0], sw), warns
	case "inside":
		switch {
		case side[0] >= sw && side[1] >= sh && !enlarge:
			return sw, sh, warns
		case side[0]*sh <= side[1]*sw: // the width binds
			return side[0], over(sh, side[0], sw), warns
		}
		return over(sw, side[1], sh), side[1], warns
	}
	ts.Fatalf("no rule %q", s.size)
	return 0, 0, nil
}
