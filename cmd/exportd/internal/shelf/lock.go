package shelf

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/plugins/host"
	"github.com/exportd/exportd/plugins/pin"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// Pinned is what was written into the lock file of one plugin.
type Pinned struct {
	Name string     `json:"name"`
	Was  string     `json:"was,omitempty"` // the sum before; "" for a new one
	Now  pin.Locked `json:"now"`
}

// Lock pins the plugins of the folders as they are now: all of them, and forgets
// those that are gone, or only those that are named.
func (sh *Shelf) Lock(ctx context.Context, names ...string) ([]Pinned, error) {
	if err := sh.wrong.Err(); err != nil && len(names) == 0 {
		return nil, err
	}
	lock, err := pin.ReadLock(sh.settings.Lock)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if e := sh.find(name); e == nil || e.found == nil {
			_, err := sh.Get(name)
			if err == nil {
				err = diag.New(diag.PluginUnknown, "plugin %s is in none of the folders, so it cannot be locked", name)
			}
			return nil, err
		}
	}
	var all []Pinned
	kept := map[string]pin.Locked{}
	if len(names) > 0 {
		kept = lock.Plugins
	}
	for _, e := range sh.entries {
		if e.found == nil || len(names) > 0 && !slices.Contains(names, e.Name) {
			continue
		}
		now, err := sh.pin(ctx, *e.found)
		if err != nil {
			return nil, err
		}
		all = append(all, Pinned{Name: e.Name, Was: lock.Plugins[e.Name].Sum, Now: now})
		kept[e.Name] = now
	}
	lock.Plugins = kept
	return all, lock.Write()
}

// pin makes a copy of a plugin and asks that copy what it is.
func (sh *Shelf) pin(ctx context.Context, f pin.Found) (pin.Locked, error) {
	sum, err := f.Sum()
	if err != nil {
		return pin.Locked{}, err
	}
	c, err := (pin.Store{Dir: sh.settings.Store}).Take(f, sum)
	if err != nil {
		return pin.Locked{}, err
	}
	card, err := sh.card(ctx, c)
	if err != nil {
		return pin.Locked{}, err
	}
	return pin.Locked{Version: card.GetVersion(), Sum: sum, Provides: host.Provides(card)}, nil
}

// Verify lists everything that is not as the lock file says.
func (sh *Shelf) Verify() diag.List {
	found := slices.Clone(sh.wrong)
	for _, e := range sh.entries {
		if e.Why != nil {
			found.Add(e.Why)
		}
	}
	return found
}

// Add copies a plugin into the first of the folders. It is still to be locked.
func (sh *Shelf) Add(ctx context.Context, path string) (name string, err error) {
	if len(sh.settings.Dirs) == 0 {
		return "", diag.New(diag.Usage, "no plugin folder is configured").WithHint(`write [plugins] dirs = ["plugins"] into exportd.toml`)
	}
	f, err := pin.At(path)
	if err != nil {
		return "", err
	}
	if _, err := host.Describe(ctx, f.As(f.Name)); err != nil {
		return "", err
	}
	dir := sh.settings.Dirs[0]
	into := filepath.Join(dir, pluginpb.ExecutablePrefix+f.Name)
	if f.Manifest != nil {
		into = filepath.Join(dir, f.Name)
	}
	if e := sh.find(f.Name); e != nil && e.found != nil && e.Path != into {
		return "", diag.New(diag.PluginRefused, "plugin %s is there already: %s", f.Name, e.Path).WithHint("remove it first")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", diag.New(diag.TargetDenied, "%w", err)
	}
	if f.Manifest != nil {
		err = errors.Join(os.RemoveAll(into), os.CopyFS(into, os.DirFS(f.Path)))
	} else {
		err = copyProgram(f.Path, into)
	}
	if err != nil {
		return "", diag.New(diag.TargetDenied, "copy plugin %s into %s: %w", f.Name, dir, err)
	}
	return f.Name, nil
}

func copyProgram(from, into string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	tmp, err := os.CreateTemp(filepath.Dir(into), ".add-*")
	if err != nil {
		return err
	}
	_, err = io.Copy(tmp, src)
	err = errors.Join(err, tmp.Chmod(0o755), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), into)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return err
}
