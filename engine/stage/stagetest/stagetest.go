// Package stagetest is the suite that every kind of stage runs, so that the
// run-time can rely on the contract of package stage:
//
//	func TestKind(t *testing.T) {
//		stagetest.Run(t, stagetest.Config{Kind: decode.Kind(), Params: …, Item: newItem, Env: env})
//	}
package stagetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
)

// Config says what to test.
type Config struct {
	Kind   stage.Kind
	Params map[string]any // params with which New succeeds
	Env    stage.Env
	// Item makes an item that Process takes without an error. It is called often.
	Item func(t *testing.T) *asset.Item
	// Consumers stand behind the stage, where the kind looks at them.
	Consumers []stage.Consumer
}

// patience is how long a stage may take to notice that its context is done.
const patience = 5 * time.Second

// Run runs the suite.
func Run(t *testing.T, c Config) {
	t.Run("describes itself", c.describes)
	t.Run("takes an item", c.takes)
	t.Run("takes items from several workers", c.concurrent)
	t.Run("stops when its context is done", c.stops)
}

func (c Config) stage(t *testing.T) stage.Stage {
	t.Helper()
	st, err := c.Kind.New(stage.Config{Name: "tested", Params: c.Params, Consumers: c.Consumers, Env: c.Env})
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	t.Cleanup(func() {
		if closer, ok := st.(stage.Closer); ok {
			if err := closer.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}
	})
	return st
}

func (c Config) describes(t *testing.T) {
	k := c.Kind
	if k.Name == "" || k.Doc == "" || k.New == nil {
		t.Errorf("the kind %q lacks a name, a doc or New", k.Name)
	}
	for _, p := range k.In {
		if p != stage.PortAsset && p != stage.PortImage && p != stage.PortArtifact {
			t.Errorf("unknown port %q", p)
		}
	}
	if k.Source() && k.Sink() {
		t.Error("the kind takes nothing and gives nothing")
	}
	seen := map[string]bool{}
	for _, p := range k.Params {
		if p.Name == "" || p.Doc == "" || p.Type == "" || seen[p.Name] {
			t.Errorf("param %q lacks a name, a doc or a type, or stands twice", p.Name)
		}
		if p.Required && p.Default != nil {
			t.Errorf("param %q is required and has a default", p.Name)
		}
		seen[p.Name] = true
	}
	for name := range c.Params {
		if !seen[name] {
			t.Errorf("param %q of the test is not described", name)
		}
	}
}

func (c Config) takes(t *testing.T) {
	st := c.stage(t)
	it := c.Item(t)
	defer closeItem(t, it)
	if err := st.Process(t.Context(), it); err != nil {
		t.Fatalf("Process: %v", err)
	}
	c.checkOutput(t, it)
}

// checkOutput wants the item to carry what the kind's output port says.
func (c Config) checkOutput(t *testing.T, it *asset.Item) {
	t.Helper()
	switch c.Kind.Out {
	case stage.PortImage:
		if it.Image == nil {
			t.Error("there is no image")
		}
	case stage.PortArtifact:
		if it.Artifact == nil || it.Artifact.Path == "" || it.Artifact.SHA256 == "" || it.Artifact.Size <= 0 || it.Artifact.Ext == "" {
			t.Errorf("the artifact is incomplete: %+v", it.Artifact)
		}
		if it.Image != nil {
			t.Error("the image is still open")
		}
	}
}

func (c Config) concurrent(t *testing.T) {
	st := c.stage(t)
	var workers sync.WaitGroup
	for range 4 {
		it := c.Item(t)
		workers.Go(func() {
			if err := st.Process(t.Context(), it); err != nil {
				t.Errorf("Process: %v", err)
			}
			closeItem(t, it)
		})
	}
	workers.Wait()
}

// stops gives a context that is done already: whatever the stage answers, it
// answers soon and with a code.
func (c Config) stops(t *testing.T) {
	st := c.stage(t)
	it := c.Item(t)
	defer closeItem(t, it)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	done := make(chan error, 1)
	go func() { done <- st.Process(ctx, it) }()
	select {
	case err := <-done:
		if err != nil && !errors.Is(err, context.Canceled) && !diag.From(err, "").Code.Known() {
			t.Errorf("the error has no code: %v", err)
		}
	case <-time.After(patience):
		t.Fatal("Process did not return")
	}
}

func closeItem(t *testing.T, it *asset.Item) {
	t.Helper()
	if err := it.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}
