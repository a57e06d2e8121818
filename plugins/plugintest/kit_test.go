package plugintest_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/exportd/exportd/plugins/plugintest"
)

// built holds what the tests start.
var built string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "plugintest-test-*")
	if err != nil {
		panic(err)
	}
	built = dir
	cmd := exec.Command("go", "build", "-o", dir, "./testdata/bad", "../examples/encoder-qoi", "../examples/macro-presets")
	if out, err := cmd.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// named gives a built program the name of a plugin.
func named(t *testing.T, program, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "exportd-plugin-"+name)
	if err := os.Link(filepath.Join(built, program), path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheExamplesKeepEveryPromise(t *testing.T) {
	plugintest.Run(t, plugintest.Config{Path: named(t, "encoder-qoi", "qoi"), Calls: 200})
	plugintest.Run(t, plugintest.Config{Path: named(t, "macro-presets", "presets"), Calls: 200})
}

func TestEachBrokenPromiseIsNoticedByItsCase(t *testing.T) {
	for _, c := range []struct{ name, testcase, says string }{
		{"unstable", "describe", "something else the second time"},
		{"eager", "cookie", "it serves all the same"},
		{"agreeable", "version", "it offers protocol 99"},
		{"mute", "start", "it does not start"},
		{"chatty", "start", "it does not start"},
		{"oldproto", "start", "it does not start"},
		{"twofaced", "start", "something else than describe prints"},
		{"schemaless", "params", "does not fit its schema"},
		{"crash", "pictures", "a picture that it declares (1x1"},
		{"narrow", "pictures", "16 bits were only a promise"},
		{"dicey", "deterministic", "other bytes"},
		{"shared", "concurrent", "4 calls at once"},
		{"trusting", "half-a-picture", "half a picture gives a result"},
		{"deaf", "cancel", "after it was cancelled it worked on"},
		{"moody", "macros", "something else the second time"},
		{"slow", "macros", "within 1s"},
		{"pasted", "macros", `a command named "wid=40&hei"`},
		{"huge", "macros", "bytes"},
		{"leak", "growth", "its memory grew"},
		{"online", "network", "a network socket"},
		{"stubborn", "shutdown", "still there"},
		{"parent", "shutdown", "left processes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			report, err := plugintest.Check(t.Context(), plugintest.Config{Path: named(t, "bad", c.name), Calls: 100}, c.testcase)
			if err != nil {
				t.Fatal(err)
			}
			r := report.Results[0]
			if r.State != plugintest.Failed || !strings.Contains(r.Message, c.says) || r.Mend == "" {
				t.Errorf("%s: %s, %q, mend %q, want failed and %q", r.Case, r.State, r.Message, r.Mend, c.says)
			}
		})
	}
}

func TestAFolderWithoutAPluginIsAnError(t *testing.T) {
	if _, err := plugintest.Check(t.Context(), plugintest.Config{Path: t.TempDir()}); err == nil {
		t.Error("no error")
	}
	if _, err := plugintest.Check(t.Context(), plugintest.Config{Path: named(t, "encoder-qoi", "qoi")}, "no-such-case"); err == nil || !strings.Contains(err.Error(), "no-such-case") {
		t.Error(err)
	}
}

func TestNothingIsLeftBehind(t *testing.T) {
	before := goleak.IgnoreCurrent()
	if _, err := plugintest.Check(t.Context(), plugintest.Config{Path: named(t, "encoder-qoi", "qoi")}, "pictures", "shutdown"); err != nil {
		t.Fatal(err)
	}
	goleak.VerifyNone(t, before)
}
