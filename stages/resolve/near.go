package resolve

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/internal/original"
)

// The bounds of looking for what was meant: names a folder, folders a call, and
// the length of a name that is compared.
const (
	maxNames   = 2000
	maxFolders = 100
	maxName    = 255
)

// neighbours finds what a handle that names nothing may have meant, among the
// names of its folder that the caller may see.
// A bucket has none: to list one takes longer than to look for one object.
type neighbours struct {
	dir   *Dir
	files *original.Folder // nil for a bucket
	who   Caller

	mu      sync.Mutex
	folders int
	listed  string // the folder whose names are kept
	names   []string
}

func newNeighbours(d *Dir, who Caller) *neighbours {
	folder, _ := d.originals.(*original.Folder)
	return &neighbours{dir: d, files: folder, who: who}
}

// hint suggests a handle, or gives "".
func (n *neighbours) hint(ctx context.Context, h asset.Handle) string {
	written := string(h)
	if strings.ContainsAny(written, "\x00") || len(written) > 4096 {
		return ""
	}
	if !fs.ValidPath(written) || strings.Contains(written, `\`) {
		clean := strings.TrimPrefix(path.Clean(strings.ReplaceAll(written, `\`, "/")), "/")
		if n.files != nil && n.there(ctx, clean) && n.visible(ctx, clean) {
			return mean(clean)
		}
		return "a handle is the path below the catalog's root, with slashes and without .."
	}
	dir, base := path.Split(written)
	if n.files == nil || len(base) > maxName {
		return ""
	}
	names := slices.DeleteFunc(n.list(strings.TrimSuffix(dir, "/")), func(name string) bool { return name == base })
	if near := diag.Suggest(base, names); near != "" && n.visible(ctx, dir+near) {
		return mean(dir + near)
	}
	return ""
}

func mean(name string) string { return fmt.Sprintf("did you mean %q?", name) }

// there reports whether a file has this name.
func (n *neighbours) there(ctx context.Context, name string) bool {
	_, err := n.files.Look(ctx, name)
	return err == nil
}

// visible reports whether the caller may know of a file.
func (n *neighbours) visible(ctx context.Context, name string) bool {
	if n.dir.sidecars && strings.HasSuffix(name, sidecarEnd) {
		return false
	}
	record, _, why, err := n.dir.record(ctx, name, asset.Handle(name))
	return why == nil && err == nil && n.who.sees(record.Company)
}

// folder is the answer to a handle that names a folder. To the caller of a
// company a folder exists when he may see something in it.
func (n *neighbours) folder(ctx context.Context, h asset.Handle) *diag.Diag {
	sees := func(name string) bool { return n.visible(ctx, path.Join(string(h), name)) }
	if n.who.Company != "" && !slices.ContainsFunc(n.list(string(h)), sees) {
		return unknown(h, n.hint(ctx, h))
	}
	return diag.New(diag.AssetUnknown, "no asset has the handle %q: it is a folder", h.Short()).
		WithHint("name the files in it")
}

// list gives the names in a folder, sorted, without those of which the
// configuration says that the caller may not know of them.
func (n *neighbours) list(dir string) []string {
	if dir == "" {
		dir = "."
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listed == dir {
		return slices.Clone(n.names)
	}
	if n.folders++; n.folders > maxFolders {
		return nil
	}
	n.listed, n.names = dir, n.files.Files(dir, maxNames)
	n.names = slices.DeleteFunc(n.names, func(name string) bool {
		return !n.who.sees(n.dir.records[path.Join(dir, name)].Company)
	})
	slices.Sort(n.names)
	return slices.Clone(n.names)
}
