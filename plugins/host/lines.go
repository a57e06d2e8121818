package host

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
)

// The bounds of what a process writes to its standard error.
const (
	keptLines = 256     // for the report of a crash
	maxLine   = 8 << 10 // bytes; longer ones are cut
)

// lines is the standard error of one process: JSON goes into the log with its
// level and attributes, anything else as debug, and the last lines are kept.
type lines struct {
	log *slog.Logger

	mu   sync.Mutex
	last []string
}

// read takes lines until r ends.
func (l *lines) read(r io.Reader) {
	buf := bufio.NewReaderSize(r, maxLine)
	for {
		line, more, err := buf.ReadLine()
		if err != nil {
			return
		}
		l.line(string(line))
		for more && err == nil { // the rest of a line that is too long
			_, more, err = buf.ReadLine()
		}
	}
}

func (l *lines) line(text string) {
	if strings.TrimSpace(text) == "" {
		return
	}
	l.mu.Lock()
	if len(l.last) == keptLines {
		l.last = slices.Delete(l.last, 0, 1)
	}
	l.last = append(l.last, text)
	l.mu.Unlock()
	var fields map[string]any
	if text[0] != '{' || json.Unmarshal([]byte(text), &fields) != nil || fields["@message"] == nil {
		l.log.Debug(text)
		return
	}
	message, _ := fields["@message"].(string)
	level := levelOf(fields["@level"])
	var attrs []slog.Attr
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if !strings.HasPrefix(key, "@") {
			attrs = append(attrs, slog.Any(key, fields[key]))
		}
	}
	l.log.LogAttrs(context.Background(), level, message, attrs...)
}

func levelOf(name any) slog.Level {
	switch name {
	case "info":
		return slog.LevelInfo
	case "warn":
		return slog.LevelWarn
	case "error":
		return slog.LevelError
	}
	return slog.LevelDebug
}

// kept gives the last lines.
func (l *lines) kept() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.last)
}

// stack gives what a crash left: from the line that begins one on, else the last
// lines. headline is the line that says most.
func stack(kept []string) (headline, all string) {
	start := -1
	for i, line := range kept {
		for _, sign := range []string{"panic: ", "fatal error: ", "SIG", "Traceback (most recent call last)", "unexpected fault address"} {
			if strings.HasPrefix(line, sign) {
				start = i
			}
		}
		if start >= 0 {
			break
		}
	}
	if start < 0 {
		if len(kept) == 0 {
			return "", ""
		}
		return kept[len(kept)-1], strings.Join(kept[max(0, len(kept)-20):], "\n")
	}
	headline = kept[start]
	if strings.HasPrefix(headline, "Traceback") { // Python says what it was at the end
		headline = kept[len(kept)-1]
	}
	return headline, strings.Join(kept[start:], "\n")
}

// Write takes what a plugin prints to its standard output after the handshake.
func (l *lines) Write(p []byte) (int, error) {
	for line := range strings.SplitSeq(strings.TrimRight(string(p), "\n"), "\n") {
		if line != "" {
			l.log.Info(line, "stream", "stdout")
		}
	}
	return len(p), nil
}
