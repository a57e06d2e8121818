// Command bad is a plugin that breaks one promise, the one that its own name says:
// each has a case of the kit that has to notice it.
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/exportd/exportd/plugins/sdk"
)

func main() {
	name := strings.TrimPrefix(filepath.Base(os.Args[0]), "exportd-plugin-")
	describing := len(os.Args) > 1 && os.Args[1] == "describe"
	served := !describing && os.Getenv("EXPORTD_PLUGIN_COOKIE") != ""
	e := &encoder{name: name}
	p := sdk.Plugin{
		Name: name, Version: "1.0.0", Description: "breaks a promise", Deterministic: true, Concurrent: name == "shared",
		Encoders: []sdk.EncoderInfo{{
			Name: "dump", Extension: "dump", MediaType: "application/octet-stream", MaxEdge: 3000,
			Samples: []sdk.SampleFormat{sdk.Uint8, sdk.Uint16}, Spaces: []sdk.ColourSpace{sdk.RGB, sdk.Grey}, Alpha: true,
			Params: []sdk.Param{{Name: "level", Type: sdk.Integer, Required: true, Example: 1, Min: 0, Max: 9}}, Encoder: e,
		}},
		Macros: []sdk.MacroInfo{{Name: "preset", Macro: e}},
	}
	switch {
	case name == "unstable" && describing:
		p.Description = time.Now().String()
	case name == "twofaced" && served:
		p.Description = "something else"
	case name == "mute" && served:
		time.Sleep(time.Minute)
	case name == "chatty" && served:
		fmt.Println("loading presets")
	case name == "oldproto" && served:
		fmt.Println("1|0|unix|/nowhere|grpc")
		time.Sleep(time.Minute)
	case name == "eager" && !describing:
		fmt.Println("1|1|unix|/nowhere|grpc") // whoever starts it
		time.Sleep(time.Minute)
	case name == "agreeable" && served && os.Getenv("PLUGIN_PROTOCOL_VERSIONS") == "99":
		fmt.Println("1|99|unix|/nowhere|grpc")
		time.Sleep(time.Minute)
	case name == "schemaless":
		p.Encoders[0].Params[0].Example = 20 // beyond its own bound
	case name == "online" && served:
		if _, err := net.Listen("tcp", "127.0.0.1:0"); err != nil {
			panic(err)
		}
	case name == "parent" && served:
		// A child in the plugin's group that stays when the plugin ends.
		if err := exec.Command("sleep", "60").Start(); err != nil {
			panic(err)
		}
	case name == "stubborn" && served:
		go func() { // comes back from every gentle end
			signal.Ignore(syscall.SIGTERM, os.Interrupt)
		}()
		defer time.Sleep(time.Minute)
		serveForEver(p)
	}
	sdk.Serve(p)
}

// serveForEver runs the plugin in a process of its own and stays when that ends.
func serveForEver(p sdk.Plugin) {
	if os.Getenv("BAD_INNER") != "" {
		sdk.Serve(p)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "BAD_INNER=1")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	_ = cmd.Run()
	time.Sleep(time.Minute)
}

type encoder struct {
	name  string
	calls int
	kept  [][]byte
}

func (e *encoder) Encode(ctx context.Context, call *sdk.EncodeCall, w io.Writer) error {
	e.calls++
	img := call.Image
	switch e.name {
	case "hang":
		select {}
	case "crash":
		if img.Width == 1 {
			os.Exit(3)
		}
	case "leak":
		block := make([]byte, 1<<20)
		_, _ = rand.Read(block)
		e.kept = append(e.kept, block)
	case "narrow":
		if img.Samples == sdk.Uint16 {
			return sdk.Unsupported("16 bits were only a promise")
		}
	case "dicey":
		_, _ = fmt.Fprintln(w, time.Now().UnixNano())
	case "deaf":
		for end := time.Now().Add(3 * time.Second); time.Now().Before(end) && img.Width > 1000; { //nolint:revive // it works hard at nothing
		}
	case "shared":
		e.kept = nil
		for row, err := range img.Rows() {
			if err != nil {
				return err
			}
			e.kept = append(e.kept, append([]byte(nil), row...)) // of every call at once
			time.Sleep(time.Microsecond)
		}
		_, err := io.WriteString(w, strconv.Itoa(len(e.kept))+strings.Repeat(".", len(e.kept)))
		return err
	case "trusting":
		for _, err := range img.Rows() {
			if err != nil {
				break // half a picture is a picture
			}
		}
		_, err := io.WriteString(w, "fine")
		return err
	}
	for row, err := range img.Rows() {
		if err != nil {
			return err
		}
		if _, err := w.Write(row); err != nil {
			return err
		}
	}
	return nil
}

func (e *encoder) Expand(ctx context.Context, call *sdk.MacroCall) (sdk.Commands, error) {
	switch e.name {
	case "moody":
		return sdk.Commands{{Name: "wid", Value: strconv.FormatInt(time.Now().UnixNano(), 10)}}, nil
	case "slow":
		time.Sleep(1200 * time.Millisecond)
	case "pasted":
		return sdk.Commands{{Name: "wid=40&hei", Value: "40"}}, nil
	case "huge":
		return sdk.Commands{{Name: "text", Value: strings.Repeat("x", 70<<10)}}, nil
	}
	return sdk.Commands{{Name: "wid", Value: "40"}}, nil
}
