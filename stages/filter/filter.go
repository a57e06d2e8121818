package filter

import (
	"context"
	"fmt"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
)

// The values of the param non_convertible.
const (
	original = "original"
	skip     = "skip"
	fail     = "fail"
)

// Kind describes the stage.
func Kind() stage.Kind {
	return stage.Kind{
		Name: "filter-unsupported",
		Doc:  "Skips assets that have no file, and decides about those that cannot be rendered.",
		In:   []stage.Port{stage.PortAsset},
		Out:  stage.PortAsset,
		Params: []stage.Param{
			{
				Name: "non_convertible", Type: stage.String, Default: original, Enum: []string{original, skip, fail},
				Doc: "what to do with an asset that cannot be rendered when the job converts",
			},
			{Name: "convert", Type: stage.Bool, Default: true, Doc: "the job converts; the compiler sets it"},
		},
		New: newFilter,
	}
}

// filter holds its params, nothing else.
type filter struct {
	nonConvertible string
	convert        bool
}

func newFilter(cfg stage.Config) (stage.Stage, error) {
	f := filter{nonConvertible: original, convert: true}
	for key, value := range cfg.Params {
		var ok bool
		switch key {
		case "non_convertible":
			f.nonConvertible, ok = value.(string)
			ok = ok && (f.nonConvertible == original || f.nonConvertible == skip || f.nonConvertible == fail)
		case "convert":
			f.convert, ok = value.(bool)
		default:
			return nil, fmt.Errorf("stage %q: unknown param %q", cfg.Name, key)
		}
		if !ok {
			return nil, diag.New(diag.KeyValue, "stage %q: params.%s is %v", cfg.Name, key, value).
				WithHint("non_convertible is original, skip or fail; convert is true or false")
		}
	}
	return f, nil
}

// Process decides about one asset (DESIGN 6, the table).
func (f filter) Process(ctx context.Context, it *asset.Item) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	a := it.Asset
	switch {
	case !a.Type.Exportable():
		return diag.New(diag.TypeUnsupported, "%s is an asset of the kind %s, which has no file to export", quoted(a), asset.SetKind(a.Type, a.SubType)).
			WithHint("export its members")
	case a.Size == 0:
		return diag.New(diag.SourceEmpty, "the file of %s is empty", quoted(a)).WithHint("replace the file")
	case a.Type == asset.TypeTemplate && !f.convert:
		return diag.New(diag.TemplateOriginal, "%s is a template, which has no original to export", quoted(a)).
			WithHint(`use fmt = "convert"`)
	case f.convert && !a.Type.Renderable():
		return f.unrenderable(it)
	}
	return nil
}

// unrenderable deals with an asset that cannot become a picture in a job that
// converts.
func (f filter) unrenderable(it *asset.Item) error {
	a := it.Asset
	switch f.nonConvertible {
	case skip:
		return diag.New(diag.NotConverted, "%s is of type %s, which cannot be rendered, and was left out", quoted(a), a.Type).
			WithHint(`set non_convertible = "original" to export it as it is`)
	case fail:
		return diag.New(diag.NotConvertible, "%s is of type %s, which cannot be rendered", quoted(a), a.Type).
			WithHint(`set non_convertible = "original" or "skip"`)
	}
	it.Note(diag.New(diag.AsOriginal, "%s is of type %s, which cannot be rendered: it is exported as it is", quoted(a), a.Type))
	return nil
}

func quoted(a *asset.Asset) string { return fmt.Sprintf("%q", a.Handle) }
