package python_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/exportd/exportd/plugins/plugintest"
	"github.com/exportd/exportd/plugins/python"
)

// The example in Python needs python3-grpcio, python3-protobuf and python3-pil,
// which .ci/setup-test installs.
func TestTheIconEncoderKeepsEveryPromise(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "ico")
	if err := os.CopyFS(folder, os.DirFS("../examples/encoder-ico")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(folder, python.Kit()); err != nil {
		t.Fatal(err)
	}
	plugintest.Run(t, plugintest.Config{Path: folder, Calls: 100})
}

func TestTheKitIsWhole(t *testing.T) {
	var names []string
	err := fs.WalkDir(python.Kit(), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(names, " ")
	for _, want := range []string{"exportd_plugin/__init__.py", "exportd_plugin/generated/exportd/plugin/v1/encoder_pb2.py"} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is not in the kit: %s", want, all)
		}
	}
	if strings.Contains(all, "pycache") {
		t.Errorf("compiled files are in the kit: %s", all)
	}
}
