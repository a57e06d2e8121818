package filetarget

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/exportd/exportd/stages/deliver/target"
	"github.com/exportd/exportd/stages/deliver/target/targettest"
)

func TestTarget(t *testing.T) {
	targettest.Run(t, targettest.Config{
		Start: func(t *testing.T) string {
			root := filepath.Join(t.TempDir(), "out")
			if err := os.MkdirAll(filepath.Join(root, ".exportd", "scratch"), 0o700); err != nil {
				t.Fatal(err)
			}
			return root
		},
		Open: func(root string) (target.Target, *target.Staging, error) {
			b := lay(setting{root: root, prefix: "sub", scratch: filepath.Join(root, ".exportd", "scratch")})
			return b.Target, b.Staging, nil
		},
		Read: func(t *testing.T, root string) map[string]string {
			all := map[string]string{}
			for name, text := range visible(t, root) {
				name, inside := strings.CutPrefix(name, "sub/")
				if inside && !strings.HasPrefix(filepath.Base(name), ".exp-manifest") { // a crash leaves its temporaries
					all[name] = text
				}
			}
			return all
		},
	})
}
