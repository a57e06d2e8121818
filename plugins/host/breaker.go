package host

import (
	"math/rand/v2"
	"time"
)

// The rules of starting a plugin again: wait longer each time, and after some
// deaths in a row, without a call that worked, not at all for a while.
const (
	firstWait = 200 * time.Millisecond
	lastWait  = 30 * time.Second
	maxDeaths = 5
)

// breaker counts deaths. Its pool guards it.
type breaker struct {
	deaths int // in a row
	until  time.Time
}

// died notes a death at a moment.
func (b *breaker) died(now time.Time) {
	b.deaths++
	wait := min(lastWait, firstWait<<min(b.deaths-1, 16))
	b.until = now.Add(wait/2 + rand.N(wait/2+1))
	if b.deaths >= maxDeaths {
		b.until = now.Add(lastWait)
	}
}

// worked notes a call that worked.
func (b *breaker) worked() { *b = breaker{} }

// open reports whether the plugin is left alone at a moment. Afterwards one start
// is tried; if that dies too it is left alone again.
func (b *breaker) open(now time.Time) bool { return b.deaths >= maxDeaths && now.Before(b.until) }

// wait is how long a start has to wait.
func (b *breaker) wait(now time.Time) time.Duration {
	if b.deaths == 0 {
		return 0
	}
	return max(0, b.until.Sub(now))
}
