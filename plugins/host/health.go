package host

import (
	"context"
	"time"
)

// The rules of health: an idle process is asked now and then, and one that does
// not answer some times in a row is ended.
const (
	healthEvery   = 10 * time.Second
	healthTimeout = time.Second
	healthMisses  = 3
)

// look asks idle processes how they are, until the pool is closed.
func (p *pool) look() {
	tick := time.NewTicker(healthEvery)
	defer tick.Stop()
	misses := map[*instance]int{}
	for {
		select {
		case <-p.quit:
			return
		case <-tick.C:
		}
		for _, in := range p.idle() {
			if in.ended() {
				p.log.Warn("the plugin ended while it had nothing to do", "how", in.proc.how())
				continue
			}
			if in.healthy(context.Background()) {
				delete(misses, in)
			} else if misses[in]++; misses[in] >= healthMisses {
				p.log.Warn("the plugin does not answer, its process is ended", "misses", misses[in])
				delete(misses, in)
				in.proc.killGroup()
			}
		}
	}
}

// idle lists the processes without a call, as far as they can be ended.
func (p *pool) idle() []*instance {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []*instance
	for _, in := range p.instances {
		if in.users == 0 && in.proc != nil {
			all = append(all, in)
		}
	}
	return all
}
