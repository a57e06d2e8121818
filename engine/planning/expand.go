package planning

import (
	"maps"
	"strconv"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/modifier"
)

// Facts are what macros may know of an asset.
func Facts(a *asset.Asset) modifier.Facts {
	f := modifier.Facts{
		Handle: string(a.Handle), Type: string(a.Type), SubType: a.SubType, Folder: a.Dir, File: a.File,
		Size: a.Size, Format: string(a.Format), Company: a.Company, Record: map[string]string{},
	}
	number := func(v float64) string {
		if v == 0 {
			return ""
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	for name, value := range map[string]string{
		"Modifier": a.Record.Modifier, "PostModifier": a.Record.PostModifier, "Anchor": a.Record.Anchor,
		"Path": a.Record.Path, "MaskPath": a.Record.MaskPath,
		"Resolution": number(a.Record.Resolution), "PrintResolution": number(a.Record.PrintResolution),
	} {
		if value != "" {
			f.Record[name] = value
		}
	}
	return f
}

// expand gives the program of a transform for one asset. Where macros depend on the
// asset, the entry's asset carries what they gave to whoever renders it.
func (pl *Planner) expand(e *Entry, name string, program modifier.Program) (modifier.Program, error) {
	if !program.Deferred() {
		return program, nil
	}
	own, err := program.Expand(pl.macros.For(Facts(e.Asset)))
	if err != nil {
		return nil, err
	}
	a := *e.Asset
	a.Expanded = maps.Clone(a.Expanded)
	if a.Expanded == nil {
		a.Expanded = map[string]asset.Expanded{}
	}
	a.Expanded[name] = asset.Expanded{Text: own.Text(), Origins: own.Origins()}
	e.Asset = &a
	return own, nil
}
