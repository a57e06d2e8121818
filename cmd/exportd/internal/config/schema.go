package config

import (
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/engine/strict"
	"github.com/exportd/exportd/stages"
)

// maxEdge bounds limits.edge, in pixels.
const maxEdge = 1_000_000

// Schema gives the JSON Schema (draft-07) of exportd.toml, from the structs that
// read it. It holds what one key alone can show; the rest is for `exportd lint`.
func Schema() (map[string]any, error) {
	def := stage.DefaultLimits()
	of := func(doc string) map[string]any { return map[string]any{"description": doc} }
	above := func(n any, doc string) map[string]any {
		return map[string]any{"description": doc, "minimum": 1, "default": n}
	}
	var loaders []string
	for _, f := range stages.OptionalLoaders() {
		loaders = append(loaders, string(f))
	}
	attributes, err := attributesSchema()
	if err != nil {
		return nil, err
	}
	return strict.Schema(file{}, map[string]map[string]any{
		"":                               {"title": "the configuration of exportd"},
		"catalog":                        of("where handles resolve"),
		"catalog.kind":                   {"enum": []string{"dir"}, "default": "dir", "description": "dir: a handle is a path below root"},
		"catalog.root":                   of("the folder of a dir catalog, relative to this file"),
		"catalog.records":                of("what is known of an asset beside its bytes, by handle"),
		"catalog.records.*.readers":      of(`users, and roles as "role:X"; empty for everybody`),
		"catalog.records.*.Modifier":     of("commands weaker than the job's"),
		"catalog.records.*.PostModifier": of("commands stronger than the job's"),
		"catalog.records.*.Anchor":       of(`"x,y" in source pixels`),
		"caller":                         of("who asks; empty for local use"),
		"attributes":                     attributes,
		"macros":                         of("command macros; the last definition of a name wins"),
		"macro-files":                    of("files with a macro a line, read before [macros]"),
		"limits":                         of("what one asset may cost"),
		"limits.pixels":                  above(def.Pixels, "of one frame"),
		"limits.frames":                  above(def.Frames, "of one file"),
		"limits.bytes":                   above(def.Bytes, "of one source file"),
		"limits.time":                    {"default": def.Time.String(), "description": "of one asset in one stage"},
		"limits.edge":                    {"minimum": 1, "maximum": maxEdge, "default": def.Edge, "description": "pixels, width or height"},
		"limits.output_pixels":           above(def.OutputPixels, "of one reply"),
		"loaders.allow.*":                {"enum": loaders},
		"loaders.allow":                  of("formats that are off unless you trust your sources"),
		"manifest":                       of("how the manifest of an export is signed"),
		"manifest.key":                   of(`a minisign secret key: "file:PATH" or "env:NAME"; none: not signed`),
		"manifest.password":              of(`of the key: "env:NAME" or "file:PATH"`),
		"deliver.durable":                {"default": true, "description": "wait for the disk"},
		"plugins.dirs":                   of("folders with executables named exportd-plugin-NAME, or folders with a plugin.toml"),
		"daemon.state":                   of("queue, jobs and spool; locked by one daemon"),
		"daemon.out":                     of("root of a job's relative targets"),
		"daemon.listen":                  of(`"unix:PATH", "127.0.0.1:PORT", or "host:port" with [tls]`),
		"daemon.workers":                 {"minimum": 1, "description": "local workers"},
		"queue.url":                      of("empty: embedded JetStream; else nats://… or tls://…"),
		"mail.smtp":                      of("host:port"),
		"mail.from":                      of("the sender"),
	})
}

// attributesSchema is that of [attributes], which takes numbers as their text.
func attributesSchema() (map[string]any, error) {
	s, err := strict.Schema(modifier.Attributes{}, nil)
	if err != nil {
		return nil, err
	}
	properties, _ := s["properties"].(map[string]any)
	for name := range properties {
		properties[name] = map[string]any{"type": []string{"string", "number"}}
	}
	s["description"] = "Image Serving attributes"
	delete(s, "$schema")
	return s, nil
}
