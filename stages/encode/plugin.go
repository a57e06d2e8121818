package encode

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"os"
	"slices"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/internal/vips"
)

// The params.
const (
	withParam    = "with"
	optionsParam = "options"
)

// plugin is the encoder that a stage names, and how encoders of plugins are called.
type plugin struct {
	stage    string
	encoders stage.Encoders
	with     string // PLUGIN/ENCODER; "" where fmt decides
	options  map[string]any
	format   string // of what with writes
	ext      string
}

func newPlugin(cfg stage.Config) (plugin, error) {
	p := plugin{stage: cfg.Name, encoders: cfg.Env.Encoders}
	for key, value := range cfg.Params {
		var ok bool
		switch key {
		case withParam:
			var with string
			if with, ok = value.(string); !ok || with == "" {
				break
			}
			name, encoder, isPlugin := stage.With(with)
			if !isPlugin {
				return p, diag.New(diag.KeyValue, "stage %q: params.with is %q", cfg.Name, with).WithHint(`write with = "plugin:NAME", or leave it out`)
			}
			p.with = name + "/" + encoder
		case optionsParam:
			p.options, ok = value.(map[string]any)
		default:
			return p, fmt.Errorf("stage %q: unknown param %q", cfg.Name, key)
		}
		if !ok {
			return p, diag.New(diag.KeyType, "stage %q: params.%s is %v", cfg.Name, key, value)
		}
	}
	if p.with == "" || p.encoders == nil {
		return p, nil
	}
	takes, err := p.encoders.Takes(p.with)
	p.format, p.ext = takes.Format, takes.Ext
	return p, err
}

// encoder names who writes a picture: the plugin of the stage, or the one that its
// fmt asks for; "" is libvips.
func (p plugin) encoder(img *vips.Image) string {
	if p.with != "" {
		return p.with
	}
	if r, ok := img.Rendered(); ok && r.Settings.Output.Foreign != nil {
		return r.Settings.Output.Foreign.Encoder
	}
	return ""
}

// encode lets a plugin write a picture.
func (p plugin) encode(ctx context.Context, name string, it *asset.Item, img *vips.Image, f *os.File) (vips.Encoded, error) {
	if p.encoders == nil {
		return vips.Encoded{}, diag.New(diag.PluginUnknown, "there is no plugin for encoder %s here", name)
	}
	takes, err := p.encoders.Takes(name)
	if err != nil {
		return vips.Encoded{}, err
	}
	pixels := img.Pixels()
	switch {
	case !slices.Contains(takes.Types, pixels.Type):
		return vips.Encoded{}, diag.New(diag.PluginFailed, "encoder plugin:%s does not take %s pixels", name, pixels.Type).
			WithHint("ask for a type that it takes, one of %v: fmt=…,%s", takes.Types, takes.Types[0])
	case pixels.Alpha && !takes.Alpha:
		return vips.Encoded{}, diag.New(diag.PluginFailed, "encoder plugin:%s takes no transparency", name).WithHint("ask for a fmt without -alpha")
	case takes.Edge > 0 && max(img.Width(), img.Height()) > takes.Edge:
		return vips.Encoded{}, diag.New(diag.OutputSize, "the reply is %dx%d pixels; encoder plugin:%s writes at most %d a side", img.Width(), img.Height(), name, takes.Edge)
	}
	reply, _ := img.Rendered()
	w := &summed{file: f, sum: sha256.New()}
	warnings, err := p.encoders.Encode(ctx, stage.Picture{
		Encoder: name, Options: p.options, Width: img.Width(), Height: img.Height(), Type: pixels.Type, Alpha: pixels.Alpha,
		Profile: pixels.Profile, XMP: pixels.XMP, DPI: pixels.DPI, Output: reply.Settings.Output, Fill: img.Fill,
		Asset: string(it.Asset.Handle), Stage: p.stage,
	}, w)
	if w.err != nil && ctx.Err() == nil {
		return vips.Encoded{}, &vips.WriteError{Err: w.err}
	}
	for _, d := range warnings {
		it.Note(d)
	}
	return vips.Encoded{
		Format: takes.Format, Ext: takes.Ext, Width: img.Width(), Height: img.Height(),
		Size: w.size, SHA256: hex.EncodeToString(w.sum.Sum(nil)), Colour: pixels.Colour,
	}, err
}

// summed writes to a file, counts and hashes.
type summed struct {
	file *os.File
	sum  hash.Hash
	size int64
	err  error
}

// Write writes.
func (s *summed) Write(b []byte) (int, error) {
	n, err := s.file.Write(b)
	s.sum.Write(b[:n])
	s.size += int64(n)
	if s.err == nil {
		s.err = err
	}
	return n, err
}
