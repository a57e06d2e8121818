package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// builtPlugin is the plugin of plugins/host's tests, built once.
var builtPlugin = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "exportd-test-plugin-*")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "plugin")
	cmd := exec.Command("go", "build", "-o", path, "github.com/exportd/exportd/plugins/host/testdata/misbehave")
	cmd.Stderr = os.Stderr
	return path, cmd.Run()
})

// plugin FILE…: a plugin that does what its name and its params say, at each path.
func plugin(ts *testscript.TestScript, _ bool, args []string) {
	built, err := builtPlugin()
	ts.Check(err)
	text, err := os.ReadFile(built)
	ts.Check(err)
	for _, a := range args {
		path := ts.MkAbs(a)
		ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
		ts.Check(os.WriteFile(path, text, 0o755))
	}
}

// bytes FILE N: a file has so many bytes.
func bytesOf(ts *testscript.TestScript, neg bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := strconv.FormatInt(info.Size(), 10); (got == args[1]) == neg {
		ts.Fatalf("%s has %s bytes", args[0], got)
	}
}
