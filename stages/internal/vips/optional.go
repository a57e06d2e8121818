package vips

import "github.com/exportd/exportd/engine/asset"

// Optional lists the formats whose loaders are off until they are allowed.
func Optional() []asset.Format {
	var list []asset.Format
	for _, l := range loaders {
		if !l.format.Trusted() {
			list = append(list, l.format)
		}
	}
	return list
}
