package original

import (
	"bufio"
	"container/list"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/exportd/exportd/engine/asset"
)

// The bounds of a cache: bytes where the configuration says nothing, the share of
// them that one file may take, and files.
const (
	DefaultCacheBytes = 2_000_000_000
	maxShare          = 2
	maxFiles          = 128
)

// errNoRoom is a file that the cache cannot take now.
var errNoRoom = errors.New("the cache has no room")

// cache keeps objects in files that have no name any more: nobody else can open
// or change them, and the system takes them back however the process ends.
type cache struct {
	dir string
	max int64

	mu    sync.Mutex
	files map[string]*cached
	idle  *list.List // of *cached, the longest unused first
	used  int64      // bytes, of idle files and of those in use
}

// cached is one file. It is fetched once, by whoever came first.
type cached struct {
	key   string
	size  int64
	file  *os.File
	err   error
	ready chan struct{} // closed once file or err is set
	users int
	idle  *list.Element
}

func newCache(dir string, bytes int64) *cache {
	if bytes == 0 {
		bytes = DefaultCacheBytes
	}
	return &cache{dir: dir, max: bytes, files: map[string]*cached{}, idle: list.New()}
}

// open gives the file under a key, which fetch writes if it is not there.
func (c *cache) open(ctx context.Context, key string, size int64, fetch func(context.Context, io.Writer) error) (asset.Source, error) {
	for {
		e, first, err := c.take(key, size)
		if err != nil {
			return nil, err
		}
		if first {
			e.file, e.err = c.fetch(ctx, size, fetch)
			close(e.ready)
		}
		select {
		case <-e.ready:
		case <-ctx.Done():
			c.leave(e)
			return nil, ctx.Err()
		}
		if e.err == nil {
			return &cachedSource{SectionReader: io.NewSectionReader(e.file, 0, size), leave: sync.OnceFunc(func() { c.leave(e) })}, nil
		}
		c.leave(e)
		if first || ctx.Err() != nil || !errors.Is(e.err, context.Canceled) && !errors.Is(e.err, context.DeadlineExceeded) {
			return nil, e.err
		}
		// Whoever fetched it gave up for reasons of his own.
	}
}

// take finds or reserves the file of a key; the first one has to fetch it.
func (c *cache) take(key string, size int64) (e *cached, first bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.files[key]; ok {
		if e.idle != nil {
			c.idle.Remove(e.idle)
			e.idle = nil
		}
		e.users++
		return e, false, nil
	}
	if size > c.max/maxShare {
		return nil, false, errNoRoom
	}
	for c.used+size > c.max || len(c.files) >= maxFiles {
		oldest := c.idle.Front()
		if oldest == nil {
			return nil, false, errNoRoom
		}
		c.drop(oldest.Value.(*cached))
	}
	e = &cached{key: key, size: size, ready: make(chan struct{}), users: 1}
	c.files[key] = e
	c.used += size
	return e, true, nil
}

// leave ends one use. A file that was not fetched is forgotten at once, so that
// the next one tries again.
func (c *cache) leave(e *cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.users--
	if e.users > 0 {
		return
	}
	e.idle = c.idle.PushBack(e)
	if e.file == nil {
		c.drop(e)
	}
}

// drop gives an idle file back. The lock is held.
func (c *cache) drop(e *cached) {
	c.idle.Remove(e.idle)
	delete(c.files, e.key)
	c.used -= e.size
	if e.file != nil {
		_ = e.file.Close()
	}
}

// close gives all idle files back; those in use follow when they are left.
func (c *cache) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.idle.Len() > 0 {
		c.drop(c.idle.Front().Value.(*cached))
	}
	return nil
}

// fetch writes a new file without a name. A disk that takes no more is no error
// of the object.
func (c *cache) fetch(ctx context.Context, size int64, fetch func(context.Context, io.Writer) error) (*os.File, error) {
	file, err := c.unnamed()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errNoRoom, err)
	}
	w := &countingWriter{w: file}
	buffered := bufio.NewWriterSize(w, 256<<10)
	err = fetch(ctx, buffered)
	if err == nil {
		err = buffered.Flush()
	}
	switch {
	case w.err != nil:
		err = fmt.Errorf("%w: %w", errNoRoom, w.err)
	case err == nil && w.n != size:
		err = fmt.Errorf("%d of %d bytes came", w.n, size)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// unnamed makes a file and removes its name.
func (c *cache) unnamed() (*os.File, error) {
	dir := c.dir
	if dir == "" {
		if own, err := os.UserCacheDir(); err == nil {
			dir = filepath.Join(own, "exportd")
		}
	}
	if dir != "" {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, err
		}
	}
	file, err := os.CreateTemp(dir, ".exp-original-*")
	if err != nil {
		return nil, err
	}
	return file, os.Remove(file.Name())
}

// countingWriter tells trouble with the cache's disk from trouble with the store.
type countingWriter struct {
	w   io.Writer
	n   int64
	err error
}

func (w *countingWriter) Write(p []byte) (int, error) {
	n, err := w.w.Write(p)
	w.n += int64(n)
	if err != nil {
		w.err = err
	}
	return n, err
}

// cachedSource reads a cached file.
type cachedSource struct {
	*io.SectionReader
	leave func()
}

// Close lets go of the file; twice is once.
func (s *cachedSource) Close() error {
	s.leave()
	return nil
}
