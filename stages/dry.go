package stages

import (
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/decode"
	"github.com/exportd/exportd/stages/deliver"
	"github.com/exportd/exportd/stages/encode"
	"github.com/exportd/exportd/stages/transform"
)

// DryRegistry gives the same kinds as [Registry] for a dry run: they read
// headers, decode nothing and write nothing. Every sink is a dry one.
func DryRegistry() (*stage.Registry, error) {
	reg, err := Registry()
	if err != nil {
		return nil, err
	}
	dry := map[string]stage.Kind{}
	for _, k := range []stage.Kind{decode.Dry(), transform.Dry(), encode.Dry()} {
		dry[k.Name] = k
	}
	var kinds []stage.Kind
	for _, name := range reg.Names() {
		k, _ := reg.Kind(name)
		if d, ok := dry[name]; ok {
			k = d
		}
		if k.Sink() {
			k = deliver.Dry(k)
		}
		kinds = append(kinds, k)
	}
	return stage.NewRegistry(kinds...)
}
