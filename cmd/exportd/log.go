package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
)

// logger is the log of a command: warnings and errors as lines on stderr.
func (a *app) logger() *slog.Logger { return slog.New(&lineHandler{w: a.stderr, mu: &sync.Mutex{}}) }

// lineHandler writes records as the other lines of the program are written.
type lineHandler struct {
	w     io.Writer
	mu    *sync.Mutex
	attrs []slog.Attr
}

// Enabled keeps warnings and errors.
func (h *lineHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelWarn }

// Handle writes one line: the message, its attributes, and what has several lines
// below it.
func (h *lineHandler) Handle(_ context.Context, r slog.Record) error {
	var line, below strings.Builder
	fmt.Fprintf(&line, "%s: %s", strings.ToLower(r.Level.String()), r.Message)
	add := func(a slog.Attr) bool {
		switch text := a.Value.String(); {
		case strings.Contains(text, "\n"):
			fmt.Fprintf(&below, "  %s:\n    %s\n", a.Key, strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    "))
		case text != "":
			fmt.Fprintf(&line, " %s=%s", a.Key, text)
		}
		return true
	}
	for _, a := range h.attrs {
		add(a)
	}
	r.Attrs(add)
	h.mu.Lock()
	defer h.mu.Unlock()
	_, err := fmt.Fprintf(h.w, "%s\n%s", line.String(), below.String())
	return err
}

// WithAttrs adds attributes to every line.
func (h *lineHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &lineHandler{w: h.w, mu: h.mu, attrs: append(append([]slog.Attr(nil), h.attrs...), attrs...)}
}

// WithGroup keeps no groups: nobody makes any.
func (h *lineHandler) WithGroup(string) slog.Handler { return h }
