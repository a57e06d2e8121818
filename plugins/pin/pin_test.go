package pin_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/plugins/pin"
)

func write(t *testing.T, mode os.FileMode, text string, at ...string) string {
	t.Helper()
	path := filepath.Join(at...)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func wants(t *testing.T, err error, code diag.Code, says string) {
	t.Helper()
	d := diag.From(err, "none")
	if d == nil || d.Code != code || !strings.Contains(d.Message+d.Mend(), says) {
		t.Errorf("got %v, want %s with %q", err, code, says)
	}
}

func TestFoldersAreLookedThrough(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	write(t, 0o755, "x", dir, "exportd-plugin-qoi")
	write(t, 0o755, "x", dir, "something-else")
	write(t, 0o644, "command = \"python3\"\nargs = [\"./main.py\"]\n", dir, "ico", "plugin.toml")
	write(t, 0o644, "x", dir, "notes", "readme.txt")
	write(t, 0o644, "x", dir, "exportd-plugin-plain")
	write(t, 0o757, "x", dir, "exportd-plugin-open")
	write(t, 0o755, "x", dir, "exportd-plugin-Bad")
	write(t, 0o755, "x", other, "exportd-plugin-qoi")
	write(t, 0o644, "comand = \"x\"\n", other, "typo", "plugin.toml")
	write(t, 0o644, "command = \"./../x\"\n", other, "out", "plugin.toml")
	if err := os.Symlink("exportd-plugin-qoi", filepath.Join(dir, "exportd-plugin-link")); err != nil {
		t.Fatal(err)
	}
	found, wrong := pin.Discover([]string{dir, other, filepath.Join(dir, "none")})
	var names []string
	for _, f := range found {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff([]string{"ico", "qoi"}, names); diff != "" {
		t.Error(diff)
	}
	var said []string
	for _, d := range wrong {
		said = append(said, d.Error())
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{"is not executable", "can be written by others", `"Bad" cannot name a plugin`, "two plugins are named qoi", `unknown key "comand"`, "is not inside of the folder", "is a symbolic link", "cannot be read"} {
		if strings.Count(all, want) != 1 {
			t.Errorf("%q is not said once:\n%s", want, all)
		}
	}
}

func TestWhatRunsIsWhatWasLocked(t *testing.T) {
	dir := t.TempDir()
	path := write(t, 0o755, "#!/bin/sh\n", dir, "exportd-plugin-a")
	f, err := pin.At(path)
	if err != nil {
		t.Fatal(err)
	}
	sum, err := f.Sum()
	if err != nil {
		t.Fatal(err)
	}
	store := pin.Store{Dir: filepath.Join(t.TempDir(), "plugins")}
	c, err := store.Take(*f, sum)
	if err != nil {
		t.Fatal(err)
	}
	// Somebody swaps the program between the check and the start.
	write(t, 0o755, "#!/bin/sh\nevil\n", path)
	if err := c.Verify(); err != nil {
		t.Error(err)
	}
	if text, _ := os.ReadFile(c.Path); string(text) != "#!/bin/sh\n" {
		t.Errorf("the copy is %q", text)
	}
	if _, err := (pin.Store{Dir: filepath.Join(t.TempDir(), "new")}).Take(*f, sum); err == nil {
		t.Error("a changed program is copied")
	} else {
		wants(t, err, diag.PluginChanged, "plugin a: "+path+" is not what was locked: locked sha256:")
	}
	// Somebody changes the copy.
	if err := os.Chmod(c.Path, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, 0o700, "other", c.Path)
	wants(t, c.Verify(), diag.PluginChanged, "its copy")
}

func TestAFolderIsLockedWhole(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "ico")
	write(t, 0o644, "command = \"./run\"\nargs = [\"-x\", \"./lib/a.py\"]\n", dir, "plugin.toml")
	write(t, 0o755, "x", dir, "run")
	write(t, 0o644, "a", dir, "lib", "a.py")
	f, err := pin.At(dir)
	if err != nil {
		t.Fatal(err)
	}
	sum := func() string {
		t.Helper()
		s, err := f.Sum()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	before := sum()
	write(t, 0o644, "cache", dir, "lib", "__pycache__", "a.pyc")
	if sum() != before {
		t.Error("Python's cache counts")
	}
	c, err := (pin.Store{Dir: t.TempDir()}).Take(*f, before)
	if err != nil {
		t.Fatal(err)
	}
	program, args, err := c.Line()
	if err != nil || program != filepath.Join(c.Path, "run") || cmp.Diff([]string{"-x", filepath.Join(c.Path, "lib/a.py")}, args) != "" {
		t.Errorf("%s %v %v", program, args, err)
	}
	if c.Name != "ico" {
		t.Errorf("it is called %s", c.Name)
	}
	for what, change := range map[string]func(){
		"a byte":      func() { write(t, 0o644, "b", dir, "lib", "a.py") },
		"a file more": func() { write(t, 0o644, "", dir, "lib", "b.py") },
		"a mode":      func() { write(t, 0o644, "x", dir, "run") },
	} {
		change()
		if sum() == before {
			t.Errorf("%s does not count", what)
		}
		before = sum()
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	_, err = f.Sum()
	wants(t, err, diag.PluginRefused, "no regular file")
}

func TestTheLockFileComesBackAsItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), pin.LockFile)
	l, err := pin.ReadLock(path)
	if err != nil || len(l.Plugins) != 0 {
		t.Fatal(l, err)
	}
	sum := "sha256:" + strings.Repeat("0f", 32)
	l.Plugins["qoi"] = pin.Locked{Version: "1.0.0", Sum: sum, Provides: []string{"encoder:qoi", "macro:a-*"}}
	l.Plugins["a"] = pin.Locked{Version: "2.0.0", Sum: sum, Provides: []string{}}
	if err := l.Write(); err != nil {
		t.Fatal(err)
	}
	again, err := pin.ReadLock(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(l, again); diff != "" {
		t.Error(diff)
	}
	for text, says := range map[string]string{
		"version = 2\n": "version 2", "version = 1\n[plugin.a]\nsum = \"x\"\n": "no sha256", "version = 1\n[plugin.a]\nsums = \"x\"\n": "unknown key",
	} {
		write(t, 0o644, text, path)
		if _, err := pin.ReadLock(path); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
