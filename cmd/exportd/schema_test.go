package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

// keysOfTheDesign are those that DESIGN 4 and 9 show, a line for each table. A *
// is a name that people choose.
var keysOfTheDesign = map[string]string{
	"job": `jobName exportJob
exportJob: assetHandleArray assetHandleFile fmt is_modifier macro emailSetting clientId`,
	"config": `catalog caller attributes macros macro-files limits loaders deliver plugins daemon queue mail
catalog: kind root records
catalog.records.*: type subType company readers Modifier PostModifier Anchor Resolution PrintResolution Path MaskPath
caller: company user
attributes: BkgColor DefaultPix MaxPix JpegQuality ResMode IccProfileRgb
macro-files: paths
limits: pixels frames bytes time edge output_pixels
deliver: durable
plugins: dirs
daemon: state out listen workers
queue: url
mail: smtp from`,
	"pipeline": `version name description defaults require stage test
defaults: on_error timeout non_convertible
require: plugin
stage.*: kind from when params retry timeout workers on_error
stage.*.retry: attempts base max`,
}

func TestSchemasHoldEveryKeyOfTheDesign(t *testing.T) {
	for name, lines := range keysOfTheDesign {
		schema, err := schemaOf(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(lines) {
			table, keys, ok := strings.Cut(strings.TrimSpace(line), ": ")
			if !ok {
				table, keys = "", table
			}
			at := schema
			for step := range strings.SplitSeq(table, ".") {
				if step != "" {
					at = below(at, step)
				}
			}
			for _, key := range strings.Fields(keys) {
				if below(at, key) == nil {
					t.Errorf("%s: %s %q is not in the schema", name, table, key)
				}
			}
		}
	}
}

// below goes one step down a schema, nil where it does not lead.
func below(schema map[string]any, step string) map[string]any {
	if step == "*" {
		next, _ := schema["additionalProperties"].(map[string]any)
		return next
	}
	properties, _ := schema["properties"].(map[string]any)
	next, _ := properties[step].(map[string]any)
	return next
}

// Every key of the files that are shipped or shown is in its schema, and a key
// that nobody reads is in none.
func TestSchemasTakeTheShippedFiles(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllStringSubmatch(string(readme), -1) {
		name := "config"
		if strings.Contains(block[1], "[exportJob]") {
			name = "job"
		}
		takes(t, name, "README.md", block[1])
	}
	for name, pattern := range map[string]string{"pipeline": "../../pipelines/*.toml", "job": "../../testdata/jobs/*.toml", "config": "../../testdata/exportd.toml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || files == nil {
			t.Fatal(pattern, files, err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			takes(t, name, f, string(text))
		}
	}
}

func takes(t *testing.T, name, file, text string) {
	t.Helper()
	schema, err := schemaOf(name)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if _, err := toml.Decode(text, &doc); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	walkKeys(t, file, nil, schema, doc)
}

// walkKeys wants a property for every key, and the enumerated values.
func walkKeys(t *testing.T, file string, path []string, schema map[string]any, v any) {
	t.Helper()
	table, ok := v.(map[string]any)
	if !ok {
		if enum, ok := schema["enum"].([]string); ok {
			if s, ok := v.(string); !ok || !slices.Contains(enum, s) {
				t.Errorf("%s: %s is %v, the schema allows %v", file, strings.Join(path, "."), v, enum)
			}
		}
		return
	}
	if schema["type"] == nil {
		return // one of several shapes: the reader of the file judges it
	}
	if schema["type"] != "object" {
		t.Errorf("%s: %s is a table, in the schema it is %v", file, strings.Join(path, "."), schema["type"])
		return
	}
	for key, value := range table {
		next := below(schema, key)
		if next == nil {
			if next = below(schema, "*"); next == nil {
				if schema["additionalProperties"] == false {
					t.Errorf("%s: the schema does not know %s", file, strings.Join(append(path, key), "."))
				}
				continue
			}
		}
		if len(next) > 0 {
			walkKeys(t, file, append(slices.Clone(path), key), next, value)
		}
	}
}
