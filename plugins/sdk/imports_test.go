package sdk_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// A plugin brings in nothing of exportd but the protocol, and none of the
// libraries that exportd itself needs for pixels and files.
func TestThePackageBringsLittle(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	own := []string{"github.com/exportd/exportd/plugins/pluginpb", "github.com/exportd/exportd/plugins/sdk"}
	for _, path := range strings.Fields(string(out)) {
		ours := strings.HasPrefix(path, "github.com/exportd/") && !slices.Contains(own, path)
		if ours || strings.Contains(path, "govips") || strings.Contains(path, "toml") || strings.Contains(path, "gocloud") {
			t.Errorf("the sdk imports %s", path)
		}
	}
}
