package compile

import (
	"testing"

	"github.com/exportd/exportd/engine/stage"
)

// kinds are the built-in kinds as the compiler sees them; the engine may not
// import the real ones.
func kinds(t testing.TB) *stage.Registry {
	t.Helper()
	never := func(stage.Config) (stage.Stage, error) { return nil, nil }
	reg, err := stage.NewRegistry(
		stage.Kind{Name: "resolve", Out: stage.PortAsset, New: never},
		stage.Kind{Name: "filter-unsupported", In: []stage.Port{stage.PortAsset}, Out: stage.PortAsset, New: never, Params: []stage.Param{
			{Name: "convert", Type: stage.Bool, Default: true},
			{Name: "non_convertible", Type: stage.String, Default: "original", Enum: []string{"original", "skip", "fail"}},
		}},
		stage.Kind{Name: "decode", In: []stage.Port{stage.PortAsset}, Out: stage.PortImage, New: never, Params: []stage.Param{
			{Name: "shrink", Type: stage.String, Default: "auto", Enum: []string{"auto", "off"}},
		}},
		stage.Kind{Name: "transform", In: []stage.Port{stage.PortImage}, Out: stage.PortImage, New: never, Params: []stage.Param{
			{Name: "modifier", Type: stage.Modifier, Required: true}, {Name: "origins", Type: stage.Strings},
		}},
		stage.Kind{Name: "encode", In: []stage.Port{stage.PortImage}, Out: stage.PortArtifact, New: never, Params: []stage.Param{{Name: "with", Type: stage.String}}},
		stage.Kind{Name: "deliver", In: []stage.Port{stage.PortAsset, stage.PortArtifact}, New: never, Params: []stage.Param{
			{Name: "to", Type: stage.String, Required: true}, {Name: "name", Type: stage.Template, Required: true},
		}},
		stage.Kind{Name: "dead-letter", Errors: true, New: never, Params: []stage.Param{
			{Name: "to", Type: stage.String, Default: "file:dead-letter"},
			{Name: "keep", Type: stage.String, Default: "bytes", Enum: []string{"bytes", "locator"}},
		}},
	)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}
