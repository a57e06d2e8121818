package filetarget

import (
	"errors"
	"io/fs"
	"maps"
	"path"

	"github.com/exportd/exportd/engine/diag"
)

// clear makes sure that nothing stands in a file's way: no folder of its name,
// no file or symbolic link where it needs a folder.
func (c *commit) clear(i int) error {
	name := c.final(i)
	if err := c.passable(path.Dir(name)); err != nil {
		return err
	}
	if info, err := c.root.Lstat(name); err == nil && info.IsDir() {
		return diag.New(diag.Target, "%q cannot be written: a folder of that name is there", c.files[i].Name).
			WithHint("move the folder away, or change params.name")
	}
	return nil
}

// passable checks the folders of dir; a batch looks at each of them once.
func (c *commit) passable(dir string) error {
	if dir == "." {
		return nil
	}
	if err, seen := c.seen[dir]; seen {
		return err
	}
	err := c.passable(path.Dir(dir))
	if err == nil {
		err = c.isFolder(dir)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	c.seen[dir] = err
	return err
}

// isFolder refuses what is not a folder itself: a symbolic link could lead
// anywhere.
func (c *commit) isFolder(dir string) error {
	info, err := c.root.Lstat(dir)
	switch {
	case err != nil && errors.Is(err, fs.ErrNotExist):
		return err
	case err != nil:
		return c.refused(dir, err)
	case info.Mode()&fs.ModeSymlink != 0:
		return diag.New(diag.Target, "the folder %q is a symbolic link, which delivery does not follow", dir).
			WithHint("deliver into the folder it leads to")
	case !info.IsDir():
		return diag.New(diag.Target, "the folder %q is needed, but a file of that name is there", dir).
			WithHint("move the file away, or change params.name")
	}
	return nil
}

// makeFolders is step 3.
func (c *commit) makeFolders(i int) error { return c.makeFolder(path.Dir(c.final(i))) }

func (c *commit) makeFolder(dir string) error {
	if dir == "." {
		return nil
	}
	err := c.isFolder(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := c.makeFolder(path.Dir(dir)); err != nil {
		return err
	}
	if err := c.root.Mkdir(dir, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
		return c.refused(dir, err)
	}
	return c.isFolder(dir)
}

// isAnchored reports whether this target has made a folder's own entry durable.
func (t *Target) isAnchored(dir string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.anchored[dir]
}

// anchor notes folders whose entries are durable. It forgets all of them rather
// than grow without end; then some are made durable twice.
func (t *Target) anchor(dirs map[string]bool) {
	const most = 1 << 17
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.anchored) > most {
		clear(t.anchored)
	}
	maps.Copy(t.anchored, dirs)
}
