package compile

import (
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/plan"
)

// Program gives the commands that a stage of a compiled plan asks for, each with
// its origin; ok is false for a stage without a modifier.
func Program(st plan.Stage) (program modifier.Program, ok bool, err error) {
	text, ok := st.Params["modifier"].(string)
	if !ok {
		return nil, false, nil
	}
	origins, _ := st.Params[originsParam].([]string)
	program, err = modifier.ParseExpanded(text, origins)
	return program, true, err
}
