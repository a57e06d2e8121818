package report

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"syscall"

	"github.com/exportd/exportd/engine/diag"
)

// The names of the manifest and its sum at the root of a target.
const (
	ManifestName = "manifest.ndjson"
	SumName      = "manifest.sha256"
)

// temporary is how the names of unfinished files begin.
const temporary = ".exp-"

// Publish writes the manifest and its sum into the folder dir, the root of a
// target. The manifest's presence says that the job is finished, so:
//
//  1. both are written to temporary files and, where durable is set, made
//     durable;
//  2. an older manifest with other bytes is removed, for it describes files that
//     this run may have replaced;
//  3. the sum gets its name, then the manifest, then the folder is made durable.
//
// Where both are there with the same bytes already, nothing is touched.
func (j *Journal) Publish(dir string, branches []Branch, durable bool) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return refused(dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return refused(dir, err)
	}
	defer root.Close()
	p := publication{root: root, durable: durable}
	defer p.sweep()
	if err := p.write(j, branches); err != nil {
		return refused(dir, err)
	}
	if err := p.show(); err != nil {
		return refused(dir, err)
	}
	if durable {
		if err := syncDir(dir); err != nil {
			return refused(dir, err)
		}
	}
	return nil
}

// publication is a manifest on its way to its name.
type publication struct {
	root    *os.Root
	durable bool
	sum     string
}

// write makes the two temporary files.
func (p *publication) write(j *Journal, branches []Branch) error {
	hash := sha256.New()
	err := p.file(ManifestName, func(f io.Writer) error {
		return j.WriteManifest(io.MultiWriter(f, hash), branches)
	})
	if err != nil {
		return err
	}
	p.sum = hex.EncodeToString(hash.Sum(nil)) + "  " + ManifestName + "\n"
	return p.file(SumName, func(f io.Writer) error {
		_, err := io.WriteString(f, p.sum)
		return err
	})
}

// file writes one temporary file.
func (p *publication) file(name string, write func(io.Writer) error) (err error) {
	if err := p.root.Remove(temporary + name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := p.root.OpenFile(temporary+name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := write(f); err != nil {
		return err
	}
	if p.durable {
		return f.Sync()
	}
	return nil
}

// show gives the files their names.
func (p *publication) show() error {
	if p.shown() {
		return nil
	}
	if err := p.root.Remove(ManifestName); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := p.root.Rename(temporary+SumName, SumName); err != nil {
		return err
	}
	return p.root.Rename(temporary+ManifestName, ManifestName)
}

// shown reports whether both files are there with the same bytes.
func (p *publication) shown() bool {
	for _, name := range []string{ManifestName, SumName} {
		if info, err := p.root.Lstat(name); err != nil || !info.Mode().IsRegular() {
			return false
		}
	}
	sum, err := p.root.ReadFile(SumName)
	if err != nil || string(sum) != p.sum {
		return false
	}
	f, err := p.root.Open(ManifestName)
	if err != nil {
		return false
	}
	defer f.Close()
	hash := sha256.New()
	_, err = io.Copy(hash, f)
	return err == nil && hex.EncodeToString(hash.Sum(nil))+"  "+ManifestName+"\n" == p.sum
}

func (p *publication) sweep() {
	for _, name := range []string{ManifestName, SumName} {
		_ = p.root.Remove(temporary + name) // renamed already, or nobody could remove it
	}
}

// refused says why a target does not take the manifest.
func refused(dir string, err error) error {
	var d *diag.Diag
	if errors.As(err, &d) {
		return err
	}
	code := diag.Target
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		code = diag.TargetFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		code = diag.TargetDenied
	}
	return diag.New(code, "the manifest could not be written into %s: %w", dir, cause(err))
}
