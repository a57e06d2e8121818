package expression

import (
	"github.com/expr-lang/expr"

	"github.com/exportd/exportd/engine/asset"
)

// Env is what an expression may look at. A guard sees what exists where it
// stands: image only behind a decode, artifact only behind an encode.
type Env struct {
	Job       Job      `expr:"job"`
	Asset     Asset    `expr:"asset"`
	Image     Image    `expr:"image"`
	Artifact  Artifact `expr:"artifact"`
	Rendition string   `expr:"rendition"`
}

// Job is the job as expressions see it. The reserved clientId is not here: it
// is never interpreted.
type Job struct {
	Name         string `expr:"name"`
	Format       string `expr:"fmt"`
	Modifier     string `expr:"modifier"` // is_modifier & macro
	Macro        string `expr:"macro"`
	EmailSetting string `expr:"emailSetting"`
}

// Asset is the resolved record as expressions see it.
type Asset struct {
	Handle     string `expr:"handle"`
	Type       string `expr:"type"`
	SubType    string `expr:"subType"`
	Dir        string `expr:"dir"`  // the folder it lies in, "" at the root
	File       string `expr:"file"` // base name with extension
	Stem       string `expr:"stem"` // base name without extension
	Ext        string `expr:"ext"`  // extension without the dot
	Format     string `expr:"format"`
	Size       int    `expr:"size"` // bytes
	Company    string `expr:"company"`
	Renderable bool   `expr:"renderable"` // its type can become a picture
}

// Image is the decoded picture as expressions see it.
type Image struct {
	Width  int `expr:"width"`  // pixels
	Height int `expr:"height"` // pixels
}

// Artifact is the encoded file as expressions see it.
type Artifact struct {
	Ext    string `expr:"ext"` // no dot
	Format string `expr:"format"`
	Width  int    `expr:"width"`  // pixels
	Height int    `expr:"height"` // pixels
	Size   int    `expr:"size"`   // bytes
}

// Of gives the environment of an asset that has not been opened yet.
func Of(a *asset.Asset) Env {
	return Env{Asset: Asset{
		Handle: string(a.Handle), Type: string(a.Type), SubType: a.SubType,
		Dir: a.Dir, File: a.File, Stem: a.Stem(), Ext: a.Ext(),
		Format: string(a.Format), Size: int(a.Size), Company: a.Company,
		Renderable: a.Type.Renderable(),
	}}
}

// OfItem gives the environment of an item on its way.
func OfItem(it *asset.Item) Env {
	e := Of(it.Asset)
	e.Rendition = it.Rendition
	if it.Image != nil {
		e.Image = Image{Width: it.Image.Width(), Height: it.Image.Height()}
	}
	if a := it.Artifact; a != nil {
		e.Artifact = Artifact{Ext: a.Ext, Format: a.Format, Width: a.Width, Height: a.Height, Size: int(a.Size)}
	}
	return e
}

// maxNodes bounds an expression.
const maxNodes = 500

// options are those of every compilation: the typed environment and only such
// builtins as give the same answer every time.
func options(more ...expr.Option) []expr.Option {
	opts := []expr.Option{expr.Env(Env{}), expr.MaxNodes(maxNodes), expr.Optimize(false), expr.DisableAllBuiltins()}
	for _, name := range []string{"lower", "upper", "trim", "trimPrefix", "trimSuffix", "replace", "split", "join", "hasPrefix", "hasSuffix", "indexOf", "lastIndexOf", "len", "int", "float", "string", "abs", "min", "max", "round", "floor", "ceil", "any", "all", "none"} {
		opts = append(opts, expr.EnableBuiltin(name))
	}
	return append(opts, more...)
}
