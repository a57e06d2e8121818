package s3target

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/exportd/exportd/stages/deliver/target"
	"github.com/exportd/exportd/stages/deliver/target/targettest"
	"github.com/exportd/exportd/stages/internal/blob"
	"github.com/exportd/exportd/stages/internal/blob/blobtest"
)

// open makes a target and its staging.
func open(t testing.TB, address string, overwrite bool) (*Target, *target.Staging) {
	dir := t.TempDir()
	staging := target.NewStaging(target.StagingConfig{Root: dir, Scratch: dir, Owner: "deliver"})
	return New(Config{Address: address, Overwrite: overwrite, Credentials: keys}), staging
}

func keys() (blob.Credentials, error) { return blobtest.Credentials(), nil }

// read gives the files of a bucket as the server keeps them.
func read(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
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
	var server *blobtest.Server
	var buckets atomic.Int32
	folders := map[string]string{}
	targettest.Run(t, targettest.Config{
		Conflicts: true,
		Start: func(*testing.T) string {
			if server == nil {
				server = blobtest.Start(t)
			}
			name := fmt.Sprintf("bucket-%d", buckets.Add(1))
			address := server.Address(t, name)
			folders[address] = filepath.Join(server.Dir, name)
			return address
		},
		Open: func(address string) (target.Target, *target.Staging, error) {
			made, staging := open(t, address, false)
			return made, staging, nil
		},
		Read: func(t *testing.T, address string) map[string]string { return read(t, folders[address]) },
	})
}
