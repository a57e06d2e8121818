package runner

import (
	"strings"
	"sync"
)

// tail keeps what a child writes to stderr: the beginning, where a dying process
// says why, and the end.
type tail struct {
	mu   sync.Mutex
	head []byte
	text []byte
}

// The bytes that are kept.
const (
	headSize = 4 << 10
	tailSize = 12 << 10
)

// Write keeps the first and the last bytes of all that is written.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := min(len(p), headSize-len(t.head))
	t.head = append(t.head, p[:n]...)
	t.text = append(t.text, p[n:]...)
	if over := len(t.text) - tailSize; over > 0 {
		t.text = append([]byte(nil), t.text[over:]...)
	}
	return len(p), nil
}

// last gives the words that a process died with: the line before Go's report of a
// signal, which is the C library's, or else the report's first line, or else the
// last line of all.
func (t *tail) last() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(t.head)+string(t.text)), "\n")
	before := ""
	for _, line := range lines {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "SIG") && before != "":
			return before
		case strings.HasPrefix(line, "panic: "), strings.HasPrefix(line, "fatal error: "), strings.HasPrefix(line, "SIG"):
			return line
		case line != "":
			before = line
		}
	}
	return before
}
