package sdk

import (
	"context"

	"github.com/exportd/exportd/plugins/pluginpb"
)

// MacroCall is one use of a macro.
type MacroCall struct {
	Name string // as it is written in the modifier, without $
	// Asset is nil for a macro that is not PerAsset, and where there is no asset.
	Asset *Asset
	// Before are the commands before the macro, weakest first, macros expanded.
	Before Commands
}

// Asset is what is known of an asset before its pixels are looked at.
type Asset struct {
	Handle  string
	Type    string // Image, Illustrator, …
	SubType string
	Folder  string // slash-separated, "" at the root
	File    string // the base name
	Size    int64  // bytes
	Format  string // jpeg, png, tiff, …
	Company string
	// Record has the Image Serving fields that are not empty: Modifier, Resolution, …
	Record map[string]string
}

// Command is one command of a modifier, or the use of another macro. Names and
// values are written plainly; exportd escapes them.
type Command struct {
	Name  string // one that starts with $ defines a variable
	Value string
	Macro string // the name of another macro, in place of Name and Value
}

// Commands are commands, weakest first.
type Commands []Command

// Get gives the value of the last command of a name, spelled like that.
func (c Commands) Get(name string) (value string, ok bool) {
	for _, one := range c {
		if one.Name == name {
			value, ok = one.Value, true
		}
	}
	return value, ok
}

type macroService struct {
	pluginpb.UnimplementedMacroServiceServer
	*server
}

// Expand serves one call.
func (s macroService) Expand(ctx context.Context, req *pluginpb.ExpandRequest) (*pluginpb.ExpandResponse, error) {
	info, ok := s.plugin.macro(req.GetName())
	if !ok {
		return nil, NoMacro(req.GetName())
	}
	call := &MacroCall{Name: req.GetName()}
	for _, c := range req.GetBefore() {
		call.Before = append(call.Before, Command{Name: c.GetName(), Value: c.GetValue(), Macro: c.GetMacro()})
	}
	if a := req.GetAsset(); a != nil {
		call.Asset = &Asset{
			Handle: a.GetHandle(), Type: a.GetType(), SubType: a.GetSubType(), Folder: a.GetFolder(), File: a.GetFile(),
			Size: int64(a.GetSize()), Format: a.GetFormat(), Company: a.GetCompany(), Record: a.GetRecord(),
		}
	}
	out, err := info.Macro.Expand(s.logged(ctx, nil), call)
	if err != nil {
		return nil, err
	}
	resp := &pluginpb.ExpandResponse{}
	for _, c := range out {
		resp.Commands = append(resp.Commands, &pluginpb.Command{Name: c.Name, Value: c.Value, Macro: c.Macro})
	}
	return resp, nil
}
