package deliver

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/deliver/target"
	"github.com/exportd/exportd/stages/deliver/target/retry"
	"github.com/exportd/exportd/stages/internal/ziptarget"
)

// locateRemoteZip finds an archive on a server: zip:sftp://HOST/DIR/NAME.zip and
// the like. It is written in the run's state and brought there when it is whole.
func locateRemoteZip(env stage.Env, to, rest string) (Place, error) {
	u, err := parseURL(rest)
	if err != nil {
		return Place{}, err
	}
	split, others := url.Values{}, u.Query()
	for _, name := range []string{"files", "bytes"} {
		if v, ok := others[name]; ok {
			split[name] = v
			others.Del(name)
		}
	}
	bounds, err := parseSplit(to, split.Encode())
	if err != nil {
		return Place{}, err
	}
	base := path.Base(u.Path)
	if err := checkArchiveName(to, base); err != nil {
		return Place{}, err
	}
	u.Path, u.RawPath, u.RawQuery = path.Dir(u.Path), "", others.Encode()
	if _, err := Locate(env, u.String()); err != nil {
		return Place{}, err
	}
	return Place{
		ID: to, Manifest: strings.TrimRight(u.Scheme+"://"+u.Host+u.Path, "/") + "/" + ziptarget.Beside(base) + filename.Manifest,
		open: func(owner string) (target.Target, *target.Staging) {
			dir := spoolOf(env, to) + "-archive"
			made, staging := openZip(env, filepath.Join(dir, base), to, bounds, owner)
			return retry.New(&remoteZip{Target: made, env: env, address: u.String(), dir: dir}), staging
		},
	}, nil
}

// remoteZip brings a finished archive to another target.
type remoteZip struct {
	*ziptarget.Target
	env     stage.Env
	address string // of the other target
	dir     string // where the archive is written, in the run's state
}

// sent is the mark beside the archive that it has been sent once: from then on
// what has its name at the other end is this run's, and may be replaced.
const sent = "sent"

// Finish writes the archive, then delivers it with what lies beside it, the
// manifest last.
func (z *remoteZip) Finish(ctx context.Context, m target.Manifest) (err error) {
	if err := z.Target.Finish(ctx, m); err != nil {
		return err
	}
	env := z.env
	mark := filepath.Join(filepath.Dir(z.dir), filepath.Base(z.dir)+"-"+sent)
	if _, err := os.Lstat(mark); err == nil {
		env.Fresh = true
	}
	place, err := Locate(env, z.address)
	if err != nil {
		return err
	}
	out, staging := place.Open("archive")
	defer func() { err = errors.Join(err, out.Close(), staging.Close()) }()
	files, err := z.files()
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := out.Prepare(ctx, f); err != nil {
			return err
		}
		if err := out.Commit(ctx, []target.File{f})[0]; err != nil {
			return err
		}
		if err := os.WriteFile(mark, nil, 0o600); err != nil {
			return target.Refused("the run's state", err)
		}
	}
	return nil
}

// files lists the archive's parts and what lies beside them, in the order in which
// they are sent.
func (z *remoteZip) files() ([]target.File, error) {
	entries, err := os.ReadDir(z.dir)
	if err != nil {
		return nil, target.Refused(z.dir, err)
	}
	var all []target.File
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), filename.TempPrefix) {
			continue
		}
		f := target.File{Name: e.Name(), Temp: filepath.Join(z.dir, e.Name())}
		if f.Size, f.SHA256, err = measure(f.Temp); err != nil {
			return nil, diag.New(diag.StateRead, "read the archive: %w", err)
		}
		all = append(all, f)
	}
	slices.SortStableFunc(all, func(a, b target.File) int { return cmp.Compare(rank(a.Name), rank(b.Name)) })
	return all, nil
}

// rank puts archives first and the manifest last.
func rank(name string) int {
	switch {
	case strings.HasSuffix(name, "."+filename.Manifest):
		return 2
	case strings.EqualFold(path.Ext(name), ".zip"):
		return 0
	}
	return 1
}

// measure gives the length and the sum of a file.
func measure(name string) (int64, string, error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, "", err
	}
	defer f.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, f)
	return n, hex.EncodeToString(hash.Sum(nil)), err
}
