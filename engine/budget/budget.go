package budget

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"
)

// Budget is a total of pixels shared by all who acquire from it. It is safe for
// several goroutines.
type Budget struct {
	total int64
	sem   *semaphore.Weighted
}

// New makes a budget of total pixels. A total below one is one: then every item
// is alone.
func New(total int64) *Budget {
	total = max(total, 1)
	return &Budget{total: total, sem: semaphore.NewWeighted(total)}
}

// Total is what the budget was made with.
func (b *Budget) Total() int64 { return b.total }

// Acquire takes n pixels and waits, behind those who called earlier, until they
// are free. An n above the total takes the whole budget and is alone; an n of
// zero or less is free and never waits. It fails only when ctx ends first, with
// ctx's error, and has then taken nothing.
//
// release gives the pixels back, the first time it is called.
func (b *Budget) Acquire(ctx context.Context, n int64) (release func(), err error) {
	if n <= 0 {
		return func() {}, nil
	}
	n = min(n, b.total)
	if err := b.sem.Acquire(ctx, n); err != nil {
		return nil, err
	}
	return sync.OnceFunc(func() { b.sem.Release(n) }), nil
}
