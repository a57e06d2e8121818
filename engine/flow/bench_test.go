package flow

import (
	"fmt"
	"testing"

	"github.com/exportd/exportd/engine/asset"
)

// BenchmarkNoopSixStages measures what the run-time itself costs an item. The
// goal is well below 50 µs: an image takes a thousand times that.
func BenchmarkNoopSixStages(b *testing.B) {
	var nodes []Node
	for i := range 6 {
		nodes = append(nodes, Node{Name: fmt.Sprint("n", i), Run: pass, Workers: 2})
	}
	benchmark(b, chain(nodes...))
}

// BenchmarkFork measures two branches that meet again.
func BenchmarkFork(b *testing.B) {
	benchmark(b, Graph{[]Node{
		{Name: "a", Run: pass, Workers: 2},
		{Name: "x", Run: pass, Workers: 2, From: from("a")},
		{Name: "y", Run: pass, Workers: 2, From: from("a"), Guard: divides(1)},
		{Name: "b", Run: pass, Workers: 2, From: from("x", "y")},
	}})
}

func benchmark(b *testing.B, g Graph) {
	b.ReportAllocs()
	items := make(chan *asset.Item, 64)
	go func() {
		defer close(items)
		for seq := range b.N {
			items <- &asset.Item{Seq: seq}
		}
	}()
	ended := 0
	if err := Run(b.Context(), g, Options{OnAsset: func(AssetEnd) { ended++ }}, items); err != nil {
		b.Fatal(err)
	}
	if ended != b.N {
		b.Fatalf("%d of %d ended", ended, b.N)
	}
}
