package host

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/exportd/exportd/plugins/pluginpb"
)

// Card starts a plugin, if it does not run, and gives what it says of itself.
func (h *Host) Card(ctx context.Context, plugin string) (*pluginpb.DescribeResponse, error) {
	if err := h.Start(ctx, plugin); err != nil {
		return nil, err
	}
	p, err := h.pool(plugin)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.card, nil
}

// Validate asks a plugin what is wrong with params that fit their schema: those of
// an encoder, or of the plugin where encoder is "".
func (h *Host) Validate(ctx context.Context, plugin, encoder, params string) ([]*pluginpb.Problem, error) {
	p, err := h.pool(plugin)
	if err != nil {
		return nil, err
	}
	var found []*pluginpb.Problem
	err = p.call(ctx, p.host.cfg.StartTimeout, func(ctx context.Context, in *instance) error {
		var trailer metadata.MD
		resp, err := in.plugin.Validate(ctx, &pluginpb.ValidateRequest{Encoder: encoder, ParamsJson: params}, grpc.Trailer(&trailer))
		if err != nil {
			return in.failed(ctx, err, trailer)
		}
		found = resp.GetProblems()
		return nil
	})
	return found, err
}
