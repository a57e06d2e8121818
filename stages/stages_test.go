//go:build cgo

package stages

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/engine/stage/stagetest"
	"github.com/exportd/exportd/stages/resolve"
)

// bench is where kinds are tried: the pictures of testdata, and a folder to
// deliver to.
type bench struct {
	catalog *resolve.Dir
	env     stage.Env
	made    map[string]stage.Stage
	n       atomic.Int32
}

const wanted = "wid=60&fmt=png"

// params are those with which each kind is tried.
func params(kind string) map[string]any {
	switch kind {
	case "transform":
		return map[string]any{"modifier": wanted}
	case "deliver":
		return map[string]any{"to": "file:", "name": "${asset.file}"}
	}
	return map[string]any{}
}

// filled gives a kind's params with the defaults that the compiler fills in.
func filled(k stage.Kind) map[string]any {
	all := params(k.Name)
	for _, p := range k.Params {
		if _, given := all[p.Name]; !given && p.Default != nil {
			all[p.Name] = p.Default
		}
	}
	return all
}

func newBench(t *testing.T, reg *stage.Registry) *bench {
	t.Helper()
	if err := StartLibvips(nil); err != nil {
		t.Fatal(err)
	}
	originals, err := resolve.OpenOriginals(resolve.OriginalsConfig{Root: "../testdata"})
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := resolve.NewDir(resolve.DirConfig{Originals: originals})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { catalog.Close() })
	b := &bench{catalog: catalog, made: map[string]stage.Stage{}, env: stage.Env{
		Open: catalog.Open, Scratch: t.TempDir(), Root: t.TempDir(), Limits: stage.DefaultLimits(), Attributes: modifier.DefaultAttributes(),
	}}
	for _, name := range []string{"decode", "transform", "encode"} {
		k, _ := reg.Kind(name)
		if b.made[name], err = k.New(stage.Config{Name: name, Params: params(name), Consumers: consumers(name), Env: b.env}); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func consumers(kind string) []stage.Consumer {
	if kind != "decode" {
		return nil
	}
	return []stage.Consumer{{Name: "transform", Params: params("transform")}}
}

// item brings an asset as far as the kind takes it from.
func (b *bench) item(t *testing.T, kind string) *asset.Item {
	t.Helper()
	answers, err := b.catalog.Resolve(t.Context(), resolve.Caller{}, []asset.Handle{"photos/coffee.png"})
	if err != nil || answers[0].Err != nil {
		t.Fatal(err, answers[0].Err)
	}
	it := &asset.Item{Asset: answers[0].Asset, Names: map[string]string{asset.NameKey("tested", ""): fmt.Sprintf("%d.png", b.n.Add(1))}}
	before := map[string][]string{"transform": {"decode"}, "encode": {"decode", "transform"}, "deliver": {"decode", "transform", "encode"}}
	for _, name := range before[kind] {
		if err := b.made[name].Process(t.Context(), it); err != nil {
			t.Fatal(err)
		}
	}
	return it
}

// TestEveryKindKeepsTheContract runs the suite of package stagetest over all
// built-in kinds.
func TestEveryKindKeepsTheContract(t *testing.T) {
	reg, err := Registry()
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, reg)
	for _, name := range reg.Names() {
		k, _ := reg.Kind(name)
		t.Run(name, func(t *testing.T) {
			stagetest.Run(t, stagetest.Config{
				Kind: k, Params: filled(k), Consumers: consumers(name), Env: b.env,
				Item: func(t *testing.T) *asset.Item { return b.item(t, name) },
			})
		})
	}
}
