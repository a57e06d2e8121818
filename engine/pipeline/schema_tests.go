package pipeline

// testSchema describes a [test."NAME"].
func testSchema() map[string]any {
	expect := table("a file that must be delivered", map[string]any{
		"path":      str("its name below the target"),
		"width":     map[string]any{"type": "integer", "minimum": 1},
		"height":    map[string]any{"type": "integer", "minimum": 1},
		"format":    map[string]any{"enum": []string{"jpeg", "png", "tiff", "gif", "webp"}},
		"golden":    str("a picture to compare with, relative to this file"),
		"tolerance": map[string]any{"type": "number", "minimum": 0, "maximum": 100, "default": DefaultTolerance, "description": "the largest mean colour difference, CIE76"},
	})
	expect["required"] = []string{"path"}
	one := table("what the pipeline does to one asset", map[string]any{
		"asset":  str("a path relative to this file, or a handle"),
		"config": str("a configuration, relative to this file"),
		"job": table("the job's part", map[string]any{
			"fmt": map[string]any{"enum": []string{"orig", "convert"}, "default": "convert"}, "is_modifier": str(""), "macro": str(""),
		}),
		"expect": map[string]any{"anyOf": []any{expect, map[string]any{"type": "array", "items": expect}}},
		"code":   str("the code of the failure or the skip that is expected"),
	})
	one["required"] = []string{"asset"}
	return one
}
