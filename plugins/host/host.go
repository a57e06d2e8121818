package host

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/plugins/pin"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// Config says which plugins may run, and how.
type Config struct {
	Plugins []Plugin
	// Scratch is where files go that do not fit into memory; "" is the system's
	// folder for temporary files.
	Scratch string
	// Log gets what the plugins log and what becomes of them; nil drops it.
	Log *slog.Logger
	// Version is what plugins are told is calling them.
	Version string
	// StartTimeout bounds the time from a start to an answer; 0 is 10 s.
	StartTimeout time.Duration
}

// Plugin is one that may run. It crosses process edges as JSON.
type Plugin struct {
	pin.Copy
	Options Options `json:"options"`
	// Config is what it is configured with, JSON; "" for nothing.
	Config string `json:"config,omitempty"`
	// Reattach finds one that runs already under a debugger: it is neither started
	// nor ended, and it may take as long as it wants.
	Reattach *pluginpb.Reattach `json:"reattach,omitempty"`
}

// Options are what an operator may set for a plugin.
type Options struct {
	// Env names variables of exportd's own environment that it gets.
	Env []string `toml:"env" json:"env,omitempty"`
	// Processes is how many run at most; 0 is one a core, or one if it is concurrent.
	Processes int `toml:"processes" json:"processes,omitempty"`
	// Memory bounds its data, in bytes; above half of it a process is replaced
	// after its call. 0 is 2 GiB.
	Memory int64 `toml:"memory" json:"memory,omitempty"`
	// Calls is after how many calls a process is replaced; 0 is 10,000.
	Calls int `toml:"calls" json:"calls,omitempty"`
	// Time bounds a call; 0 leaves it to the stage.
	Time time.Duration `toml:"time" json:"time,omitempty"`
	// Output bounds a result, in bytes; 0 is 1 GiB.
	Output int64 `toml:"output" json:"output,omitempty"`
}

func (o Options) filled() Options {
	o.Memory, o.Calls, o.Output = or(o.Memory, 2<<30), or(o.Calls, 10_000), or(o.Output, 1<<30)
	return o
}

func or[T int | int64 | time.Duration](v, fallback T) T {
	if v == 0 {
		return fallback
	}
	return v
}

// Host runs plugins. It is safe for concurrent use.
type Host struct {
	cfg     Config
	room    *room // nil until the first start
	answers answers

	mu     sync.Mutex
	pools  map[string]*pool
	closed bool
}

// New makes a host. Nothing is started before it is needed.
func New(cfg Config) *Host {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	cfg.StartTimeout = or(cfg.StartTimeout, 10*time.Second)
	return &Host{cfg: cfg, pools: map[string]*pool{}}
}

// Start makes sure that a plugin runs, so that one that cannot is known before
// there is work for it. The error is E-PLUGIN-START, E-PLUGIN-CHANGED,
// E-PLUGIN-PARAM or E-PLUGIN-UNKNOWN.
func (h *Host) Start(ctx context.Context, name string) error {
	p, err := h.pool(name)
	if err != nil {
		return err
	}
	in, err := p.acquire(ctx)
	if err != nil {
		return err
	}
	p.release(in, false)
	return nil
}

// pool gives the pool of a plugin.
func (h *Host) pool(name string) (*pool, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, errors.New("the host is closed")
	}
	if p := h.pools[name]; p != nil {
		return p, nil
	}
	i := slices.IndexFunc(h.cfg.Plugins, func(p Plugin) bool { return p.Name == name })
	if i < 0 {
		return nil, diag.New(diag.PluginUnknown, "there is no plugin %s", name)
	}
	if h.room == nil {
		r, err := newRoom(h.cfg.Scratch)
		if err != nil {
			return nil, diag.New(diag.PluginStart, "no scratch folder for plugins: %w", err).WithHint("make room in /dev/shm or the folder for temporary files")
		}
		h.room = r
	}
	p, err := newPool(h, h.cfg.Plugins[i])
	if err != nil {
		return nil, err
	}
	h.pools[name] = p
	return p, nil
}

// Close ends all plugins and waits for them.
func (h *Host) Close() error {
	h.mu.Lock()
	h.closed = true
	pools := h.pools
	h.pools = nil
	h.mu.Unlock()
	var wg sync.WaitGroup
	for _, p := range pools {
		wg.Go(p.close)
	}
	wg.Wait()
	if h.room == nil {
		return nil
	}
	return h.room.close()
}
