package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/exportd/exportd/stages/resolve/catalogtest/servertest"
)

// TestServerScripts runs the scenarios that need a database and a store: a
// PostgreSQL at $DSN and an S3 server of the folder $S3, both real and their own.
func TestServerScripts(t *testing.T) {
	pictures, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	servers := servertest.Start(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata/servers",
		Setup: func(env *testscript.Env) error {
			for name, value := range servers.Env() {
				env.Setenv(name, value)
			}
			env.Setenv("PICTURES", pictures)
			return expand(env.WorkDir, pictures)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"picture": picture, "sum": sum, "json": jsonField, "code": exitCode,
			"sql": runSQL, "hides": hides, "service": service,
		},
	})
}

// runSQL runs the statements of a file: sql DRIVER ADDRESS FILE.
func runSQL(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: sql DRIVER ADDRESS FILE")
	}
	if args[0] == "sqlite" {
		args[1] = ts.MkAbs(args[1])
	}
	db, err := sql.Open(args[0], args[1])
	ts.Check(err)
	defer db.Close()
	_, err = db.Exec(ts.ReadFile(args[2]))
	ts.Check(err)
}

// hides makes sure that a text is in no file below some folders, and in neither
// output of the last command: hides TEXT DIR...
func hides(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: hides TEXT DIR...")
	}
	seen := 0
	look := func(name string, data []byte) {
		seen++
		if bytes.Contains(data, []byte(args[0])) {
			ts.Fatalf("%s shows %q", name, args[0])
		}
	}
	look("stdout", []byte(ts.ReadFile("stdout")))
	look("stderr", []byte(ts.ReadFile("stderr")))
	for _, dir := range args[1:] {
		ts.Check(filepath.WalkDir(ts.MkAbs(dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			data, err := os.ReadFile(path)
			look(path, data)
			return err
		}))
	}
	if seen < 4 {
		ts.Fatalf("%s: only %d files", fmt.Sprint(args[1:]), seen)
	}
}

// service writes the service's address into a configuration: service FILE.
func service(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: service FILE")
	}
	text := strings.ReplaceAll(ts.ReadFile(args[0]), "SERVICE", ts.Getenv("SERVICE"))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}
