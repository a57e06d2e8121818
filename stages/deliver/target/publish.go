package target

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/exportd/exportd/engine/filename"
)

// Publish writes the manifest, its sum and its signature into a folder, under
// names that begin with prefix. The manifest's presence says that the job is
// finished, so:
//
//  1. all are written to temporary files and, where the target is durable, made
//     durable;
//  2. an older manifest with other bytes is removed, for it describes files that
//     this run may have replaced;
//  3. the sum and the signature get their names, then the manifest, then the
//     folder is made durable.
//
// Where all are there with the same bytes already, nothing is touched.
func Publish(dir, prefix string, m Manifest, durable bool) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return refusedManifest(dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return refusedManifest(dir, err)
	}
	defer root.Close()
	p := publication{root: root, prefix: prefix, durable: durable, files: Companions(prefix, m)}
	defer p.sweep()
	if err := p.publish(m); err != nil {
		return refusedManifest(dir, err)
	}
	return nil
}

// Unpublish removes a manifest that Publish wrote: what it describes is about to
// be replaced.
func Unpublish(dir, prefix string) error {
	err := os.Remove(filepath.Join(dir, prefix+filename.Manifest))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return refusedManifest(dir, err)
	}
	return nil
}

// Published gives the sum of the manifest that Publish wrote, "" for none. It
// makes no folder.
func Published(dir, prefix string) (string, error) {
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", refusedManifest(dir, err)
	}
	defer root.Close()
	sum, err := sumOf(root, prefix+filename.Manifest)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil:
		return "", refusedManifest(dir, err)
	}
	return sum, nil
}

func refusedManifest(dir string, err error) error { return Refused("the manifest in "+dir, err) }

// publication is a manifest on its way to its name.
type publication struct {
	root    *os.Root
	prefix  string
	durable bool
	files   []Companion // the sum and the signature
}

func (p *publication) publish(m Manifest) error {
	if p.shown(m) {
		return nil
	}
	for _, f := range p.files {
		if err := p.file(f.Name, bytes.NewReader(f.Content)); err != nil {
			return err
		}
	}
	src, err := os.Open(m.File)
	if err != nil {
		return err
	}
	defer src.Close()
	if err := p.file(p.prefix+filename.Manifest, src); err != nil {
		return err
	}
	if err := p.show(); err != nil || !p.durable {
		return err
	}
	d, err := p.root.Open(".")
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// file writes one temporary file.
func (p *publication) file(name string, content io.Reader) (err error) {
	if err := p.remove(filename.TempPrefix + name); err != nil {
		return err
	}
	f, err := p.root.OpenFile(filename.TempPrefix+name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := io.Copy(f, content); err != nil {
		return err
	}
	if p.durable {
		return f.Sync()
	}
	return nil
}

// show gives the files their names.
func (p *publication) show() error {
	for _, name := range []string{filename.Manifest, filename.ManifestSignature} {
		if err := p.remove(p.prefix + name); err != nil {
			return err
		}
	}
	for _, f := range p.files {
		if err := p.root.Rename(filename.TempPrefix+f.Name, f.Name); err != nil {
			return err
		}
	}
	return p.root.Rename(filename.TempPrefix+p.prefix+filename.Manifest, p.prefix+filename.Manifest)
}

func (p *publication) remove(name string) error {
	if err := p.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// shown reports whether all files are there with the same bytes.
func (p *publication) shown(m Manifest) bool {
	for _, f := range p.files {
		if there, err := p.read(f.Name); err != nil || !bytes.Equal(there, f.Content) {
			return false
		}
	}
	if len(m.Signature) == 0 {
		if _, err := p.root.Lstat(p.prefix + filename.ManifestSignature); err == nil {
			return false
		}
	}
	sum, err := sumOf(p.root, p.prefix+filename.Manifest)
	return err == nil && sum == m.SHA256
}

func (p *publication) read(name string) ([]byte, error) {
	if info, err := p.root.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	return p.root.ReadFile(name)
}

func (p *publication) sweep() {
	_ = p.root.Remove(filename.TempPrefix + p.prefix + filename.Manifest) // renamed already, or nobody could remove it
	for _, f := range p.files {
		_ = p.root.Remove(filename.TempPrefix + f.Name)
	}
}

// sumOf hashes a regular file.
func sumOf(root *os.Root, name string) (string, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fs.ErrNotExist
	}
	f, err := root.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
