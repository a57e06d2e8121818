package resolve_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/stages/internal/blob"
	"github.com/exportd/exportd/stages/internal/blob/blobtest"
	"github.com/exportd/exportd/stages/resolve"
	"github.com/exportd/exportd/stages/resolve/catalogtest"
)

func records(f catalogtest.Fixture) map[string]resolve.RecordConfig {
	all := map[string]resolve.RecordConfig{}
	for _, r := range f.Rows {
		if r.Company != "" || r.Type != "" || r.Readers != nil {
			all[string(r.Handle)] = r.RecordConfig
		}
	}
	return all
}

func originals(t *testing.T, cfg resolve.OriginalsConfig) resolve.Originals {
	t.Helper()
	o, err := resolve.OpenOriginals(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestDirIsACatalog(t *testing.T) {
	defer goleak.VerifyNone(t)
	catalogtest.Run(t, catalogtest.Kind{Open: func(t *testing.T, f catalogtest.Fixture) resolve.Catalog {
		d, err := resolve.NewDir(resolve.DirConfig{Originals: originals(t, resolve.OriginalsConfig{Root: f.Root}), Records: records(f)})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}})
}

func TestDirOfABucketIsACatalog(t *testing.T) {
	var b *blob.Bucket
	write := func(t *testing.T, name, content string) {
		t.Helper()
		if _, err := b.Put(t.Context(), name, strings.NewReader(content), int64(len(content)), blob.PutOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	catalogtest.Run(t, catalogtest.Kind{Write: write, Open: func(t *testing.T, f catalogtest.Fixture) resolve.Catalog {
		s, bucket := blobtest.StartIn(t, filepath.Dir(f.Root)), filepath.Base(f.Root)
		b = s.Bucket(t, bucket)
		d, err := resolve.NewDir(resolve.DirConfig{Records: records(f), Originals: originals(t, resolve.OriginalsConfig{
			Root: s.Address(t, bucket), Credentials: blobtest.Credentials(), CacheDir: t.TempDir(),
		})})
		if err != nil {
			t.Fatal(err)
		}
		return d
	}})
}

// FuzzRow makes sure that no value breaks the reader of records.
func FuzzRow(f *testing.F) {
	f.Add("Readers", `{ann,"role:art",NULL}`)
	f.Add("readers", `["ann"]`)
	f.Add("size", "12")
	f.Add("post_modifier", "wid=1")
	n, err := resolve.NewNaming(map[string]string{"id": "handle"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		r := n.Row(map[string]any{"id": "a", name: value})
		if r.Wrong == nil && bytes.ContainsRune([]byte(r.Company), 0) && !strings.Contains(value, "\x00") {
			t.Errorf("%+v", r)
		}
		if name == "readers" && r.Wrong == nil {
			for _, reader := range r.Readers {
				if reader == "" {
					t.Errorf("%q gives an empty reader", value)
				}
			}
		}
		_ = asset.Handle(name).Short()
	})
}
