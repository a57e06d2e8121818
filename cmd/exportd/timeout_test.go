package main

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// bigPicture FILE WIDTH HEIGHT: a PNG whose rows all differ.
func bigPicture(ts *testscript.TestScript, _ bool, args []string) {
	w, err := strconv.Atoi(args[1])
	ts.Check(err)
	h, err := strconv.Atoi(args[2])
	ts.Check(err)
	m := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetGray(x, y, color.Gray{Y: uint8(x*y>>6 ^ y)})
		}
	}
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check((&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(f, m))
	ts.Check(f.Close())
}

// within DURATION N COMMAND…: the command ends with code N before that long.
func within(ts *testscript.TestScript, neg bool, args []string) {
	allowed, err := time.ParseDuration(args[0])
	ts.Check(err)
	begun := time.Now()
	exitCode(ts, neg, args[1:])
	if took := time.Since(begun); took > allowed {
		ts.Fatalf("it took %s", took)
	}
}
