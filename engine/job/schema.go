package job

import "github.com/exportd/exportd/engine/strict"

// Schema gives the JSON Schema (draft-07) of a job file, from the struct that
// reads it. It holds what one key alone can show; the rest is for `exportd lint`.
func Schema() (map[string]any, error) {
	of := func(doc string, more ...any) map[string]any {
		note := map[string]any{"description": doc}
		for i := 0; i+1 < len(more); i += 2 {
			note[more[i].(string)] = more[i+1]
		}
		return note
	}
	in := table + "."
	return strict.Schema(text{}, map[string]map[string]any{
		"":        {"title": "an exportd job", "required": []string{"jobName", table}},
		"jobName": of("names the output folder", "minLength", 1, "maxLength", maxName, "pattern", `^[^/\\]+$`),
		table: of("what leaves, and how", "required", []string{"fmt"}, "oneOf", []any{
			map[string]any{"required": []string{"assetHandleArray"}}, map[string]any{"required": []string{"assetHandleFile"}},
		}),
		in + "assetHandleArray": of("the assets, in the order of the report", "minItems", 1),
		in + "assetHandleFile":  of("a file with a handle a line, in the place of assetHandleArray; relative to the job", "minLength", 1),
		in + "fmt":              of("orig: as they came; convert: through is_modifier and macro", "enum", []string{FormatOrig, FormatConvert}),
		in + "is_modifier":      of("an Image Serving modifier string, such as &wid=400&fmt=png"),
		in + "macro":            of("a command macro, such as $card$; it wins over is_modifier"),
		in + "emailSetting":     of("who is told by mail", "enum", emails, "default", "None"),
		in + "clientId":         of("reserved: recorded, never interpreted"),
	})
}
