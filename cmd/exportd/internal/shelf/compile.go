package shelf

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/plan"
	"github.com/exportd/exportd/plugins/pluginpb"
)

// Pins lists the plugins that a plan may run: those that have encoders, for a
// record or a macro may ask for any of them.
func (sh *Shelf) Pins() []plan.Plugin {
	var all []plan.Plugin
	for _, e := range sh.Entries() {
		if e.Why != nil || len(e.Card.GetEncoders()) == 0 {
			continue
		}
		pin := plan.Plugin{Name: e.Name, Version: e.Card.GetVersion(), Sum: e.copy.Sum}
		for _, info := range e.Card.GetEncoders() {
			pin.Encoders = append(pin.Encoders, plan.Encoder{
				Name: info.GetName(), Format: info.GetFormat(), Ext: info.GetExtension(),
				Alpha: info.GetAlpha(), Profile: info.GetIccProfile(), Types: types(info),
			})
		}
		all = append(all, pin)
	}
	return all
}

// types are the pixel types of an encoder's colour spaces.
func types(info *pluginpb.EncoderInfo) []modifier.PixelType {
	var all []modifier.PixelType
	for _, s := range info.GetColourSpaces() {
		switch s {
		case pluginpb.ColourSpace_COLOUR_SPACE_GREY:
			all = append(all, modifier.TypeGray)
		case pluginpb.ColourSpace_COLOUR_SPACE_RGB:
			all = append(all, modifier.TypeRGB)
		case pluginpb.ColourSpace_COLOUR_SPACE_CMYK:
			all = append(all, modifier.TypeCMYK)
		}
	}
	return all
}

// Require says why there is no plugin of a name and a range of versions, such as
// "~1.2" (1.2.x), "^1.2" (1.x from 1.2 on), ">=1.2, <3".
func (sh *Shelf) Require(name, versions string) error {
	e, err := sh.Get(name)
	if err != nil || versions == "" {
		return err
	}
	want, err := semver.NewConstraint(versions)
	if err != nil {
		return diag.New(diag.KeyValue, "%q is no range of versions", versions).WithHint(`write "~1.2" for 1.2 and its patches, "^1.2" for 1.2 up to 2, or ">=1.2, <3"`)
	}
	have, err := semver.NewVersion(e.Card.GetVersion())
	if err != nil || !want.Check(have) {
		return diag.New(diag.PluginVersion, "plugin %s has version %s, the pipeline requires %s", name, e.Card.GetVersion(), versions)
	}
	return nil
}

// Encoder gives the full name of an encoder whose options are right: by its schema,
// and then by its own judgement.
func (sh *Shelf) Encoder(plugin, encoder string, options map[string]any) (string, error) {
	e, err := sh.Get(plugin)
	if err != nil {
		return "", err
	}
	info, err := e.Encoder(encoder)
	if err != nil {
		return "", err
	}
	full := plugin + "/" + info.GetName()
	text, err := json.Marshal(options)
	if err != nil {
		return "", diag.New(diag.PluginParam, "the options of %s: %w", full, err)
	}
	if len(options) == 0 {
		text = []byte("{}")
	}
	if err := e.CheckParams(info, string(text)); err != nil || len(options) == 0 {
		return full, err
	}
	problems, err := sh.Host().Validate(context.Background(), plugin, info.GetName(), string(text))
	return full, errors.Join(err, e.judged(info, problems))
}

// judged makes diagnostics of what is wrong with the params of an encoder.
func (e *Entry) judged(info *pluginpb.EncoderInfo, problems []*pluginpb.Problem) error {
	var found diag.List
	for _, p := range problems {
		where := strings.ReplaceAll(strings.TrimPrefix(p.GetPath(), "/"), "/", ".")
		if where != "" {
			where += ": "
		}
		d := diag.New(diag.PluginParam, "encoder plugin:%s/%s: %s%s", e.Name, info.GetName(), where, p.GetMessage())
		d.Hint = p.GetHint()
		found.Add(d)
	}
	return found.Err()
}
