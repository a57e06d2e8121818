package plugintest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/exportd/exportd/plugins/host"
	"github.com/exportd/exportd/plugins/pin"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// Version goes up when a case is added or becomes stricter.
const Version = "1"

// Config says what is tested.
type Config struct {
	// Path is the executable, or the folder with a plugin.toml.
	Path string
	// Configuration is what Configure gets, a JSON object; "" is an empty one.
	Configuration string
	// Calls is how many calls have to pass without growth; 0 is 1,000.
	Calls int
}

// State is how a case ended.
type State string

// The states.
const (
	Passed  State = "passed"
	Failed  State = "failed"
	Without State = "without" // it does not concern this plugin
)

// Result is how one case ended.
type Result struct {
	Case    string  `json:"case"`
	Promise string  `json:"promise"`
	State   State   `json:"state"`
	Message string  `json:"message,omitempty"` // what is wrong, or why it does not concern the plugin
	Mend    string  `json:"mend,omitempty"`
	Log     string  `json:"log,omitempty"` // the last lines of the plugin's standard error
	Seconds float64 `json:"seconds"`
}

// Report is how a plugin did.
type Report struct {
	Plugin  string   `json:"plugin"`
	Version string   `json:"version"`
	Kit     string   `json:"kit"`
	Results []Result `json:"results"`
}

// Count says how many cases ended in a state.
func (r *Report) Count(s State) int {
	n := 0
	for _, one := range r.Results {
		if one.State == s {
			n++
		}
	}
	return n
}

// kit is what the cases share: what the plugin is.
type kit struct {
	cfg  Config
	copy pin.Copy
	card *pluginpb.DescribeResponse
	log  *tail // of the case that runs
}

// Case is one promise.
type Case struct {
	Name    string
	Promise string
	// without says why the case does not concern a plugin; "" where it does.
	without func(*kit) string
	run     func(context.Context, *kit) error
}

// caseTime bounds a case.
const caseTime = 2 * time.Minute

// Check runs all cases, or those that are named. The error says that there is no
// plugin to test, or that the kit itself cannot work here.
func Check(ctx context.Context, cfg Config, names ...string) (*Report, error) {
	if cfg.Calls <= 0 {
		cfg.Calls = 1000
	}
	found, err := pin.At(cfg.Path)
	if err != nil {
		return nil, err
	}
	k := &kit{cfg: cfg, copy: found.As(found.Name)}
	report := &Report{Plugin: k.copy.Name, Kit: Version}
	card, err := host.Describe(ctx, k.copy)
	if err != nil {
		report.Results = []Result{{Case: "describe", Promise: "the plugin says what it is", State: Failed, Message: err.Error(), Mend: mendOf(err)}}
		return report, ctx.Err()
	}
	k.card, report.Version = card, card.GetVersion()
	chosen, err := choose(names)
	if err != nil {
		return nil, err
	}
	for _, c := range chosen {
		report.Results = append(report.Results, k.one(ctx, c))
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return report, nil
}

func choose(names []string) ([]Case, error) {
	if len(names) == 0 {
		return Cases(), nil
	}
	var chosen []Case
	for _, name := range names {
		n := len(chosen)
		for _, c := range Cases() {
			if c.Name == name {
				chosen = append(chosen, c)
			}
		}
		if len(chosen) == n {
			return nil, fmt.Errorf("the kit has no case %q", name)
		}
	}
	return chosen, nil
}

// one runs a case.
func (k *kit) one(ctx context.Context, c Case) Result {
	r := Result{Case: c.Name, Promise: c.Promise, State: Passed}
	if c.without != nil {
		if why := c.without(k); why != "" {
			r.State, r.Message = Without, why
			return r
		}
	}
	k.log = &tail{}
	ctx, cancel := context.WithTimeout(ctx, caseTime)
	defer cancel()
	start := time.Now()
	err := c.run(ctx, k)
	r.Seconds = time.Since(start).Round(time.Millisecond).Seconds()
	if err != nil {
		r.State, r.Message, r.Mend, r.Log = Failed, err.Error(), mendOf(err), k.log.text()
	}
	return r
}

// Run runs all cases as subtests.
func Run(t *testing.T, cfg Config) {
	t.Helper()
	report, err := Check(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range report.Results {
		t.Run(r.Case, func(t *testing.T) {
			switch r.State {
			case Failed:
				t.Errorf("%s: %s\nmend: %s\n%s", r.Promise, r.Message, r.Mend, r.Log)
			case Without:
				t.Logf("without: %s", r.Message)
			}
		})
	}
}

// broken is a promise that was not kept.
type broken struct{ what, mend string }

func (b *broken) Error() string { return b.what }

// breaks says what is wrong, and what its author can do.
func breaks(mend, format string, args ...any) error {
	return &broken{what: fmt.Sprintf(format, args...), mend: mend}
}

// hinted is what diags have.
type hinted interface{ Mend() string }

func mendOf(err error) string {
	var b *broken
	var h hinted
	switch {
	case errors.As(err, &b):
		return b.mend
	case errors.As(err, &h):
		return h.Mend()
	}
	return "see plugins/proto for what the protocol wants here"
}
