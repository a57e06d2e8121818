package strict_test

import (
	"testing"
	"time"

	"github.com/exportd/exportd/engine/strict"
	"github.com/google/go-cmp/cmp"
)

func TestSchemaFollowsTheFieldsThatDecodeTakes(t *testing.T) {
	type inner struct {
		N int `toml:"n"`
	}
	type doc struct {
		Text    string           `toml:"text"`
		On      bool             `toml:"on"`
		Wait    time.Duration    `toml:"wait"`
		List    []string         `toml:"list"`
		Tables  map[string]inner `toml:"tables"`
		Any     map[string]any   `toml:"any"`
		NotAKey string
	}
	got, err := strict.Schema(doc{}, map[string]map[string]any{
		"":           {"title": "a document"},
		"text":       {"enum": []string{"a", "b"}},
		"tables.*.n": {"minimum": 1},
	})
	if err != nil {
		t.Fatal(err)
	}
	str := map[string]any{"type": "string"}
	want := map[string]any{
		"$schema": "http://json-schema.org/draft-07/schema#", "title": "a document",
		"type": "object", "additionalProperties": false,
		"properties": map[string]any{
			"text": map[string]any{"type": "string", "enum": []string{"a", "b"}},
			"on":   map[string]any{"type": "boolean"},
			"wait": map[string]any{"type": "string", "pattern": `^([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h)`},
			"list": map[string]any{"type": "array", "items": str},
			"tables": map[string]any{"type": "object", "additionalProperties": map[string]any{
				"type": "object", "additionalProperties": false,
				"properties": map[string]any{"n": map[string]any{"type": "integer", "minimum": 1}},
			}},
			"any": map[string]any{"type": "object", "additionalProperties": map[string]any{}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSchemaRefusesANoteForAKeyThatIsGone(t *testing.T) {
	if _, err := strict.Schema(struct{}{}, map[string]map[string]any{"old": {}}); err == nil {
		t.Error("a note for a key that is not there was taken")
	}
}
