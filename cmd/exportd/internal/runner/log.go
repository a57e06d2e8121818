package runner

import (
	"context"
	"log/slog"
)

// logLine is one line of the child's log.
type logLine struct {
	Level   slog.Level `json:"level"`
	Message string     `json:"message"`
	Attrs   []logAttr  `json:"attrs,omitempty"`
}

type logAttr struct{ Key, Value string }

// logHandler sends what is logged in the child to its supervisor.
type logHandler struct {
	events *sender
	attrs  []logAttr
}

// Enabled keeps what a supervisor could show.
func (h logHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelInfo }

// Handle sends one line. When the parent is gone nobody listens.
func (h logHandler) Handle(_ context.Context, r slog.Record) error {
	line := &logLine{Level: r.Level, Message: r.Message, Attrs: h.attrs[:len(h.attrs):len(h.attrs)]}
	r.Attrs(func(a slog.Attr) bool {
		line.Attrs = append(line.Attrs, logAttr{a.Key, a.Value.String()})
		return true
	})
	return h.events.send(event{Log: line})
}

// WithAttrs adds attributes to every line.
func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	all := h.attrs[:len(h.attrs):len(h.attrs)]
	for _, a := range attrs {
		all = append(all, logAttr{a.Key, a.Value.String()})
	}
	return logHandler{events: h.events, attrs: all}
}

// WithGroup keeps no groups: nobody makes any.
func (h logHandler) WithGroup(string) slog.Handler { return h }

// tell writes a line of a child into the supervisor's log.
func (l *logLine) tell(log *slog.Logger) {
	if log == nil {
		return
	}
	attrs := make([]slog.Attr, len(l.Attrs))
	for i, a := range l.Attrs {
		attrs[i] = slog.String(a.Key, a.Value)
	}
	log.LogAttrs(context.Background(), l.Level, l.Message, attrs...)
}
