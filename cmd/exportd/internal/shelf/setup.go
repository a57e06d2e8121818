package shelf

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/plugins/host"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// setup is what the process that encodes has to know of plugins.
type setup struct {
	Plugins []sent
	// Start are those that the plan uses for certain: they have to start before
	// anything is done.
	Start   []string
	Scratch string
}

// sent is one plugin and its card.
type sent struct {
	Plugin host.Plugin
	Card   json.RawMessage
}

// Setup says which plugins a plan may run, for [NewEncoders]; nil for none. Scratch
// is a folder for pixels that do not fit into memory.
func (sh *Shelf) Setup(p *plan.Plan, scratch string) (json.RawMessage, error) {
	s := setup{Scratch: scratch}
	for _, pin := range p.Plugins {
		e, err := sh.Get(pin.Name)
		if err != nil {
			return nil, err
		}
		card, err := protojson.Marshal(e.Card)
		if err != nil {
			return nil, err
		}
		s.Plugins = append(s.Plugins, sent{sh.plugin(e), card})
		if uses(p, pin) {
			s.Start = append(s.Start, pin.Name)
		}
	}
	if s.Plugins == nil {
		return nil, nil
	}
	return json.Marshal(s)
}

// uses reports whether a plan names a plugin, by params.with or by a token of fmt.
func uses(p *plan.Plan, pin plan.Plugin) bool {
	for _, st := range p.Stages {
		with, _ := st.Params["with"].(string)
		if name, _, ok := stage.With(with); ok && name == pin.Name {
			return true
		}
		text, _ := st.Params["modifier"].(string)
		for _, e := range pin.Encoders {
			if e.Format != "" && strings.Contains(strings.ToLower(text), "fmt="+e.Format) {
				return true
			}
		}
	}
	return false
}

// Encoders are the encoders of plugins, for the stages.
type Encoders struct {
	host  *host.Host
	cards map[string]*pluginpb.DescribeResponse
}

// NewEncoders starts the plugins that are needed for certain, and makes the others
// ready. The caller closes them.
func NewEncoders(ctx context.Context, text json.RawMessage, log *slog.Logger) (*Encoders, error) {
	var s setup
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, diag.New(diag.InternalError, "read the plugins: %w", err)
	}
	e := &Encoders{cards: map[string]*pluginpb.DescribeResponse{}}
	var plugins []host.Plugin
	for _, p := range s.Plugins {
		card := &pluginpb.DescribeResponse{}
		if err := protojson.Unmarshal(p.Card, card); err != nil {
			return nil, diag.New(diag.InternalError, "read the card of a plugin: %w", err)
		}
		e.cards[p.Plugin.Name] = card
		plugins = append(plugins, p.Plugin)
	}
	e.host = host.New(host.Config{Plugins: plugins, Scratch: s.Scratch, Log: log})
	for _, name := range s.Start {
		if err := e.host.Start(ctx, name); err != nil {
			return nil, errors.Join(err, e.host.Close())
		}
	}
	return e, nil
}

// Close ends the plugins.
func (e *Encoders) Close() error { return e.host.Close() }

// info finds an encoder by its full name.
func (e *Encoders) info(name string) (plugin string, info *pluginpb.EncoderInfo, err error) {
	plugin, encoder, _ := strings.Cut(name, "/")
	all := e.cards[plugin].GetEncoders()
	i := slices.IndexFunc(all, func(in *pluginpb.EncoderInfo) bool { return in.GetName() == encoder })
	if i < 0 {
		return "", nil, diag.New(diag.PluginUnknown, "there is no encoder plugin:%s", name)
	}
	return plugin, all[i], nil
}

// Takes says what an encoder takes and writes.
func (e *Encoders) Takes(name string) (stage.Takes, error) {
	_, info, err := e.info(name)
	if err != nil {
		return stage.Takes{}, err
	}
	format := info.GetFormat()
	if format == "" {
		format = info.GetName()
	}
	return stage.Takes{Types: types(info), Alpha: info.GetAlpha(), Edge: int(info.GetMaxEdge()), Format: format, Ext: info.GetExtension()}, nil
}

// Encode encodes a picture.
func (e *Encoders) Encode(ctx context.Context, p stage.Picture, w io.Writer) (diag.List, error) {
	plugin, info, err := e.info(p.Encoder)
	if err != nil {
		return nil, err
	}
	options := []byte("{}")
	if len(p.Options) > 0 {
		if options, err = json.Marshal(p.Options); err != nil {
			return nil, diag.New(diag.PluginParam, "the options of plugin %s: %w", plugin, err)
		}
	}
	head := Header(info, Pixels{Width: p.Width, Height: p.Height, Space: space(p.Type), Alpha: p.Alpha})
	head.Xmp, head.Dpi = p.XMP, p.DPI
	if info.GetIccProfile() {
		head.IccProfile = p.Profile
	}
	warnings, err := e.host.Encode(ctx, host.Request{
		Plugin: plugin, Encoder: info.GetName(), Params: string(options), Image: head, Into: w,
		Wish: &pluginpb.Wish{Quality: uint32(p.Output.Quality), Lossless: p.Output.Compression == modifier.CompressionLossless, FullChroma: p.Output.Chroma444},
		Call: &pluginpb.CallContext{Asset: p.Asset, Stage: p.Stage, Attempt: 1},
		Fill: func(ctx context.Context, into []byte) error { return fill(ctx, p, info, into) },
	})
	var found diag.List
	for _, text := range warnings {
		found.Add(diag.New(diag.PluginWarning, "plugin %s: %s", plugin, text))
	}
	return found, err
}

// fill computes the pixels where they are wanted, or beside where the encoder takes
// no samples of 8 bits.
func fill(ctx context.Context, p stage.Picture, info *pluginpb.EncoderInfo, into []byte) error {
	size := pluginpb.SampleSize(sampleFormat(info))
	if size == 1 {
		return p.Fill(ctx, into)
	}
	narrow := make([]byte, len(into)/size)
	if err := p.Fill(ctx, narrow); err != nil {
		return err
	}
	return Convert(info, narrow, len(narrow)/(p.Width*p.Height), into)
}

func space(t modifier.PixelType) pluginpb.ColourSpace {
	switch t {
	case modifier.TypeGray:
		return pluginpb.ColourSpace_COLOUR_SPACE_GREY
	case modifier.TypeCMYK:
		return pluginpb.ColourSpace_COLOUR_SPACE_CMYK
	}
	return pluginpb.ColourSpace_COLOUR_SPACE_RGB
}
