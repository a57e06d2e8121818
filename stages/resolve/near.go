package resolve

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
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
type neighbours struct {
	dir *Dir
	who Caller

	folders int
	listed  string // the folder whose names are kept
	names   []string
}

// hint suggests a handle, or gives "".
func (n *neighbours) hint(h asset.Handle) string {
	written := string(h)
	if strings.ContainsAny(written, "\x00") || len(written) > 4096 {
		return ""
	}
	if !fs.ValidPath(written) || strings.Contains(written, `\`) {
		clean := strings.TrimPrefix(path.Clean(strings.ReplaceAll(written, `\`, "/")), "/")
		if n.visible(clean) {
			return mean(clean)
		}
		return "a handle is the path below the catalog's root, with slashes and without .."
	}
	dir, base := path.Split(written)
	if len(base) > maxName {
		return ""
	}
	names := slices.DeleteFunc(slices.Clone(n.list(strings.TrimSuffix(dir, "/"))), func(name string) bool { return name == base })
	if near := diag.Suggest(base, names); near != "" {
		return mean(dir + near)
	}
	return ""
}

func mean(name string) string { return fmt.Sprintf("did you mean %q?", name) }

// visible reports whether a file is there that the caller may see.
func (n *neighbours) visible(name string) bool {
	_, info, err := n.dir.find(name)
	return err == nil && info.Mode().IsRegular() && n.who.sees(n.dir.records[name].Company)
}

// folder is the answer to a handle that names a folder. To the caller of a
// company a folder exists when he may see something in it.
func (n *neighbours) folder(h asset.Handle) *diag.Diag {
	if n.who.Company != "" && len(n.list(string(h))) == 0 {
		return unknown(h, n.hint(h))
	}
	return diag.New(diag.AssetUnknown, "no asset has the handle %q: it is a folder", short(h)).
		WithHint("name the files in it")
}

// list gives the names in a folder that the caller may see, sorted.
func (n *neighbours) list(dir string) []string {
	if dir == "" {
		dir = "."
	}
	if n.listed == dir {
		return n.names
	}
	if n.folders++; n.folders > maxFolders {
		return nil
	}
	n.listed, n.names = dir, nil
	real := dir
	if dir != "." {
		var err error
		if real, _, err = n.dir.find(dir); err != nil {
			return nil
		}
	}
	f, err := n.dir.root.Open(real)
	if err != nil {
		return nil
	}
	defer f.Close()
	entries, _ := f.ReadDir(maxNames) // as many as can be read
	for _, e := range entries {
		record := n.dir.records[path.Join(dir, e.Name())]
		if !e.IsDir() && n.who.sees(record.Company) {
			n.names = append(n.names, e.Name())
		}
	}
	slices.Sort(n.names)
	return n.names
}
