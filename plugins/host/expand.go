package host

import (
	"context"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// expandTime bounds the expansion of a macro.
const expandTime = time.Second

// keptAnswers bounds the answers that are kept for the same question.
const keptAnswers = 4096

// answers are expansions by request. A macro is pure, so they hold as long as the
// plugin is what it is: as long as the host lives.
type answers struct {
	mu   sync.Mutex
	kept map[string][]*pluginpb.Command
}

// Expand expands a macro of a plugin. The error is E-MACRO-UNKNOWN where the
// plugin has no such macro after all, else like those of [Host.Encode].
func (h *Host) Expand(ctx context.Context, plugin string, req *pluginpb.ExpandRequest) ([]*pluginpb.Command, error) {
	question, err := proto.MarshalOptions{Deterministic: true}.Marshal(req)
	if err != nil {
		return nil, diag.New(diag.InternalError, "%w", err)
	}
	key := plugin + "\x00" + string(question)
	if kept, ok := h.answers.get(key); ok {
		return kept, nil
	}
	p, err := h.pool(plugin)
	if err != nil {
		return nil, err
	}
	var commands []*pluginpb.Command
	err = p.call(ctx, expandTime, func(ctx context.Context, in *instance) error {
		var trailer metadata.MD
		resp, err := in.macro.Expand(ctx, req, grpc.Trailer(&trailer))
		if err != nil {
			return in.failed(ctx, err, trailer)
		}
		if n := proto.Size(resp); n > pluginpb.MaxExpansion {
			return in.wrong("the expansion of macro $" + req.GetName() + "$ has more than 64 KiB")
		}
		commands = resp.GetCommands()
		return nil
	})
	if err == nil {
		h.answers.put(key, commands)
	}
	return commands, err
}

func (a *answers) get(key string) ([]*pluginpb.Command, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	kept, ok := a.kept[key]
	return kept, ok
}

// put keeps an answer. When there are too many all are forgotten: those of one job
// come in the order of its assets, and none is better than another.
func (a *answers) put(key string, commands []*pluginpb.Command) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.kept == nil || len(a.kept) >= keptAnswers {
		a.kept = map[string][]*pluginpb.Command{}
	}
	a.kept[key] = commands
}
