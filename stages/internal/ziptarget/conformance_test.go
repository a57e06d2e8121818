package ziptarget

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"github.com/exportd/exportd/stages/deliver/target"
	"github.com/exportd/exportd/stages/deliver/target/targettest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newPlace makes the folders of an archive and of its run's state.
func newPlace(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, ".exportd", "scratch"), 0o700); err != nil {
		t.Fatal(err)
	}
	return root
}

func openAt(root string, split Split) (*Target, *target.Staging) {
	state := filepath.Join(root, ".exportd")
	spool := filepath.Join(state, "zip-1")
	staging := target.NewStaging(target.StagingConfig{Root: Root(spool), Scratch: filepath.Join(state, "scratch"), Owner: "deliver", Durable: true})
	return New(Config{Path: filepath.Join(root, "out", "pack.zip"), Split: split, Spool: spool, Staging: staging, Durable: true}), staging
}

func read(t *testing.T, path string) map[string]string {
	t.Helper()
	all := map[string]string{}
	r, err := zip.OpenReader(path)
	if os.IsNotExist(err) {
		return all
	}
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		if _, twice := all[f.Name]; twice {
			t.Errorf("%s is there twice", f.Name)
		}
		all[f.Name] = string(text)
	}
	return all
}

func TestTarget(t *testing.T) {
	targettest.Run(t, targettest.Config{
		Start: newPlace,
		Open: func(root string) (target.Target, *target.Staging, error) {
			made, staging := openAt(root, Split{})
			return made, staging, nil
		},
		Read: func(t *testing.T, root string) map[string]string {
			return read(t, filepath.Join(root, "out", "pack.zip"))
		},
	})
}
