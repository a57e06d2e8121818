//go:build cgo

package vips

import (
	"slices"
	"sync"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// process guards the one libvips that a process has: it starts once, and stays.
var process struct {
	sync.Mutex
	started bool
	err     error
}

// Startup starts libvips: one thread an image, because the parallelism is over
// images; no cache of operations, which would keep pixels alive; and none of the
// loaders that libvips calls untrusted but those named. It may be called again,
// also from several goroutines; a later call can only allow more loaders. Its
// error is E-NO-LIBVIPS.
func Startup(allow []asset.Format) error {
	process.Lock()
	defer process.Unlock()
	if !process.started {
		process.started, process.err = true, start()
	}
	if process.err != nil {
		return diag.New(diag.NoLibvips, "%w", process.err)
	}
	for _, l := range loaders {
		if !l.format.Trusted() && slices.Contains(allow, l.format) {
			allowLoader(l.class)
		}
	}
	return nil
}

func start() error {
	if _, err := imageOffset(); err != nil {
		return err
	}
	govips.LoggingSettings(func(string, govips.LogLevel, string) {}, govips.LogLevelError)
	if err := govips.Startup(&govips.Config{ConcurrencyLevel: 1}); err != nil {
		return err
	}
	blockUntrusted()
	return nil
}

// Available is nil: this binary has libvips.
func Available() error { return nil }

// Version is that of libvips, such as "8.14.1".
func Version() string { return govips.Version }

// Loaders lists the formats that exportd knows, trusted ones first, and whether
// this libvips reads them. Call [Startup] first.
func Loaders() []Loader {
	list := make([]Loader, len(loaders))
	for i, l := range loaders {
		present, on := loaderState(l.nick)
		list[i] = Loader{Format: l.format, Present: present, Trusted: l.format.Trusted(), On: on}
	}
	return list
}
