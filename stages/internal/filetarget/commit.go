package filetarget

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"sync"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/stages/deliver/target"
)

// commit is one batch on its way; a file with an error takes no further part.
type commit struct {
	*Target
	files []target.File
	errs  []error
	kept  []bool // there already, with the same bytes
	seen  map[string]error
}

// Prepare has nothing to do: the staging is on the target's file system.
func (t *Target) Prepare(context.Context, target.File) error { return nil }

// Commit makes the files durable and visible. It gives an error a file, nil
// where the file is delivered. The temporaries are gone afterwards, but for those
// of files whose error is worth another attempt (see [diag.Retryable]): whoever
// tries again writes them anew, because after a failed barrier the operating
// system calls bytes durable that are not.
func (t *Target) Commit(ctx context.Context, files []target.File) []error {
	if err := t.open(); err != nil {
		return slices.Repeat([]error{err}, len(files))
	}
	c := &commit{Target: t, files: files, errs: make([]error, len(files)), kept: make([]bool, len(files)), seen: map[string]error{}}
	defer c.drop()
	c.step("check", func() { c.each(func(i int) error { return c.check(ctx, i) }) })
	c.step("barrier", c.barrier)
	c.step("fence", func() { c.fence(ctx) })
	c.step("folders", func() { c.each(c.makeFolders) })
	c.each(c.rename)
	c.step("settle", c.settle)
	c.step("end", func() {})
	return c.errs
}

// step runs one numbered step unless the test's hook stops it.
func (c *commit) step(name string, run func()) {
	if c.hook != nil {
		if err := c.hook(name); err != nil {
			c.each(func(int) error { return err })
			return
		}
	}
	run()
}

// each runs f for every file that has not failed yet.
func (c *commit) each(f func(i int) error) {
	for i := range c.files {
		if c.errs[i] == nil {
			c.errs[i] = f(i)
		}
	}
}

// final is a file's path below the root.
func (c *commit) final(i int) string { return path.Join(c.cfg.Prefix, c.files[i].Name) }

// check is step 1.
func (c *commit) check(ctx context.Context, i int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := target.CheckName(c.files[i].Name); err != nil {
		return err
	}
	if err := c.clear(i); err != nil {
		return err
	}
	c.kept[i] = c.same(i)
	return nil
}

// same reports whether the file is there already, with the same bytes.
func (c *commit) same(i int) bool {
	name := c.final(i)
	info, err := c.root.Lstat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() != c.files[i].Size {
		return false
	}
	f, err := c.openFile(name)
	if err != nil {
		return false
	}
	defer f.Close()
	if opened, err := f.Stat(); err != nil || !os.SameFile(info, opened) {
		return false
	}
	hash := sha256.New()
	_, err = io.Copy(hash, f)
	return err == nil && hex.EncodeToString(hash.Sum(nil)) == c.files[i].SHA256
}

// barrier is step 2. A kept file is part of it: whoever wrote it may not have
// waited for the disk.
func (c *commit) barrier() {
	if !c.cfg.Durable {
		return
	}
	var at []int
	var names []string
	c.each(func(i int) error {
		at = append(at, i)
		if c.kept[i] {
			names = append(names, c.final(i))
		} else {
			names = append(names, c.cfg.Staging.Rel(c.files[i].Temp))
		}
		return nil
	})
	for n, err := range c.syncFiles(names) {
		if err != nil {
			c.errs[at[n]] = c.refused(c.files[at[n]].Name, err)
		}
	}
}

// fence asks, after the barrier, whether the batch is still this process's.
func (c *commit) fence(ctx context.Context) {
	if c.cfg.Fence == nil {
		return
	}
	if err := c.cfg.Fence(ctx); err != nil {
		c.each(func(int) error { return err })
	}
}

// rename is step 4. It replaces what has the name, a symbolic link too, and
// follows none.
func (c *commit) rename(i int) error {
	if c.kept[i] {
		return nil
	}
	if c.hook != nil {
		if err := c.hook("rename"); err != nil {
			return err
		}
	}
	if err := c.root.Rename(c.cfg.Staging.Rel(c.files[i].Temp), c.final(i)); err != nil {
		return c.refused(c.files[i].Name, err)
	}
	c.cfg.Staging.Forget(c.files[i].Temp)
	return nil
}

// settle is step 5: the folders of all files, and those folders' own entries up
// to the root, unless this target has made them durable before.
func (c *commit) settle() {
	if !c.cfg.Durable {
		return
	}
	folders, chain := map[string]bool{}, map[string]bool{}
	c.each(func(i int) error {
		folders[path.Dir(c.final(i))] = true
		for dir := path.Dir(c.final(i)); dir != "."; dir = path.Dir(dir) {
			if !c.isAnchored(dir) {
				folders[path.Dir(dir)], chain[dir] = true, true
			}
		}
		return nil
	})
	failed := c.syncFolders(slices.Collect(maps.Keys(folders)))
	c.each(func(i int) error {
		for dir := path.Dir(c.final(i)); ; dir = path.Dir(dir) {
			if err := failed[dir]; err != nil {
				// The file has its name; that a second sync does not fail would
				// prove nothing, so this is final.
				return c.refused(c.files[i].Name, err).Again(false)
			}
			if dir == "." {
				return nil
			}
		}
	})
	if len(failed) == 0 {
		c.anchor(chain)
	}
}

// syncFolders makes the entries of folders durable.
func (c *commit) syncFolders(folders []string) map[string]error {
	failed := map[string]error{}
	for n, err := range parallel(folders, c.fsync) {
		if err != nil {
			failed[folders[n]] = err
		}
	}
	return failed
}

// drop removes what is left of the batch's temporaries.
func (c *commit) drop() {
	for i, f := range c.files {
		if c.kept[i] || c.errs[i] != nil && !diag.Retryable(c.errs[i]) {
			c.cfg.Staging.Discard(f.Temp)
		}
	}
}

// parallel runs f over names, a few at a time, and gives an error each.
func parallel(names []string, f func(string) error) []error {
	const atOnce = 8
	errs := make([]error, len(names))
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(atOnce, len(names)) {
		wg.Go(func() {
			for i := range next {
				errs[i] = f(names[i])
			}
		})
	}
	for i := range names {
		next <- i
	}
	close(next)
	wg.Wait()
	return errs
}
