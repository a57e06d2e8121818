package host

import (
	"context"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// concurrentCalls is how many calls one process of a concurrent plugin has at once.
const concurrentCalls = 16

// pool is the processes of one plugin.
type pool struct {
	host    *Host
	plugin  Plugin
	scratch *scratch
	log     *slog.Logger
	quit    chan struct{}
	owned   sync.WaitGroup // everything that runs for the pool

	mu        sync.Mutex
	changed   chan struct{}              // closed when a call may find a process now
	card      *pluginpb.DescribeResponse // nil before the first start
	instances []*instance
	starting  int
	breaker   breaker
	closed    bool
}

func newPool(h *Host, plugin Plugin) (*pool, error) {
	dir, err := h.room.folder(plugin.Name)
	if err != nil {
		return nil, diag.New(diag.PluginStart, "no scratch folder for plugin %s: %w", plugin.Name, err)
	}
	plugin.Options = plugin.Options.filled()
	p := &pool{
		host: h, plugin: plugin, scratch: &scratch{dir: dir, room: h.room},
		log: h.cfg.Log.With("plugin", plugin.Name), quit: make(chan struct{}), changed: make(chan struct{}),
	}
	p.owned.Go(p.look)
	return p, nil
}

// learn keeps the card of the plugin.
func (p *pool) learn(card *pluginpb.DescribeResponse) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.card = card
}

// acquire gives a process for one call, starting one if that is allowed. It waits
// for one to be free, and after deaths for the time that has to pass.
func (p *pool) acquire(ctx context.Context) (*instance, error) {
	for {
		p.mu.Lock()
		in, wait, err := p.choose()
		changed := p.changed
		p.mu.Unlock()
		switch {
		case in != nil || err != nil:
			return in, err
		case wait < 0: // all are busy
			select {
			case <-changed:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		default:
			return p.add(ctx, wait)
		}
	}
}

// choose gives a process that may have another call; or how long to wait before
// one is started, and counts that start; or -1 when there is nothing to do but wait.
func (p *pool) choose() (*instance, time.Duration, error) {
	if p.closed {
		return nil, 0, diag.New(diag.Stopped, "the plugins are being stopped")
	}
	p.instances = slices.DeleteFunc(p.instances, func(in *instance) bool { return in.users == 0 && in.ended() })
	capacity, most := 1, or(p.plugin.Options.Processes, runtime.NumCPU())
	switch {
	case p.card == nil: // the first tells how many there may be
		most = 1
	case p.card.GetCapabilities().GetConcurrent():
		capacity, most = concurrentCalls, or(p.plugin.Options.Processes, 1)
	}
	if p.plugin.Reattach != nil {
		most = 1
	}
	for _, in := range p.instances {
		if !in.retired && !in.ended() && in.users < capacity {
			in.users++
			return in, 0, nil
		}
	}
	now := time.Now()
	switch {
	case p.breaker.open(now):
		return nil, 0, p.down()
	case len(p.instances)+p.starting >= most:
		return nil, -1, nil
	}
	p.starting++
	return nil, p.breaker.wait(now), nil
}

// add starts a process for one call.
func (p *pool) add(ctx context.Context, wait time.Duration) (*instance, error) {
	err := pause(ctx, wait)
	var in *instance
	if err == nil {
		in, err = p.start(ctx)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.starting--
	defer p.wake()
	if err != nil {
		if ctx.Err() == nil {
			p.breaker.died(time.Now())
		}
		return nil, err
	}
	in.users = 1
	p.instances = append(p.instances, in)
	return in, nil
}

// alone starts a process for one call that nothing else may disturb; discard ends
// it.
func (p *pool) alone(ctx context.Context) (*instance, error) {
	now := time.Now()
	p.mu.Lock()
	wait, open := p.breaker.wait(now), p.breaker.open(now)
	p.mu.Unlock()
	if open {
		return nil, p.down()
	}
	if err := pause(ctx, wait); err != nil {
		return nil, err
	}
	in, err := p.start(ctx)
	if err != nil && ctx.Err() == nil {
		p.died()
	}
	return in, err
}

// down says that the breaker is open.
func (p *pool) down() error {
	return diag.New(diag.PluginDown, "plugin %s died %d times in a row and is left alone for %s", p.plugin.Name, maxDeaths, lastWait)
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// release takes a process back after a call. One that is spoilt, worn or too large
// gets no other.
func (p *pool) release(in *instance, spoilt bool) {
	worn := in.proc != nil && in.proc.rss() > p.plugin.Options.Memory/2
	p.mu.Lock()
	defer p.mu.Unlock()
	in.users--
	in.calls++
	in.retired = in.retired || spoilt || worn || in.calls >= p.plugin.Options.Calls
	if in.retired && in.users == 0 {
		p.instances = slices.DeleteFunc(p.instances, func(o *instance) bool { return o == in })
		p.owned.Go(func() {
			if spoilt {
				in.end()
			} else {
				in.stop()
			}
		})
	}
	p.wake()
}

// wake lets everybody look again who waits.
func (p *pool) wake() {
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *pool) died() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.breaker.died(time.Now())
}

func (p *pool) worked() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.breaker.worked()
}

// close ends all processes. Calls in hand end with an error.
func (p *pool) close() {
	p.mu.Lock()
	p.closed = true
	all := p.instances
	p.instances = nil
	p.wake()
	p.mu.Unlock()
	close(p.quit)
	var wg sync.WaitGroup
	for _, in := range all {
		wg.Go(in.stop)
	}
	wg.Wait()
	p.owned.Wait()
	p.scratch.close()
}
