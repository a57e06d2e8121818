package sftptarget

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pkg/sftp"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/stages/deliver/target"
)

// Config describes a target.
type Config struct {
	Host string // with a port
	Root string // the folder: absolute, or relative to where the server puts the user
	Login
	// Owner tells the temporary files of one job from another's.
	Owner string
	Fence func(context.Context) error
}

// Target is a folder of a server. It is safe for concurrent use.
type Target struct {
	cfg   Config
	conn  connection
	tag   string // of the job's temporary files
	nonce string // of this process's
	next  atomic.Int64

	mu       sync.Mutex
	uploaded map[string]string // remote temporary names by local ones; "" for files that were there
	folders  map[string]bool   // that are there
}

var (
	_ target.Target    = (*Target)(nil)
	_ target.Inspector = (*Target)(nil)
)

// New makes a target and connects to nothing.
func New(cfg Config) *Target {
	sum := sha256.Sum256([]byte(cfg.Owner))
	return &Target{
		cfg: cfg, conn: connection{host: cfg.Host, login: cfg.Login}, tag: hex.EncodeToString(sum[:6]),
		nonce: strings.ToLower(rand.Text()[:8]), uploaded: map[string]string{}, folders: map[string]bool{},
	}
}

// Where names the folder.
func (t *Target) Where() string {
	return "sftp://" + t.cfg.Host + "/" + strings.TrimPrefix(t.cfg.Root, "/")
}

func (t *Target) path(name string) string { return path.Join(t.cfg.Root, name) }

// Prepare uploads a file to a temporary name, unless the same file is there.
func (t *Target) Prepare(ctx context.Context, f target.File) error {
	if err := target.CheckName(f.Name); err != nil {
		return err
	}
	err := t.conn.do(ctx, func(c *sftp.Client) error {
		switch same, err := t.same(c, f); {
		case err != nil:
			return err
		case same:
			t.note(f.Temp, "")
			return nil
		}
		temp, err := t.upload(c, f)
		if err == nil {
			t.note(f.Temp, temp)
		}
		return err
	})
	return t.refused(ctx, f.Name, err)
}

func (t *Target) note(local, remote string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.uploaded[local] = remote
}

// take gives the remote name of a prepared file and forgets it.
func (t *Target) take(local string) (remote string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	remote, ok = t.uploaded[local]
	delete(t.uploaded, local)
	return remote, ok
}

// same reports whether a file is there with the same bytes, which are read only
// when the length is right.
func (t *Target) same(c *sftp.Client, f target.File) (bool, error) {
	info, err := c.Lstat(t.path(f.Name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if info.IsDir() {
		return false, diag.New(diag.Target, "%q cannot be written: a folder of that name is there", f.Name).
			WithHint("move the folder away, or change params.name")
	}
	if !info.Mode().IsRegular() || info.Size() != f.Size {
		return false, nil
	}
	sum, err := sumOf(c, t.path(f.Name))
	return sum == f.SHA256, err
}

func sumOf(c *sftp.Client, name string) (string, error) {
	r, err := c.Open(name)
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Close() }() // it is only read
	hash := sha256.New()
	if _, err := io.Copy(hash, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// upload writes a local file to a new temporary name in its folder.
func (t *Target) upload(c *sftp.Client, f target.File) (temp string, err error) {
	src, err := os.Open(f.Temp)
	if err != nil {
		return "", err
	}
	defer src.Close()
	dir := path.Dir(t.path(f.Name))
	if err := t.makeFolder(c, dir); err != nil {
		return "", err
	}
	temp = path.Join(dir, fmt.Sprintf("%s%s-%s-%d", filename.TempPrefix, t.tag, t.nonce, t.next.Add(1)))
	return temp, write(c, temp, src, f.Size)
}

// write makes a remote file, which is gone again after an error.
func write(c *sftp.Client, name string, content io.Reader, size int64) error {
	dst, err := c.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	_, err = dst.ReadFrom(content)
	if _, ok := c.HasExtension("fsync@openssh.com"); ok && err == nil {
		err = dst.Sync()
	}
	if e := dst.Close(); err == nil {
		err = e
	}
	if err == nil {
		info, e := c.Stat(name)
		if err = e; err == nil && info.Size() != size {
			err = diag.New(diag.Target, "of %d bytes the server has kept %d", size, info.Size()).Again(true)
		}
	}
	if err != nil {
		_ = c.Remove(name) // what it ended with is reported
	}
	return err
}

// makeFolder makes a folder where it is missing; each is asked for once.
func (t *Target) makeFolder(c *sftp.Client, dir string) error {
	t.mu.Lock()
	known := t.folders[dir]
	t.mu.Unlock()
	if known {
		return nil
	}
	if err := c.MkdirAll(dir); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.folders[dir] = true
	return nil
}

// Commit gives prepared files their names.
func (t *Target) Commit(ctx context.Context, files []target.File) []error {
	errs := make([]error, len(files))
	if t.cfg.Fence != nil {
		if err := t.cfg.Fence(ctx); err != nil {
			for i := range errs {
				errs[i] = err
			}
			return errs
		}
	}
	for i, f := range files {
		temp, ok := t.take(f.Temp)
		if errs[i] = ctx.Err(); errs[i] != nil {
			continue
		}
		if !ok {
			errs[i] = diag.New(diag.Target, "%s was never prepared", f.Name).Again(true)
			continue
		}
		if temp == "" {
			continue // the same file was there
		}
		err := t.conn.do(ctx, func(c *sftp.Client) error { return t.rename(c, temp, f) })
		errs[i] = t.refused(ctx, f.Name, err)
	}
	return errs
}

// rename gives a temporary file its name. Done twice, because an answer was
// lost, it finds the file under its name.
func (t *Target) rename(c *sftp.Client, temp string, f target.File) error {
	err := replace(c, temp, t.path(f.Name))
	if errors.Is(err, fs.ErrNotExist) {
		if same, e := t.same(c, f); e == nil && same {
			return nil
		}
		err = diag.New(diag.Target, "%s: the uploaded bytes are gone", f.Name).Again(true)
	}
	return err
}

// replace renames, over what has the name.
func replace(c *sftp.Client, from, to string) error {
	if _, ok := c.HasExtension("posix-rename@openssh.com"); ok {
		return c.PosixRename(from, to)
	}
	if _, err := c.Lstat(from); err != nil {
		return err
	}
	if err := c.Remove(to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return c.Rename(from, to)
}

// Close removes what was uploaded and never committed, and disconnects.
func (t *Target) Close() error {
	t.mu.Lock()
	left := t.uploaded
	t.uploaded = map[string]string{}
	t.mu.Unlock()
	for _, temp := range left {
		if temp != "" {
			t.conn.remove(temp)
		}
	}
	return t.conn.close()
}
