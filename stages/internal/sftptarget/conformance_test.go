package sftptarget

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/stages/deliver/target"
	"github.com/exportd/exportd/stages/deliver/target/targettest"
)

// open makes a target in a folder and its staging.
func open(t testing.TB, host, root string, l Login) (*Target, *target.Staging) {
	dir := t.TempDir()
	staging := target.NewStaging(target.StagingConfig{Root: dir, Scratch: dir, Owner: "deliver"})
	return New(Config{Host: host, Root: root, Login: l, Owner: root}), staging
}

// read gives the files that anybody may see in a folder: not the temporary ones.
func read(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasPrefix(e.Name(), filename.TempPrefix) {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		all[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestTarget(t *testing.T) {
	var s *server
	targettest.Run(t, targettest.Config{
		Start: func(sub *testing.T) string {
			if s == nil {
				s = startServer(t)
			}
			l := s.login(t)
			return strings.Join([]string{s.host, sub.TempDir(), l.User, l.Identity, l.KnownHosts}, "|")
		},
		Open: func(address string) (target.Target, *target.Staging, error) {
			p := strings.Split(address, "|")
			made, staging := open(t, p[0], p[1], Login{User: p[2], Password: none, Identity: p[3], Passphrase: none, KnownHosts: p[4]})
			return made, staging, nil
		},
		Read: func(t *testing.T, address string) map[string]string { return read(t, strings.Split(address, "|")[1]) },
	})
}
