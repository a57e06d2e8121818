// Command misbehave is a plugin that does what the tests of package host ask of
// it: what it does at its start is said by its own name, what it does in a call by
// a param.
package main

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/exportd/exportd/plugins/sdk"
)

func main() {
	name := strings.TrimPrefix(filepath.Base(os.Args[0]), "exportd-plugin-")
	switch {
	case len(os.Args) > 1: // describe
	case name == "mute":
		time.Sleep(time.Minute)
	case name == "garbage":
		fmt.Println("hello, world")
		time.Sleep(time.Minute)
	case name == "future":
		fmt.Println("1|7|unix|/tmp/x|grpc")
		time.Sleep(time.Minute)
	case name == "ancient":
		fmt.Println("1|0|unix|/tmp/x|grpc")
		time.Sleep(time.Minute)
	case name == "netrpc":
		fmt.Println("1|1|unix|/tmp/x|netrpc")
		time.Sleep(time.Minute)
	case name == "stranger":
		fmt.Fprintln(os.Stderr, "this is a plugin of something else")
		os.Exit(1)
	}
	called := name
	if name == "liar" {
		called = "other"
	}
	e := &encoder{}
	sdk.Serve(sdk.Plugin{
		Name: called, Version: "1.2.3", Description: "does what the tests ask", Concurrent: name == "many",
		Config: []sdk.Param{{Name: "wish", Type: sdk.String}},
		Encoders: []sdk.EncoderInfo{{
			Name: "dump", Format: "dump", Extension: "dump", MediaType: "application/octet-stream",
			Samples: []sdk.SampleFormat{sdk.Uint8}, Spaces: []sdk.ColourSpace{sdk.RGB}, Alpha: true, Animation: true,
			Params:  []sdk.Param{{Name: "do", Type: sdk.String}, {Name: "file", Type: sdk.String}, {Name: "ms", Type: sdk.Integer}},
			Encoder: e,
		}, {
			Name: "png", Extension: "png", MediaType: "image/png", Samples: []sdk.SampleFormat{sdk.Uint8}, Spaces: []sdk.ColourSpace{sdk.RGB}, Alpha: true,
			Encoder: asPNG{},
		}},
		Macros: []sdk.MacroInfo{
			{Name: "size-*", Examples: []string{"size-40"}, Macro: e},
			{Name: "own-*", Examples: []string{"own-x"}, PerAsset: true, Macro: e},
		},
	})
}

type encoder struct{ grown [][]byte }

func (e *encoder) Configure(_ context.Context, config sdk.Params) error {
	var c struct{ Wish string }
	if err := config.Decode(&c); err != nil {
		return err
	}
	if c.Wish != "" && c.Wish != "well" {
		return sdk.ParamError("/wish", "nobody may wish %q", c.Wish).WithHint("wish well")
	}
	return nil
}

func (e *encoder) Encode(ctx context.Context, call *sdk.EncodeCall, w io.Writer) error {
	var p struct {
		Do, File string
		MS       int
	}
	if err := call.Params.Decode(&p); err != nil {
		return err
	}
	switch p.Do {
	case "panic":
		panic("as asked")
	case "die":
		go func() { panic("nobody catches this") }()
		time.Sleep(time.Minute)
	case "die-once": // only the first process that gets here dies
		if f, err := os.OpenFile(p.File, os.O_CREATE|os.O_EXCL, 0o600); err == nil {
			_ = f.Close()
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			time.Sleep(time.Minute)
		}
	case "pid":
		_, err := fmt.Fprint(w, os.Getpid())
		return err
	case "wait":
		if p.File != "" {
			_ = os.WriteFile(p.File, fmt.Append(nil, os.Getpid()), 0o600)
		}
		time.Sleep(time.Duration(p.MS) * time.Millisecond)
	case "hang":
		select {}
	case "no":
		return sdk.Unsupported("not this picture").WithHint("try another")
	case "later":
		return sdk.Unavailable(time.Second, "the service is down")
	case "nothing":
		return nil
	case "env":
		_, err := fmt.Fprintln(w, strings.Join(os.Environ(), "\n"))
		return err
	case "grow":
		e.grown = append(e.grown, bytes.Repeat([]byte{1}, 64<<20))
	case "fork":
		cmd := exec.Command("/bin/sh", "-c", "echo $$ > "+p.File+"; exec sleep 60")
		cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
		if err := cmd.Start(); err != nil {
			return err
		}
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		time.Sleep(time.Minute)
	case "flood":
		chunk := make([]byte, 1<<20)
		for {
			if _, err := w.Write(chunk); err != nil {
				return err
			}
		}
	case "truncate": // behind the back of the sdk
		files, _ := filepath.Glob("output-*")
		for _, f := range files {
			_ = os.Remove(f)
			_ = os.WriteFile(f, []byte("abc"), 0o600)
		}
	case "swap":
		files, _ := filepath.Glob("output-*")
		for _, f := range files {
			_ = os.Remove(f)
			_ = os.Symlink("/etc/passwd", f)
		}
	}
	return writeRows(call, w)
}

// asPNG is the encoder of the benchmarks, which run the same code on their side.
type asPNG struct{}

func (asPNG) Encode(_ context.Context, call *sdk.EncodeCall, w io.Writer) error {
	m, err := call.Image.Picture(0)
	if err != nil {
		return err
	}
	return (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, m)
}

func writeRows(call *sdk.EncodeCall, w io.Writer) error {
	call.Warn("quality %d", call.Quality)
	for row, err := range call.Image.Rows() {
		if err != nil {
			return err
		}
		if _, err := w.Write(row); err != nil {
			return err
		}
	}
	return nil
}

func (e *encoder) Expand(_ context.Context, call *sdk.MacroCall) (sdk.Commands, error) {
	_, rest, _ := strings.Cut(call.Name, "-")
	switch rest {
	case "none":
		return nil, sdk.NoMacro(call.Name)
	case "slow":
		time.Sleep(3 * time.Second)
	case "huge":
		return sdk.Commands{{Name: "text", Value: strings.Repeat("x", 100<<10)}}, nil
	case "again":
		return sdk.Commands{{Macro: call.Name}}, nil
	case "deep":
		return sdk.Commands{{Name: "fmt", Value: "png"}, {Macro: "card"}}, nil
	}
	if call.Asset != nil {
		return sdk.Commands{{Name: "wid", Value: fmt.Sprint(len(call.Asset.File))}}, nil
	}
	return sdk.Commands{{Name: "wid", Value: rest}}, nil
}
