package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestCommandsWithoutPixelsNeedNoCgo runs them in a binary that has no libvips
// (DESIGN 3).
func TestCommandsWithoutPixelsNeedNoCgo(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "exportd")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	for name, text := range map[string]string{
		"job.toml": "jobName = \"j\"\n[exportJob]\nassetHandleArray = [\"a.png\"]\nfmt = \"convert\"\nis_modifier = \"wid=10&fmt=webp\"\n",
		"a.png":    "\x89PNG\r\n\x1a\n and no more of it",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		command string
		code    int
		says    string
	}{
		{"compile job.toml", 0, `modifier = "wid=10&fmt=webp"`},
		{"tree job.toml", 0, "  a.webp\n"},
		{"graph job.toml", 0, "flowchart LR"},
		{"graph default --as dot", 0, "digraph"},
		{"explain E-NO-LIBVIPS", 0, "this binary has no libvips"},
		{"explain job.toml a.png", 0, "no geometry, because the source could not be looked at: E-NO-LIBVIPS"},
		{"schema config", 0, "PostModifier"},
		{"lint job.toml --json", 0, `"ok": true`},
		{"plan job.toml", 3, "E-NO-LIBVIPS"},
		{"plan job.toml --json", 3, `"code": "E-NO-LIBVIPS"`},
	} {
		t.Run(test.command, func(t *testing.T) {
			cmd := exec.Command(program, strings.Fields(test.command)...)
			cmd.Dir = dir
			said, _ := cmd.CombinedOutput()
			if code := cmd.ProcessState.ExitCode(); code != test.code || !strings.Contains(string(said), test.says) {
				t.Errorf("exit code %d, want %d and %q\n%s", code, test.code, test.says, said)
			}
		})
	}
}
