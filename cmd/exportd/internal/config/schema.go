package config

import (
	"maps"
	"slices"

	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/engine/strict"
	"github.com/exportd/exportd/stages"
	"github.com/exportd/exportd/stages/deliver/target"
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
		"credentials":                    of(`what opens an address, by the beginning of it: [credentials."s3://BUCKET"]`),
		"credentials.*.secret_key":       of(`the key, "env:NAME" or "file:PATH"`),
		"credentials.*.session_token":    of(`of temporary credentials; the token, "env:NAME" or "file:PATH"`),
		"catalog":                        of("where handles resolve"),
		"catalog.kind":                   {"enum": slices.Sorted(maps.Keys(catalogKeys)), "default": "dir", "description": "dir: a handle is a path below root"},
		"catalog.root":                   of("the folder of the originals, relative to this file, or s3://BUCKET/PREFIX?region=…&endpoint=…"),
		"catalog.records":                of("what is known of an asset beside its bytes, by handle"),
		"catalog.record_files":           of("files with more [records.\"HANDLE\"]"),
		"catalog.sidecars":               of("the record of FILE is in FILE.toml beside it"),
		"catalog.file":                   of("the manifest of a jsonl or csv catalog"),
		"catalog.separator":              of("between the columns of a csv catalog"),
		"catalog.columns":                of("fields of a record by what the catalog calls them; \"\" = to be ignored"),
		"catalog.driver":                 of("of a sql catalog"),
		"catalog.dsn":                    of(`of a sql catalog: the address, "env:NAME" or "file:PATH"`),
		"catalog.query":                  of("of a sql catalog: gives columns named as the fields of a record, for :handles"),
		"catalog.url":                    of("of a http catalog"),
		"catalog.token":                  of(`of a http catalog: the token, "env:NAME" or "file:PATH"`),
		"catalog.timeout":                of("of one request to a http catalog"),
		"catalog.cache":                  of("where originals from a bucket are kept while a job runs"),
		"catalog.cache.dir":              of("a folder on a disk; by default the user's cache folder"),
		"catalog.cache.bytes":            of("the most that it may hold"),
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
		"targets":                        of(`how to reach the targets whose addresses begin so: [targets."s3://BUCKET"]`),
		"targets.*.password":             of(`of the user: "env:NAME" or "file:PATH"`),
		"targets.*.identity":             of("sftp: a file with a private key"),
		"targets.*.passphrase":           of(`sftp: of the identity: "env:NAME" or "file:PATH"`),
		"targets.*.known_hosts":          of("sftp: a file that names the server; by default ~/.ssh/known_hosts"),
		"targets.*.token":                of(`https: a bearer token, "env:NAME" or "file:PATH"`),
		"targets.*.signing_key":          of(`https: signs requests, "env:NAME" or "file:PATH"`),
		"targets.*.allow_private":        of("https: networks that are delivered to although they are not public"),
		"targets.*.ca_file":              of("https: certificates to trust besides the system's"),
		"targets.*.parallel":             {"minimum": 1, "maximum": target.MaxParallel, "default": 8, "description": "files at once"},
		"targets.*.rate":                 of("files a second; none: as many as there are"),
		"deliver.durable":                {"default": true, "description": "wait for the disk"},
		"plugins.dirs":                   of("folders with executables named exportd-plugin-NAME, or folders with a plugin.toml"),
		"plugins.options":                of("how a plugin is run, by name"),
		"plugins.options.*.env":          of("variables of exportd's environment that it gets; it sees no others"),
		"plugins.options.*.processes":    {"minimum": 0, "description": "how many run at most; 0 is one a core"},
		"plugins.options.*.memory":       {"minimum": 0, "description": "bytes of data a process may have; 0 is 2 GiB"},
		"plugins.options.*.calls":        {"minimum": 0, "description": "a process is replaced after so many; 0 is 10000"},
		"plugins.options.*.time":         of("of one call"),
		"plugins.options.*.output":       {"minimum": 0, "description": "bytes of one result; 0 is 1 GiB"},
		"plugins.config":                 of("what a plugin is configured with, by name: exportd plugin show NAME"),
		"daemon.state":                   of("queue and jobs; locked by one daemon"),
		"daemon.out":                     of("root of a job's relative targets"),
		"daemon.listen":                  of(`"unix:PATH", "127.0.0.1:PORT", or "host:port" with [tls]`),
		"daemon.workers":                 {"minimum": 0, "maximum": maxWorkers, "default": defaultDaemon().Workers, "description": "local workers; 0 only with queue.url"},
		"daemon.images":                  {"minimum": 0, "maximum": maxWorkers, "default": 0, "description": "images at once in a worker; 0 shares the cores out"},
		"daemon.drain":                   {"default": defaultDaemon().Drain.String(), "description": "how long what was begun may take when the daemon stops"},
		"daemon.idle":                    {"default": defaultDaemon().Idle.String(), "description": "a worker without work ends after so long"},
		"queue.url":                      of("empty: embedded JetStream; else nats://… or tls://…, comma-separated"),
		"queue.hold":                     {"default": defaultQueue().Hold.String(), "description": "a worker that gives no sign of life for so long has lost its unit; at least 1s"},
		"queue.replicas":                 {"enum": []int{0, 1, 3, 5}, "default": 0, "description": "in how many servers of a cluster everything lies; 0 is 3"},
		"queue.max_store":                {"minimum": 0, "default": 0, "description": "bytes of the embedded queue's disk; 0 is 8 GiB, and never over half of what is free"},
		"queue.credentials":              of("a NATS credentials file"),
		"queue.ca":                       of("certificates to trust"),
		"queue.cert":                     of("a client certificate"),
		"queue.key":                      of("its key"),
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
