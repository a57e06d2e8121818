package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	_ "golang.org/x/image/tiff"
	_ "golang.org/x/image/webp"

	"github.com/exportd/exportd/stages"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"exportd": func() { os.Exit(tested().execute(context.Background(), os.Args[1:])) },
	})
}

// TestScripts runs the scenarios in testdata: one file each, told as a person
// would type them.
func TestScripts(t *testing.T) {
	pictures, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	fault := &faults{dir: t.TempDir()}
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PICTURES", pictures)
			return expand(env.WorkDir, pictures)
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "mount":
				return os.Geteuid() == 0 && mayMount(), nil
			case "pixels":
				return stages.HasLibvips() == nil, nil
			}
			return false, fmt.Errorf("unknown condition %q", cond)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"picture":    picture,
			"sum":        sum,
			"json":       jsonField,
			"code":       exitCode,
			"handles":    handles,
			"signal":     signalled,
			"whole":      whole,
			"as":         asUser,
			"tmpfs":      tmpfs,
			"crash":      crash,
			"crashers":   crashers,
			"faulty":     fault.faulty,
			"survive":    survive,
			"bigpicture": bigPicture,
			"within":     within,
			"mark":       mark,
			"marked":     marked,
			"s3server":   s3server,
			"sshserver":  sshserver,
			"receiver":   receiver,
			"fill":       fill,
			"shops":      shops,
			"plugin":     plugin,
			"bytes":      bytesOf,
			"up":         up,
			"siege":      siege,
			"frozen":     frozen,
			"killsteps":  killSteps,
			"setid":      setid,
		},
	})
}

// expand puts the pictures' folder into a scenario's files.
func expand(dir, pictures string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.toml"))
	if err != nil {
		return err
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			return err
		}
		if err := os.WriteFile(f, []byte(strings.ReplaceAll(string(text), "${PICTURES}", pictures)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// picture FILE FORMAT WIDTH HEIGHT: a picture, as another decoder reads it.
func picture(ts *testscript.TestScript, neg bool, args []string) {
	f, err := os.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	m, format, err := image.Decode(f)
	ts.Check(err)
	got := fmt.Sprintf("%s %d %d", format, m.Bounds().Dx(), m.Bounds().Dy())
	if want := strings.Join(args[1:], " "); (got == want) == neg {
		ts.Fatalf("%s is %s", args[0], got)
	}
}

// sum A B: two files have the same SHA-256.
func sum(ts *testscript.TestScript, neg bool, args []string) {
	var sums [2]string
	for i, a := range args {
		data, err := os.ReadFile(ts.MkAbs(a))
		ts.Check(err)
		s := sha256.Sum256(data)
		sums[i] = hex.EncodeToString(s[:])
	}
	if (sums[0] == sums[1]) == neg {
		ts.Fatalf("%v", sums)
	}
}

// json FILE PATH VALUE: a field of a JSON document, such as counts.failed 0.
func jsonField(ts *testscript.TestScript, neg bool, args []string) {
	var v any
	if err := json.Unmarshal([]byte(ts.ReadFile(args[0])), &v); err != nil {
		ts.Fatalf("%s is no JSON document: %v", args[0], err)
	}
	for _, key := range strings.Split(args[1], ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(at) {
				ts.Fatalf("%s has no element %s", args[1], key)
			}
			v = at[i]
		default:
			ts.Fatalf("%s ends before %s", args[1], key)
		}
	}
	if got := fmt.Sprint(v); (got == args[2]) == neg {
		ts.Fatalf("%s is %s", args[1], got)
	}
}

// exitCode N COMMAND…: the command ends with code N; its output is kept for
// stdout and stderr.
func exitCode(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
