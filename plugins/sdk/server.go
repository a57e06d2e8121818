package sdk

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"

	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"github.com/exportd/exportd/plugins/pluginpb"
)

// stopping bounds how long calls in hand may take once the host said stop.
const stopping = 1500 * time.Millisecond

// server serves a plugin.
type server struct {
	plugin *Plugin
	log    *logger
	folder atomic.Value // the scratch folder, a string
	grpc   *grpc.Server
}

func (s *server) scratch() string {
	folder, _ := s.folder.Load().(string)
	return folder
}

// newGRPC makes the server that go-plugin fills.
func (s *server) newGRPC(opts []grpc.ServerOption) *grpc.Server {
	s.grpc = grpc.NewServer(append(opts, grpc.UnaryInterceptor(unary), grpc.StreamInterceptor(streamed))...)
	return s.grpc
}

// wire is the server as a go-plugin plugin: GRPC only.
type wire struct {
	goplugin.NetRPCUnsupportedPlugin
	*server
}

// GRPCServer registers the services.
func (w wire) GRPCServer(_ *goplugin.GRPCBroker, g *grpc.Server) error {
	pluginpb.RegisterPluginServiceServer(g, pluginService{server: w.server})
	if len(w.plugin.Encoders) > 0 {
		pluginpb.RegisterEncoderServiceServer(g, encoderService{server: w.server})
	}
	if len(w.plugin.Macros) > 0 {
		pluginpb.RegisterMacroServiceServer(g, macroService{server: w.server})
	}
	return nil
}

// GRPCClient is for hosts; this is none.
func (w wire) GRPCClient(context.Context, *goplugin.GRPCBroker, *grpc.ClientConn) (any, error) {
	return nil, errors.New("a plugin has no client")
}

type pluginService struct {
	pluginpb.UnimplementedPluginServiceServer
	*server
}

// Describe gives the card.
func (s pluginService) Describe(context.Context, *pluginpb.DescribeRequest) (*pluginpb.DescribeResponse, error) {
	return s.plugin.card(), nil
}

// Configure hands the configuration to those that want it.
func (s pluginService) Configure(ctx context.Context, req *pluginpb.ConfigureRequest) (*pluginpb.ConfigureResponse, error) {
	s.folder.Store(req.GetScratchFolder())
	s.log.setLevel(req.GetLogLevel())
	config, err := newParams(req.GetConfigJson(), s.plugin.Config)
	if err != nil {
		return nil, err
	}
	ctx = s.logged(ctx, nil)
	for _, part := range s.plugin.parts() {
		if c, ok := part.(Configurer); ok {
			if err := c.Configure(ctx, config); err != nil {
				return nil, err
			}
		}
	}
	return &pluginpb.ConfigureResponse{}, nil
}

// Validate asks the encoder whose params they are.
func (s pluginService) Validate(ctx context.Context, req *pluginpb.ValidateRequest) (*pluginpb.ValidateResponse, error) {
	known, validator := s.plugin.Config, Validator(nil)
	if name := req.GetEncoder(); name != "" {
		info, ok := s.plugin.encoder(name)
		if !ok {
			return nil, Unsupported("there is no encoder %q", name)
		}
		known = info.Params
		validator, _ = info.Encoder.(Validator)
	}
	params, err := newParams(req.GetParamsJson(), known)
	if err == nil && validator != nil {
		err = validator.Validate(s.logged(ctx, nil), params)
	}
	return &pluginpb.ValidateResponse{Problems: problems(err)}, nil
}

// problems takes an error of a [Validator] apart.
func problems(err error) []*pluginpb.Problem {
	if err == nil {
		return nil
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*pluginpb.Problem
		for _, one := range many.Unwrap() {
			all = append(all, problems(one)...)
		}
		return all
	}
	p := &pluginpb.Problem{Message: err.Error()}
	var e *Error
	if errors.As(err, &e) {
		p.Path, p.Hint = e.path, e.hint
	}
	return []*pluginpb.Problem{p}
}

// Shutdown closes what is an io.Closer, and lets the process end.
func (s pluginService) Shutdown(ctx context.Context, _ *pluginpb.ShutdownRequest) (*pluginpb.ShutdownResponse, error) {
	for _, part := range s.plugin.parts() {
		if c, ok := part.(io.Closer); ok {
			if err := c.Close(); err != nil {
				s.log.from(ctx).Warn("close", "error", err)
			}
		}
	}
	go func() { // the answer goes out first; the process ends with the server
		stop := time.AfterFunc(stopping, s.grpc.Stop)
		s.grpc.GracefulStop()
		stop.Stop()
	}()
	return &pluginpb.ShutdownResponse{}, nil
}
