package plugintest

import (
	"context"
	"errors"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/exportd/exportd/plugins/pluginpb"
)

// expandTime is how long a macro has.
const expandTime = time.Second

// examplesOf are the names that a macro has to have.
func examplesOf(m *pluginpb.MacroInfo) []string {
	if len(m.GetExamples()) == 0 && !strings.Contains(m.GetName(), "*") {
		return []string{m.GetName()}
	}
	return m.GetExamples()
}

// madeAsset is what a macro is told of an asset.
func madeAsset() *pluginpb.Asset {
	return &pluginpb.Asset{Handle: "made/picture.jpg", Type: "Image", Folder: "made", File: "picture.jpg", Size: 12345, Format: "jpeg", Record: map[string]string{"Resolution": "300"}}
}

// expand expands a macro and looks at what it gives.
func (p *process) expand(ctx context.Context, m *pluginpb.MacroInfo, name string) (*pluginpb.ExpandResponse, error) {
	req := &pluginpb.ExpandRequest{Name: name, Before: []*pluginpb.Command{{Name: "wid", Value: "400"}}}
	if m.GetPerAsset() {
		req.Asset = madeAsset()
	}
	ctx, cancel := context.WithTimeout(ctx, expandTime)
	defer cancel()
	resp, err := p.macro.Expand(ctx, req)
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded), status.Code(err) == codes.DeadlineExceeded:
		return nil, breaks("look things up before they are asked for, or keep them", "macro $%s$ does not expand within %s", name, expandTime)
	case err != nil:
		return nil, breaks("name examples that exist", "macro $%s$, which it names itself, fails: %s", name, oneLine(err))
	case proto.Size(resp) > pluginpb.MaxExpansion:
		return nil, breaks("give at most 64 KiB", "macro $%s$ gives %d bytes", name, proto.Size(resp))
	}
	for _, c := range resp.GetCommands() {
		word := strings.TrimPrefix(c.GetName(), "$") + c.GetMacro()
		switch {
		case (c.GetName() == "") == (c.GetMacro() == ""):
			return nil, breaks("set name or macro, and not both", "macro $%s$ gives a command with the name %q and the macro %q", name, c.GetName(), c.GetMacro())
		case strings.ContainsAny(word, "&=$% \x00\n"):
			return nil, breaks("give names alone; values go into value", "macro $%s$ gives a command named %q", name, word)
		}
	}
	return resp, nil
}

func expands(ctx context.Context, k *kit) error {
	p, err := k.start(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	for _, m := range k.card.GetMacros() {
		for _, name := range examplesOf(m) {
			first, err := p.expand(ctx, m, name)
			if err != nil {
				return err
			}
			again, err := p.expand(ctx, m, name)
			if err != nil {
				return err
			}
			if !proto.Equal(first, again) {
				return breaks("let nothing depend on the time or on chance: answers are kept", "macro $%s$ expands to something else the second time", name)
			}
		}
		if m.GetPerAsset() && len(examplesOf(m)) > 0 {
			if _, err := p.macro.Expand(ctx, &pluginpb.ExpandRequest{Name: examplesOf(m)[0]}); err != nil {
				return breaks("answer with what you give to an asset of which nothing is known", "macro $%s$ fails without an asset: %s", examplesOf(m)[0], oneLine(err))
			}
		}
	}
	return nil
}

func refusesMacro(ctx context.Context, k *kit) error {
	p, err := k.start(ctx)
	if err != nil {
		return err
	}
	defer p.close()
	name := "no-such-macro"
	for _, m := range k.card.GetMacros() {
		if pluginpb.MatchMacro(m.GetName(), name) {
			return nil // it takes any name
		}
	}
	_, err = p.macro.Expand(ctx, &pluginpb.ExpandRequest{Name: name})
	if status.Code(err) != codes.NotFound {
		return breaks("fail with NOT_FOUND for a name that you do not have", "for a macro that is not there it answers %v", status.Code(err))
	}
	return nil
}
