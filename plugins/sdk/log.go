package sdk

import (
	"context"
	"io"
	"log/slog"
	"strings"

	"github.com/exportd/exportd/plugins/pluginpb"
)

// logger writes lines that the host understands: JSON with @level and @message.
type logger struct {
	level slog.LevelVar
	slog  *slog.Logger
}

func newLogger(w io.Writer) *logger {
	l := &logger{}
	l.level.Set(slog.LevelDebug)
	l.slog = slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: &l.level, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) > 0 {
			return a
		}
		switch a.Key {
		case slog.LevelKey:
			return slog.String("@level", strings.ToLower(a.Value.String()))
		case slog.MessageKey:
			a.Key = "@message"
		case slog.TimeKey:
			a.Key = "@timestamp"
		}
		return a
	}}))
	return l
}

func (l *logger) setLevel(name string) {
	var level slog.Level
	switch err := level.UnmarshalText([]byte(name)); {
	case name == "trace":
		l.level.Set(slog.LevelDebug)
	case err == nil:
		l.level.Set(level)
	}
}

type logKey struct{}

// from gives the logger of a call, or that of the plugin.
func (l *logger) from(ctx context.Context) *slog.Logger {
	if own, ok := ctx.Value(logKey{}).(*slog.Logger); ok {
		return own
	}
	return l.slog
}

// Log gives the logger of a call: what it writes comes out in exportd's log with
// the plugin, the job and the asset. Without a call it drops everything.
func Log(ctx context.Context) *slog.Logger {
	if own, ok := ctx.Value(logKey{}).(*slog.Logger); ok {
		return own
	}
	return slog.New(slog.DiscardHandler)
}

// logged gives a call's context its logger.
func (s *server) logged(ctx context.Context, call *pluginpb.CallContext) context.Context {
	log := s.log.slog
	if call != nil {
		log = log.With("job", call.GetJob(), "asset", call.GetAsset(), "stage", call.GetStage())
	}
	return context.WithValue(ctx, logKey{}, log)
}
