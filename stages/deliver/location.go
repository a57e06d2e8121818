package deliver

import (
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/deliver/target"
	"github.com/exportd/exportd/stages/internal/filetarget"
)

// location is the path in a "file:" or "zip:" address: in the output folder, or
// any other.
type location struct {
	inside string // slash-separated below the output folder; "" is that folder
	abs    string // a path of the machine; "" for the output folder
}

// parsePath reads what follows the scheme of a local address.
func parsePath(to, rest string) (location, error) {
	decoded, err := url.PathUnescape(rest)
	switch {
	case err != nil:
		return location{}, wrong(to, "a % stands for itself only as %25").WithHint("write %%25 for a percent sign")
	case strings.ContainsRune(decoded, 0):
		return location{}, wrong(to, "it holds a zero byte").WithHint("name a folder")
	}
	if host, p, ok := strings.Cut(strings.TrimPrefix(decoded, "//"), "/"); ok && strings.HasPrefix(decoded, "//") {
		if host != "" && host != "localhost" {
			return location{}, wrong(to, "it names another machine").WithHint(`write "file:///abs" for a folder of this one`)
		}
		decoded = "/" + p
	}
	if strings.HasPrefix(decoded, "//") {
		return location{}, wrong(to, "it names a machine and no folder").WithHint(`write "file:///abs"`)
	}
	if path.IsAbs(decoded) {
		return location{abs: filepath.FromSlash(path.Clean(decoded))}, nil
	}
	inside := path.Clean(decoded)
	if inside == "." {
		return location{}, nil
	}
	if !filepath.IsLocal(filepath.FromSlash(inside)) || strings.Contains(inside, `\`) {
		return location{}, wrong(to, "it leads out of the output folder").WithHint(`write "file:///abs" for a folder elsewhere`)
	}
	return location{inside: inside}, nil
}

// under gives the folder below which everything happens and where names begin
// in it.
func (l location) under(root string) (string, string) {
	if l.abs != "" {
		return l.abs, ""
	}
	return root, l.inside
}

// Folder gives the folder that a "file:" address names.
func Folder(env stage.Env, to string) (string, error) {
	p, err := Locate(env, to)
	if err != nil {
		return "", err
	}
	dir, ok := strings.CutPrefix(p.ID, "file:")
	if !ok {
		return "", wrong(to, "it is no folder").WithHint(`write "file:sub/dir" or "file:///abs"`)
	}
	return dir, nil
}

// openFile makes the target of a folder.
func openFile(env stage.Env, root, prefix, owner string) (target.Target, *target.Staging) {
	staging := target.NewStaging(target.StagingConfig{Root: root, Scratch: env.Scratch, Owner: owner, Durable: env.Durable})
	return filetarget.New(filetarget.Config{Root: root, Prefix: prefix, Staging: staging, Durable: env.Durable, Fence: env.Fence}), staging
}

// SweepScratch removes the temporary files that a crashed run left in its
// scratch folder. Nobody may be using it.
func SweepScratch(dir string) error { return target.Sweep(dir) }
