//go:build cgo

package stages

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/resolve"
)

// TestAPictureThatChangesOnItsWayIsNotExported writes the source again between
// two stages: pixels are pulled when encode runs, long after decode has hashed the
// file.
func TestAPictureThatChangesOnItsWayIsNotExported(t *testing.T) {
	if err := StartLibvips(nil); err != nil {
		t.Fatal(err)
	}
	registry, err := Registry()
	if err != nil {
		t.Fatal(err)
	}
	picture, err := os.ReadFile("../testdata/photos/coffee.png")
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"decode", "transform", "encode"}
	for at := range names {
		root := t.TempDir()
		file := filepath.Join(root, "a.png")
		if err := os.WriteFile(file, picture, 0o644); err != nil {
			t.Fatal(err)
		}
		originals, err := resolve.OpenOriginals(resolve.OriginalsConfig{Root: root})
		if err != nil {
			t.Fatal(err)
		}
		catalog, err := resolve.NewDir(resolve.DirConfig{Originals: originals})
		if err != nil {
			t.Fatal(err)
		}
		answers, err := catalog.Resolve(t.Context(), resolve.Caller{}, []asset.Handle{"a.png"})
		if err != nil {
			t.Fatal(err)
		}
		env := stage.Env{Open: catalog.Open, Scratch: t.TempDir(), Limits: stage.DefaultLimits(), Attributes: modifier.DefaultAttributes()}
		it := &asset.Item{Asset: answers[0].Asset}
		err = nil
		for i, name := range names {
			if i == at {
				later := time.Now().Add(time.Hour)
				if err := os.Chtimes(file, later, later); err != nil {
					t.Fatal(err)
				}
			}
			kind, _ := registry.Kind(name)
			made, e := kind.New(stage.Config{Name: name, Params: params(name), Env: env})
			if e != nil {
				t.Fatal(e)
			}
			if err = made.Process(t.Context(), it); err != nil {
				break
			}
		}
		if d := diag.From(err, ""); d == nil || d.Code != diag.SourceChanged {
			t.Errorf("changed before %s: %v", names[at], err)
		}
		if err := it.Close(); err != nil {
			t.Error(err)
		}
		catalog.Close()
	}
}
