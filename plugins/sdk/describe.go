package sdk

import (
	"fmt"
	"io"
	"reflect"
	"runtime"

	"google.golang.org/protobuf/encoding/protojson"

	"github.com/exportd/exportd/plugins/pluginpb"
)

// card is the plugin as the wire describes it.
func (p *Plugin) card() *pluginpb.DescribeResponse {
	d := &pluginpb.DescribeResponse{
		Name: p.Name, Version: p.Version, Description: p.Description, Licence: p.Licence, Homepage: p.Homepage,
		Language: "go " + runtime.Version()[2:], Protocols: []uint32{pluginpb.Protocol},
		Capabilities: &pluginpb.Capabilities{
			Concurrent: p.Concurrent, FileHandoff: true, Deterministic: p.Deterministic, Network: p.Network, Cancel: true,
		},
		ConfigSchema: schema(p.Config), Environment: p.Environment,
	}
	for _, m := range p.Macros {
		d.Macros = append(d.Macros, &pluginpb.MacroInfo{Name: m.Name, Description: m.Description, Examples: m.Examples, PerAsset: m.PerAsset})
	}
	for _, e := range p.Encoders {
		info := &pluginpb.EncoderInfo{
			Name: e.Name, Description: e.Description, Format: e.Format, Extension: e.Extension, MediaType: e.MediaType,
			Alpha: e.Alpha, Animation: e.Animation, IccProfile: e.ICC, MaxEdge: uint32(e.MaxEdge),
			ParamsSchema: schema(e.Params), MemoryPerMegapixel: uint64(e.MemoryPerMegapixel),
		}
		for _, f := range e.Samples {
			info.SampleFormats = append(info.SampleFormats, pluginpb.SampleFormat(f))
		}
		for _, s := range e.Spaces {
			info.ColourSpaces = append(info.ColourSpaces, pluginpb.ColourSpace(s))
		}
		d.Encoders = append(d.Encoders, info)
	}
	return d
}

// describe prints the card.
func (p *Plugin) describe(w io.Writer) error {
	text, err := protojson.MarshalOptions{Multiline: true}.Marshal(p.card())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", text)
	return err
}

// same reports whether two values are one, as far as they can be compared.
func same(a, b any) bool {
	return reflect.TypeOf(a) == reflect.TypeOf(b) && reflect.ValueOf(a).Comparable() && a == b
}
