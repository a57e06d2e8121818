package ziptarget

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/stages/deliver/target"
)

// Finish writes the archive and publishes the manifest beside it. The spool is
// gone afterwards.
func (t *Target) Finish(ctx context.Context, m target.Manifest) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	parts, err := t.cfg.parts(m)
	if err != nil {
		return err
	}
	there, err := t.finished().whole(parts, m)
	if err != nil {
		return t.refused(t.cfg.Path, err)
	}
	if !there {
		if err := t.write(ctx, parts, m); err != nil {
			return err
		}
	}
	dir := filepath.Dir(t.cfg.Path)
	if err := errors.Join(t.forget(), t.cfg.removeBeyond(len(parts))); err != nil {
		return t.refused(t.cfg.Path, err)
	}
	if err := target.Publish(dir, t.beside(), m, t.cfg.Durable); err != nil {
		return err
	}
	if err := os.RemoveAll(t.cfg.Spool); err != nil {
		return t.refused(t.cfg.Spool, err)
	}
	return nil
}

// write brings every part to its name.
func (t *Target) write(ctx context.Context, parts []*part, m target.Manifest) (err error) {
	dir := filepath.Dir(t.cfg.Path)
	if err := target.MakeRoot(dir, t.cfg.Durable); err != nil {
		return t.refused(dir, err)
	}
	defer func() {
		for _, p := range parts {
			_ = os.Remove(temporary(p.name)) // it has its name, or is of no use
		}
	}()
	for _, p := range parts {
		if err := t.writePart(ctx, p, m); err != nil {
			return err
		}
	}
	if err := target.Unpublish(dir, t.beside()); err != nil {
		return err
	}
	for _, p := range parts {
		if err := os.Rename(temporary(p.name), p.name); err != nil {
			return t.refused(p.name, err)
		}
	}
	return nil
}

// temporary is the name under which a part is written. There is one finisher.
func temporary(name string) string {
	dir, base := filepath.Split(name)
	return filepath.Join(dir, filename.TempPrefix+base)
}

// writePart writes one archive to its temporary name and makes it durable.
func (t *Target) writePart(ctx context.Context, p *part, m target.Manifest) (err error) {
	name := temporary(p.name)
	if err := os.Remove(name); err != nil && !errors.Is(err, os.ErrNotExist) {
		return t.refused(name, err)
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return t.refused(p.name, err)
	}
	defer func() {
		if e := f.Close(); err == nil && e != nil {
			err = t.refused(p.name, e)
		}
	}()
	out := bufio.NewWriterSize(f, 1<<20)
	w := &writer{zip: zip.NewWriter(out), old: t.finished(), spool: t.cfg.Spool, raw: t.raw}
	for _, e := range p.entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := w.add(e); err != nil {
			if errors.Is(err, errDamaged) {
				_ = os.Remove(w.path(e.sum)) // so that the next run makes the file once more
			}
			return t.refused(p.name, err)
		}
	}
	err = errors.Join(w.manifest(p, m), w.zip.SetComment(comment+m.SHA256))
	if err == nil {
		err = errors.Join(w.zip.Close(), out.Flush())
	}
	if err == nil && t.cfg.Durable {
		err = f.Sync()
	}
	if err != nil {
		return t.refused(p.name, err)
	}
	return nil
}

// manifest adds the part's own manifest, with its sum and its signature.
func (w *writer) manifest(p *part, m target.Manifest) error {
	f, err := os.Open(m.File)
	if err != nil {
		return err
	}
	defer f.Close()
	own, err := p.manifest(f, m)
	if err != nil {
		return err
	}
	if err := w.stream(filename.Manifest, zip.Deflate, io.NewSectionReader(f, p.from, p.to-p.from)); err != nil {
		return err
	}
	for _, c := range target.Companions("", own) {
		if err := w.whole(c.Name, c.Content); err != nil {
			return err
		}
	}
	return nil
}

// manifest gives the sum and the signature of the part's own lines.
func (p *part) manifest(whole io.ReaderAt, m target.Manifest) (own target.Manifest, err error) {
	hash := sha256.New()
	if _, err := io.Copy(hash, io.NewSectionReader(whole, p.from, p.to-p.from)); err != nil {
		return own, err
	}
	own.SHA256 = hex.EncodeToString(hash.Sum(nil))
	if m.Sign != nil {
		own.Signature, err = m.Sign(io.NewSectionReader(whole, p.from, p.to-p.from))
	}
	return own, err
}

// refused says why the archive cannot be written.
func (t *Target) refused(what string, err error) error {
	return target.Refused(what, err)
}

var errDamaged = errors.New("in the spool they are damaged or gone")

// damaged is a file that is not what was put into the spool.
func damaged(name string) error {
	return diag.New(diag.StateRead, "the bytes of %q: %w", name, errDamaged).
		WithHint("run the same command again: the file is made once more")
}

func (w *writer) path(sum string) string {
	return filepath.Join(w.spool, filepath.FromSlash(spooled(sum)))
}

// copyOf gives the bytes of a file that only an old archive has.
func (w *writer) copyOf(e entry) (io.ReadCloser, error) {
	f := w.old.find(e.sum)
	if f == nil || f.UncompressedSize64 != uint64(e.size) {
		return nil, damaged(e.name)
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("read %q from the old archive: %w", e.name, err)
	}
	return r, nil
}
