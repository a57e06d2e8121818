package deliver

import (
	"net/url"
	"path"
	"path/filepath"
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/internal/filetarget"
)

// location is a parsed "file:" URL: a folder in the output folder, or any other.
type location struct {
	inside string // slash-separated below the output folder; "" is that folder
	abs    string // a path of the machine; "" for the output folder
}

// parse reads the param to.
func parse(to string) (location, error) {
	scheme, rest, ok := strings.Cut(to, ":")
	switch {
	case to == "":
		return location{}, diag.New(diag.KeyMissing, "params.to is missing").WithHint(`write to = "file:"`)
	case !ok || len(scheme) == 1 || strings.ContainsAny(scheme, `/\`):
		return location{}, wrong(to, "it has no scheme").WithHint("write file:%s", strings.ReplaceAll(to, `\`, "/"))
	case scheme != "file":
		return location{}, diag.New(diag.NotBuilt, "params.to is %q: targets of the kind %q are not built yet", to, scheme+":").
			WithHint(`deliver to "file:", "file:sub/dir" or "file:///abs"`)
	}
	return parseFile(to, rest)
}

// parseFile reads what follows "file:".
func parseFile(to, rest string) (location, error) {
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

func wrong(to, why string) *diag.Diag {
	return diag.New(diag.KeyValue, "params.to is %q: %s", to, why)
}

// under gives the folder below which everything happens and where names begin
// in it.
func (l location) under(root string) (string, string) {
	if l.abs != "" {
		return l.abs, ""
	}
	return root, l.inside
}

// Folder gives the folder that the param to names in a world: the place of the
// manifest.
func Folder(env stage.Env, to string) (string, error) {
	l, err := parse(to)
	if err != nil {
		return "", err
	}
	root, prefix := l.under(env.Root)
	return filepath.Join(root, filepath.FromSlash(prefix)), nil
}

// SweepScratch removes the temporary files that a crashed run left in its
// scratch folder. Nobody may be using it.
func SweepScratch(dir string) error { return filetarget.Sweep(dir) }
