package vips

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/exportd/exportd/engine/diag"
)

// path is where libvips reads a profile, which it takes by name or from a file
// alone. One that was made here lies in memory that only this process sees; it goes
// with p.
func (p *Profiles) path(one *Profile) (string, error) {
	if !one.made {
		return one.where, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	file, ok := p.files[one.where]
	if !ok {
		var err error
		if file, err = inMemory(one.where, one.data); err != nil {
			return "", diag.New(diag.ColourProfile, "the profile %s: %w", one.Name, err).
				WithHint("put a file of this profile into a folder that [colour] profiles names")
		}
		p.files[one.where] = file
	}
	return filepath.Join("/proc/self/fd", fmt.Sprint(file.Fd())), nil
}

// inMemory makes a file without a name.
func inMemory(name string, data []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	file := os.NewFile(uintptr(fd), name)
	if _, err := file.Write(data); err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}
