package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"
)

// drainTime is how long a run that was asked to stop may finish what it began.
const drainTime = 30 * time.Second

// stopOnSignals turns SIGINT and SIGTERM into the two phases of a stop: the
// first closes drain and starts its deadline, the second cancels the context.
// signalled gives the first signal's number, 0 for none.
func stopOnSignals(parent context.Context) (ctx context.Context, drain <-chan struct{}, signalled func() int) {
	ctx, cancel := context.WithCancel(parent)
	signals := notify()
	draining := make(chan struct{})
	var first atomic.Int32
	go func() {
		first.Store(number(<-signals))
		fmt.Fprintf(os.Stderr, "\nstopping: finishing what was begun; once more to stop at once\n")
		close(draining)
		select {
		case <-signals:
		case <-time.After(drainTime):
		}
		cancel()
	}()
	return ctx, draining, func() int { return int(first.Load()) }
}

// cancelOnSignal cancels the context at the first signal.
func cancelOnSignal(parent context.Context) (ctx context.Context, signalled func() int) {
	ctx, cancel := context.WithCancel(parent)
	signals := notify()
	var first atomic.Int32
	go func() {
		first.Store(number(<-signals))
		cancel()
	}()
	return ctx, func() int { return int(first.Load()) }
}

func notify() <-chan os.Signal {
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	return signals
}

func number(s os.Signal) int32 {
	n, _ := s.(syscall.Signal)
	return int32(n)
}
