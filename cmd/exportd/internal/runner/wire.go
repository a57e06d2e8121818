package runner

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/engine/stage"
)

// maxMessage bounds one line on either pipe, in bytes.
const maxMessage = 16 << 20

// Setup is the first message to a child: all it needs to know.
type Setup struct {
	Plan    string // the plan's TOML
	Catalog json.RawMessage
	Scratch string
	State   string // of the whole run
	Root    string
	Durable bool
	Fresh   bool   `json:",omitempty"`
	Targets string `json:",omitempty"` // their settings: the pipe is the one way that a secret goes
	Limits  stage.Limits
	// Timeouts are those of stages that have one of their own; the others have
	// the limit of time.
	Timeouts map[string]time.Duration `json:",omitempty"`
	Loaders  []asset.Format
	// Profiles are the folders with ICC profiles.
	Profiles []string `json:",omitempty"`
	// Plugins are those that encode, for [ChildConfig.Plugins].
	Plugins json.RawMessage `json:",omitempty"`
	Workers int
	Budget  int64 // pixels in flight
	// Dry reads headers, and neither decodes nor writes anything; what is learned
	// comes as probes.
	Dry bool `json:",omitempty"`
	// Fenced has the child ask before it gives files their names.
	Fenced bool `json:",omitempty"`
	// CommitDelay is how long a batch waits for more; 0 is the usual time.
	CommitDelay time.Duration `json:",omitempty"`
}

// timeout gives how long an item may be in a stage; 0 is for ever.
func (s Setup) timeout(stageName string) time.Duration {
	if d := s.Timeouts[stageName]; d > 0 {
		return d
	}
	return s.Limits.Time
}

// Task is one asset to export.
type Task struct {
	Seq   int
	Asset *asset.Asset
	Names map[string]string // by asset.NameKey
	// Done are branches that an earlier run has delivered, by asset.NameKey.
	Done []string `json:",omitempty"`
}

// order is one message to the child; exactly one field is set.
type order struct {
	Setup *Setup `json:"setup,omitempty"`
	Task  *Task  `json:"task,omitempty"`
	End   bool   `json:"end,omitempty"`  // no more tasks: finish all
	Stop  bool   `json:"stop,omitempty"` // no more tasks: finish those that were begun
	// Fence answers the child's question.
	Fence *verdict `json:"fence,omitempty"`
}

// event is one message from the child; exactly one field is set.
type event struct {
	Ready  bool               `json:"ready,omitempty"`
	Refuse *refusal           `json:"refuse,omitempty"` // the setup cannot be run
	Enter  *span              `json:"-"`
	Leave  *span              `json:"-"`
	Probe  *stage.Probe       `json:"probe,omitempty"` // in a dry run
	Branch *report.BranchLine `json:"branch,omitempty"`
	Done   *report.AssetLine  `json:"done,omitempty"`
	Log    *logLine           `json:"log,omitempty"`   // of plugins
	Fence  bool               `json:"fence,omitempty"` // may files get their names? The answer is an order
	Bye    bool               `json:"bye,omitempty"`
}

// verdict says whether files may get their names, and why not.
type verdict struct {
	Refused string `json:"refused,omitempty"`
}

// span is one visit of an item to a stage that touches pixels. Most events are
// the beginning or the end of one, so they have a line of their own beside JSON:
// a sign, the seq and the stage's name, as in +12 "decode".
type span struct {
	Seq   int
	Stage string
}

// The signs of a span.
const (
	enters = '+'
	leaves = '-'
)

// parseEvent reads a line of the child's.
func parseEvent(line []byte) (e event, err error) {
	if len(line) == 0 || line[0] != enters && line[0] != leaves {
		err = json.Unmarshal(line, &e)
		return e, err
	}
	seq, stage, _ := strings.Cut(string(line[1:]), " ")
	s := &span{}
	if s.Seq, err = strconv.Atoi(seq); err == nil {
		s.Stage, err = strconv.Unquote(stage)
	}
	if err != nil {
		return e, fmt.Errorf("%q is no visit to a stage: %w", line, err)
	}
	if line[0] == enters {
		return event{Enter: s}, nil
	}
	return event{Leave: s}, nil
}

// parseOrder reads a line of the parent's.
func parseOrder(line []byte) (o order, err error) {
	err = json.Unmarshal(line, &o)
	return o, err
}

// refusal is why a child cannot start.
type refusal struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// sender writes messages, a line each. It is safe for concurrent use.
type sender struct {
	mu  sync.Mutex
	buf *bufio.Writer
}

func newSender(w io.Writer) *sender { return &sender{buf: bufio.NewWriterSize(w, 64<<10)} }

func (s *sender) send(message any) error {
	line, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("encode a message: %w", err)
	}
	return s.line(append(line, '\n'))
}

// span writes the beginning or the end of a visit.
func (s *sender) span(sign byte, seq int, stage string) error {
	line := strconv.AppendInt(append(make([]byte, 0, 64), sign), int64(seq), 10)
	return s.line(append(strconv.AppendQuote(append(line, ' '), stage), '\n'))
}

func (s *sender) line(line []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.buf.Write(line); err != nil {
		return err
	}
	return s.buf.Flush()
}

// receive parses every line and calls f for it until the pipe ends or f fails.
func receive[M any](r io.Reader, parse func([]byte) (M, error), f func(M) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), maxMessage)
	for lines.Scan() {
		m, err := parse(lines.Bytes())
		if err != nil {
			return fmt.Errorf("a message that is not understood: %w", err)
		}
		if err := f(m); err != nil {
			return err
		}
	}
	return lines.Err()
}
