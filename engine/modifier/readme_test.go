package modifier_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/modifier"
)

var update = flag.Bool("update", false, "write testdata/modifiers/README.md anew")

// The table that people read is the table that the interpreter reads.
func TestTheReadmeOfCommandsIsTheTable(t *testing.T) {
	const file = "../../testdata/modifiers/README.md"
	want := commandsReadme()
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("run the test with -update and look at the difference:\n%s", diff)
	}
}

func commandsReadme() string {
	var b strings.Builder
	b.WriteString("# The commands of the modifier language\n\n" +
		"Generated from `modifier.Commands()` by `go test ./engine/modifier -run Readme -update`; do not edit.\n\n" +
		"*supported*: exportd does it. *ignored*: it cannot change an exported picture; a note says so.\n" +
		"*unsupported*: it would change the picture and is not built, so an asset that it reaches fails by name\n" +
		"(`E-COMMAND-UNSUPPORTED`). *refused*: the reply would be no picture.\n" +
		"\"Page\" is the vendor's page of the command, \"px\" whether it changes exported pixels or bytes.\n")
	count := map[modifier.State]int{}
	section := ""
	for _, s := range modifier.Commands() {
		count[s.State]++
		if s.Section != section {
			section = s.Section
			fmt.Fprintf(&b, "\n## is-protocol %s\n\n| command | arguments; default | px | state | page | how close |\n|---|---|---|---|---|---|\n", section)
		}
		px := "no"
		if s.Px {
			px = "yes"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", cell(strings.Join(append([]string{s.Name}, s.Aliases...), ", ")), cell(s.Args), px, s.State, s.Page, cell(s.Note))
	}
	fmt.Fprintf(&b, "\n%d commands: %d supported, %d ignored, %d unsupported, %d refused.\n", len(modifier.Commands()), count[modifier.Supported], count[modifier.Ignored], count[modifier.Unsupported], count[modifier.Refused])
	return b.String()
}

// cell keeps a text inside its column.
func cell(text string) string { return strings.ReplaceAll(text, "|", "\\|") }
