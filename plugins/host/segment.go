package host

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"golang.org/x/sys/unix"
)

// keepSegment is how large a segment may be to be kept for the next picture.
const keepSegment = 256 << 20

// segment is a file of pixels, mapped here and reused: a page that is mapped
// already costs nothing to fill again (performance 7).
type segment struct {
	name string // in the scratch folder
	file *os.File
	data []byte // all of it, mapped
	disk string // the file on disk behind the name; "" in memory
}

// scratch is the folder that a plugin shares with the host.
type scratch struct {
	dir  string
	room *room

	mu    sync.Mutex
	free  []*segment
	named int
}

// take gives a segment of at least size bytes, every one of them allocated: a
// page that a full tmpfs cannot give would be the end of whoever touches it.
func (s *scratch) take(size int64) (*segment, error) {
	s.mu.Lock()
	best := -1
	for i, seg := range s.free {
		if int64(len(seg.data)) >= size && (best < 0 || len(seg.data) < len(s.free[best].data)) {
			best = i
		}
	}
	if best < 0 && len(s.free) > 0 { // one that is too small makes room
		best = 0
	}
	var old *segment
	if best >= 0 {
		old = s.free[best]
		s.free = slices.Delete(s.free, best, best+1)
	}
	s.named++
	name := fmt.Sprintf("pixels-%d", s.named)
	s.mu.Unlock()
	if old != nil {
		if int64(len(old.data)) >= size {
			return old, nil
		}
		s.drop(old)
	}
	return s.make(name, size)
}

// give takes a segment back.
func (s *scratch) give(seg *segment) {
	if len(seg.data) > keepSegment || seg.disk != "" {
		s.drop(seg)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, seg)
}

// make makes a segment in memory, or on disk when it does not fit.
func (s *scratch) make(name string, size int64) (*segment, error) {
	size = (size + 1<<20 - 1) &^ (1<<20 - 1)
	path := filepath.Join(s.dir, name)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	seg := &segment{name: name, file: f}
	err = allocate(f, size)
	if errors.Is(err, unix.ENOSPC) && s.room.inMemory {
		if err = errors.Join(f.Close(), os.Remove(path)); err != nil {
			return nil, err
		}
		if seg.file, err = s.room.diskFile(); err != nil {
			return nil, err
		}
		seg.disk = seg.file.Name()
		// The plugin opens the name and comes to the disk.
		err = errors.Join(os.Symlink(seg.disk, path), allocate(seg.file, size))
	}
	if err == nil {
		seg.data, err = unix.Mmap(int(seg.file.Fd()), 0, int(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	}
	if err != nil {
		s.drop(seg)
		return nil, fmt.Errorf("room for %d bytes of pixels: %w", size, err)
	}
	return seg, nil
}

// allocate gives a file all its blocks.
func allocate(f *os.File, size int64) error {
	err := unix.Fallocate(int(f.Fd()), 0, 0, size)
	if !errors.Is(err, unix.EOPNOTSUPP) {
		return err
	}
	zeros := make([]byte, 1<<20)
	for at := int64(0); at < size; at += int64(len(zeros)) {
		if _, err := f.WriteAt(zeros, at); err != nil {
			return err
		}
	}
	return nil
}

func (s *scratch) drop(seg *segment) {
	if seg.data != nil {
		_ = unix.Munmap(seg.data)
	}
	_ = seg.file.Close()
	_ = os.Remove(filepath.Join(s.dir, seg.name))
	if seg.disk != "" {
		_ = os.Remove(seg.disk)
	}
}

// output makes an empty file for a result.
func (s *scratch) output() (name string, err error) {
	s.mu.Lock()
	s.named++
	name = fmt.Sprintf("output-%d", s.named)
	s.mu.Unlock()
	f, err := os.OpenFile(filepath.Join(s.dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", err
	}
	return name, f.Close()
}

func (s *scratch) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, seg := range s.free {
		s.drop(seg)
	}
	s.free = nil
}
