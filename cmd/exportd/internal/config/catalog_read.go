package config

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/secret"
	"github.com/exportd/exportd/engine/strict"
	"github.com/exportd/exportd/stages/resolve"
	"github.com/exportd/exportd/stages/resolve/database"
	"github.com/exportd/exportd/stages/resolve/endpoint"
)

// The kinds of catalogs.
const (
	kindDir   = "dir"
	kindJSONL = "jsonl"
	kindCSV   = "csv"
	kindSQL   = "sql"
	kindHTTP  = "http"
)

// catalogText is the text of [catalog].
type catalogText struct {
	Kind        string                          `toml:"kind"`
	Root        string                          `toml:"root"`
	Records     map[string]resolve.RecordConfig `toml:"records"`
	RecordFiles []string                        `toml:"record_files"`
	Sidecars    bool                            `toml:"sidecars"`
	File        string                          `toml:"file"`
	Separator   string                          `toml:"separator"`
	Columns     map[string]string               `toml:"columns"`
	Driver      string                          `toml:"driver"`
	DSN         string                          `toml:"dsn"`
	Query       string                          `toml:"query"`
	URL         string                          `toml:"url"`
	Token       string                          `toml:"token"`
	Timeout     time.Duration                   `toml:"timeout"`
	Cache       struct {
		Dir   string `toml:"dir"`
		Bytes int64  `toml:"bytes"`
	} `toml:"cache"`
}

// catalogKeys are the keys of [catalog] that each kind has beside kind, root and
// cache; those it cannot do without come first.
var catalogKeys = map[string]struct{ must, may []string }{
	kindDir:   {nil, []string{"records", "record_files", "sidecars"}},
	kindJSONL: {[]string{"file"}, []string{"columns"}},
	kindCSV:   {[]string{"file"}, []string{"columns", "separator"}},
	kindSQL:   {[]string{"driver", "dsn", "query"}, []string{"columns"}},
	kindHTTP:  {[]string{"url"}, []string{"token", "timeout", "columns"}},
}

// catalog reads [catalog].
func (r *reader) catalog(c *Config) error {
	text := r.file.Catalog
	if text.Kind == "" {
		text.Kind = kindDir
	}
	kinds := slices.Sorted(maps.Keys(catalogKeys))
	if _, ok := catalogKeys[text.Kind]; !ok {
		return diag.New(diag.KeyValue, "catalog.kind is %q, allowed are %s", text.Kind, strings.Join(kinds, ", ")).
			At(r.doc.Place("catalog", "kind")).WithHint("%s", diag.DidYouMean(text.Kind, kinds, `use kind = "dir"`))
	}
	found := append(r.catalogKeysOf(text.Kind), r.catalogValues(text)...)
	c.Catalog = Catalog{
		Kind: text.Kind, Root: text.Root, Records: text.Records, Sidecars: text.Sidecars, File: r.path(text.File),
		Separator: text.Separator, Columns: text.Columns, Driver: text.Driver, DSN: secret.New(text.DSN), Query: text.Query,
		URL: text.URL, Token: secret.New(text.Token), Timeout: text.Timeout,
		CacheDir: r.path(text.Cache.Dir), CacheBytes: text.Cache.Bytes, credentials: c.Credentials, dir: r.dir,
	}
	if !resolve.InBucket(text.Root) {
		c.Catalog.Root = filepath.Join(r.dir, text.Root)
		if filepath.IsAbs(text.Root) {
			c.Catalog.Root = text.Root
		}
	}
	found.Add(r.recordFiles(&c.Catalog)...)
	return found.Err()
}

// catalogKeysOf finds keys that a kind does not have, and those that it lacks.
func (r *reader) catalogKeysOf(kind string) (found diag.List) {
	keys := catalogKeys[kind]
	for _, key := range r.doc.Keys("catalog") {
		if !slices.Contains([]string{"kind", "root", "cache"}, key) && !slices.Contains(keys.must, key) && !slices.Contains(keys.may, key) {
			found.Add(diag.New(diag.KeyValue, "catalog.%s means nothing to a catalog of the kind %q", key, kind).
				At(r.doc.Place("catalog", key)).WithHint("%s", keyOf(key)))
		}
	}
	for _, key := range keys.must {
		if v, _ := r.doc.Value("catalog", key).(string); v == "" {
			found.Add(diag.New(diag.KeyMissing, "a catalog of the kind %q needs catalog.%s", kind, key).
				At(r.doc.Place("catalog")).WithHint("write %s = \"…\" under [catalog]", key))
		}
	}
	return found
}

// catalogValues judges the values that can be judged without the catalog.
func (r *reader) catalogValues(text catalogText) (found diag.List) {
	wrong := func(key string, err error) {
		if err != nil {
			path := append([]string{"catalog"}, strings.Split(key, ".")...)
			found.Add(diag.From(err, diag.KeyValue).At(r.doc.Place(path...)))
		}
	}
	_, err := resolve.NewNaming(text.Columns)
	wrong("columns", err)
	if text.Kind == kindSQL && text.Driver != "" && text.Query != "" {
		key := "query"
		if !slices.Contains(database.Drivers(), text.Driver) {
			key = "driver"
		}
		wrong(key, database.CheckQuery(text.Driver, text.Query))
	}
	if text.Kind == kindHTTP && text.URL != "" {
		wrong("url", endpoint.CheckURL(text.URL, text.Token != ""))
	}
	if utf8.RuneCountInString(text.Separator) > 1 || strings.ContainsAny(text.Separator, "\"\r\n") {
		wrong("separator", diag.New(diag.KeyValue, "catalog.separator must be one character").WithHint("such as \";\""))
	}
	if text.Timeout < 0 {
		wrong("timeout", diag.New(diag.KeyValue, "catalog.timeout must be more than 0"))
	}
	if text.Cache.Bytes < 0 {
		wrong("cache.bytes", diag.New(diag.KeyValue, "catalog.cache.bytes must be more than 0"))
	}
	return found
}

// keyOf says to which kinds a key belongs.
func keyOf(key string) string {
	var kinds []string
	for _, kind := range slices.Sorted(maps.Keys(catalogKeys)) {
		if k := catalogKeys[kind]; slices.Contains(k.must, key) || slices.Contains(k.may, key) {
			kinds = append(kinds, kind)
		}
	}
	if len(kinds) == 0 {
		return "leave it out"
	}
	return "it belongs to the kind " + strings.Join(kinds, ", ") + ": leave it out, or change catalog.kind"
}

// path makes a path of the file absolute; "" stays so.
func (r *reader) path(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(r.dir, path)
}

// maxRecords bounds a file of records, in bytes.
const maxRecords = 64 << 20

// recordFiles adds the records of other files; those of [catalog.records] are
// stronger, and so is a later file than an earlier one.
func (r *reader) recordFiles(c *Catalog) diag.List {
	var found diag.List
	all := map[string]resolve.RecordConfig{}
	for _, name := range r.file.Catalog.RecordFiles {
		path := r.path(name)
		data, err := os.ReadFile(path)
		if err != nil {
			found.Add(diag.New(diag.FileMissing, "open the file of records: %w", err).At(r.doc.Place("catalog", "record_files")))
			continue
		}
		var text struct {
			Records map[string]resolve.RecordConfig `toml:"records"`
		}
		doc, err := strict.Read(path, data, maxRecords)
		if err == nil {
			err = doc.Decode(&text)
		}
		if err != nil {
			found.Add(diag.All(err, diag.KeyValue)...)
			continue
		}
		maps.Copy(all, text.Records)
	}
	if len(all) > 0 {
		maps.Copy(all, c.Records)
		c.Records = all
	}
	return found
}
