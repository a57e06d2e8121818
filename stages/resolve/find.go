package resolve

import (
	"context"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// Find looks single handles up for a caller: the assets that commands name
// beside the one they are about. What is wrong with the catalog as a whole is
// wrong with the asset.
func Find(ctx context.Context, catalog Catalog, who Caller) func(asset.Handle) (*asset.Asset, *diag.Diag) {
	return func(h asset.Handle) (*asset.Asset, *diag.Diag) {
		answers, err := catalog.Resolve(ctx, who, []asset.Handle{h})
		if err != nil {
			return nil, diag.From(err, diag.CatalogRoot)
		}
		return answers[0].Asset, answers[0].Err
	}
}
