package sftptarget

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/pkg/sftp"

	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/stages/deliver/target"
)

// Published gives the sum of the manifest's bytes as they are.
func (t *Target) Published(ctx context.Context) (sum string, err error) {
	err = t.conn.do(ctx, func(c *sftp.Client) (err error) {
		sum, err = sumOf(c, t.path(filename.Manifest))
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return sum, t.refused(ctx, filename.Manifest, err)
}

// Holds looks at the file's length alone.
func (t *Target) Holds(ctx context.Context, f target.File) (held bool, err error) {
	err = t.conn.do(ctx, func(c *sftp.Client) error {
		info, err := c.Lstat(t.path(f.Name))
		held = err == nil && info.Mode().IsRegular() && info.Size() == f.Size
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return held, t.refused(ctx, f.Name, err)
}

// Finish removes what crashes have left, then writes the manifest last, its sum
// and signature before it.
func (t *Target) Finish(ctx context.Context, m target.Manifest) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := t.conn.do(ctx, func(c *sftp.Client) error {
		if err := t.makeFolder(c, t.path(".")); err != nil {
			return err
		}
		if err := t.sweep(c, m); err != nil {
			return err
		}
		return t.publish(c, m)
	})
	return t.refused(ctx, filename.Manifest, err)
}

// sweep removes the temporary files of this job from the folders of its files.
func (t *Target) sweep(c *sftp.Client, m target.Manifest) error {
	f, err := os.Open(m.File)
	if err != nil {
		return err
	}
	defer f.Close()
	folders := map[string]bool{t.path("."): true}
	for e, err := range report.ReadManifest(f) {
		if err != nil {
			return err
		}
		folders[path.Dir(t.path(e.Name))] = true
	}
	for dir := range folders {
		entries, err := c.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), filename.TempPrefix+t.tag+"-") {
				_ = c.Remove(path.Join(dir, e.Name())) // gone already, or somebody else's by now
			}
		}
	}
	return nil
}

func (t *Target) publish(c *sftp.Client, m target.Manifest) error {
	companions := target.Companions("", m)
	if t.shown(c, m, companions) {
		return nil
	}
	stale := []string{filename.Manifest}
	if len(m.Signature) == 0 {
		stale = append(stale, filename.ManifestSignature)
	}
	for _, name := range stale {
		if err := c.Remove(t.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for _, file := range companions {
		if err := t.put(c, file.Name, bytes.NewReader(file.Content), int64(len(file.Content))); err != nil {
			return err
		}
	}
	f, err := os.Open(m.File)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return t.put(c, filename.Manifest, f, info.Size())
}

// put writes a file whole under its name.
func (t *Target) put(c *sftp.Client, name string, content io.Reader, size int64) error {
	temp := t.path(fmt.Sprintf("%s%s-%s-%d", filename.TempPrefix, t.tag, t.nonce, t.next.Add(1)))
	if err := write(c, temp, content, size); err != nil {
		return err
	}
	return replace(c, temp, t.path(name))
}

// shown reports whether the manifest and what lies beside it are there.
func (t *Target) shown(c *sftp.Client, m target.Manifest, companions []target.Companion) bool {
	if sum, err := sumOf(c, t.path(filename.Manifest)); err != nil || sum != m.SHA256 {
		return false
	}
	for _, f := range companions {
		r, err := c.Open(t.path(f.Name))
		if err != nil {
			return false
		}
		text, err := io.ReadAll(r)
		_ = r.Close() // it was only read
		if err != nil || !bytes.Equal(text, f.Content) {
			return false
		}
	}
	return true
}
