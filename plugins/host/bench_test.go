package host_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/exportd/exportd/plugins/host"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// photo is a picture with something of a photograph: slopes and some noise.
func photo(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(1, 2))
	for i := 0; i < len(m.Pix); i += 4 {
		x, y := i/4%w, i/4/w
		noise := r.Uint32()
		m.Pix[i], m.Pix[i+1], m.Pix[i+2], m.Pix[i+3] = byte(x/8)+byte(noise&7), byte(y/8)+byte(noise>>8&7), byte((x+y)/16)+byte(noise>>16&7), 255
	}
	return m
}

// BenchmarkEncode (W6) is the same PNG code in this process and in a plugin: the
// time, and the CPU of both processes. The goal is at most 8 % more CPU on 24 MP,
// and at most 1.5 ms more on 1 MP.
func BenchmarkEncode(b *testing.B) {
	for _, size := range []struct {
		name string
		w, h int
	}{{"1MP", 1000, 1000}, {"24MP", 6000, 4000}} {
		m := photo(size.w, size.h)
		buffer := make([]byte, len(m.Pix))
		b.Run(size.name+"/inside", func(b *testing.B) {
			before := ownCPU(b)
			for b.Loop() {
				copy(buffer, m.Pix) // as libvips fills it
				inside := &image.NRGBA{Pix: buffer, Stride: m.Stride, Rect: m.Rect}
				if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(io.Discard, inside); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((ownCPU(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
		b.Run(size.name+"/plugin", func(b *testing.B) {
			h := host.New(host.Config{Plugins: []host.Plugin{named(b, "good")}})
			defer h.Close()
			pid := pidOf(b, h)
			r := host.Request{
				Plugin: "good", Encoder: "png", Into: io.Discard, Wish: &pluginpb.Wish{},
				Image: &pluginpb.ImageHeader{Width: uint32(size.w), Height: uint32(size.h), Bands: 4, Alpha: true, Frames: 1, Stride: uint64(4 * size.w), SampleFormat: pluginpb.SampleFormat_SAMPLE_FORMAT_UINT8, ColourSpace: pluginpb.ColourSpace_COLOUR_SPACE_RGB},
				Fill:  func(_ context.Context, dst []byte) error { copy(dst, m.Pix); return nil },
			}
			before := ownCPU(b) + cpuOf(b, pid)
			for b.Loop() {
				if _, err := h.Encode(b.Context(), r); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((ownCPU(b)+cpuOf(b, pid)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// BenchmarkStart is a plugin from nothing to its first answer: the goal is 100 ms.
func BenchmarkStart(b *testing.B) {
	p := named(b, "good")
	for b.Loop() {
		h := host.New(host.Config{Plugins: []host.Plugin{p}})
		if err := h.Start(b.Context(), "good"); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		_ = h.Close()
		b.StartTimer()
	}
}

// BenchmarkCalls is a call with next to no pixels, and how much memory the two
// sides have gained at the end: -benchtime 10000x is the goal's number.
func BenchmarkCalls(b *testing.B) {
	p := named(b, "good")
	p.Options.Calls = 1 << 30 // or it would be replaced in time
	h := host.New(host.Config{Plugins: []host.Plugin{p}})
	defer h.Close()
	var out bytes.Buffer
	call := func() {
		out.Reset()
		if _, err := h.Encode(b.Context(), request("good", "", &out)); err != nil {
			b.Fatal(err)
		}
	}
	for range 200 {
		call()
	}
	pid := pidOf(b, h)
	plugin, own := rssOf(b, pid), rssOf(b, strconv.Itoa(os.Getpid()))
	for b.Loop() {
		call()
	}
	b.ReportMetric(float64(rssOf(b, pid)-plugin)/1024, "plugin-KiB")
	b.ReportMetric(float64(rssOf(b, strconv.Itoa(os.Getpid()))-own)/1024, "host-KiB")
}

func pidOf(b *testing.B, h *host.Host) string {
	b.Helper()
	var out bytes.Buffer
	if _, err := h.Encode(b.Context(), request("good", `{"do":"pid"}`, &out)); err != nil {
		b.Fatal(err)
	}
	return out.String()
}

// ownCPU is the user and system time of this process.
func ownCPU(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// cpuOf is the user and system time of a process; the kernel counts it in
// hundredths of a second.
func cpuOf(b *testing.B, pid string) time.Duration {
	b.Helper()
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	ticks := 0
	for _, f := range fields[11:13] {
		n, err := strconv.Atoi(f)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

func rssOf(b *testing.B, pid string) int64 {
	b.Helper()
	text, err := os.ReadFile("/proc/" + pid + "/statm")
	if err != nil {
		b.Fatal(err)
	}
	var size, resident int64
	if _, err := fmt.Sscan(string(text), &size, &resident); err != nil {
		b.Fatal(err)
	}
	return resident * int64(os.Getpagesize())
}
