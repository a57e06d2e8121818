// Package stages gathers the kinds of stages that exportd has built in. What
// each does is in its own folder; README.md lists them.
package stages

import (
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/deadletter"
	"github.com/exportd/exportd/stages/decode"
	"github.com/exportd/exportd/stages/deliver"
	"github.com/exportd/exportd/stages/encode"
	"github.com/exportd/exportd/stages/filter"
	"github.com/exportd/exportd/stages/resolve"
	"github.com/exportd/exportd/stages/transform"
)

// Registry gives the built-in kinds in the order an asset meets them.
func Registry() (*stage.Registry, error) {
	return stage.NewRegistry(resolve.Kind(), filter.Kind(), decode.Kind(), transform.Kind(), encode.Kind(), deliver.Kind(), deadletter.Kind())
}
