package pipelines_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/compile"
	"github.com/exportd/exportd/engine/pipeline"
	"github.com/exportd/exportd/pipelines"
	"github.com/exportd/exportd/stages"
)

// TestTheReadmeIsTrue checks the pipeline in README.md with the tests that it
// shows, and that every shipped pipeline has a row.
func TestTheReadmeIsTrue(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var shop strings.Builder
	for _, block := range regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		shop.WriteString(block[1] + "\n")
	}
	registry, err := stages.Registry()
	if err != nil {
		t.Fatal(err)
	}
	spec, err := pipeline.Parse("README.md", []byte(shop.String()), registry)
	if err == nil {
		err = compile.Check(spec, registry, nil, nil)
	}
	if err != nil {
		t.Error(err)
	}
	for _, name := range pipelines.Names() {
		if !strings.Contains(string(text), "| [`"+name+"`]("+name+".toml)") {
			t.Errorf("%s is not explained", name)
		}
	}
}
