package resolve

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// each calls f for 0 to n-1, so many at once, until one fails. One at once is in
// order, and on the goroutine that asks.
func each(ctx context.Context, n, atOnce int, f func(ctx context.Context, i int) error) error {
	if atOnce == 1 {
		for i := range n {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := f(ctx, i); err != nil {
				return err
			}
		}
		return nil
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for i := range n {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return f(ctx, i)
		})
	}
	return group.Wait()
}
