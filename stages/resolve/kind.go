package resolve

import (
	"context"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/stage"
)

// Kind describes the stage that starts every plan. Its work is done before the
// run, while it is planned: names need all assets (DESIGN 6).
func Kind() stage.Kind {
	return stage.Kind{
		Name: "resolve",
		Doc:  "Finds the assets that the job names in the catalog.",
		Out:  stage.PortAsset,
		New:  func(stage.Config) (stage.Stage, error) { return resolved{}, nil },
	}
}

// resolved passes items on, whose assets planning has resolved.
type resolved struct{}

func (resolved) Process(ctx context.Context, _ *asset.Item) error { return ctx.Err() }
