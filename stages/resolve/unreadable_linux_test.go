package resolve

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/exportd/exportd/engine/diag"
)

func TestUnreadableFilesAreNotUnknown(t *testing.T) {
	d, root := tree(t, nil, map[string]string{"a.png": png})
	a := one(t, d, Caller{}, "a.png").Asset
	if err := os.Chmod(filepath.Join(root, "a.png"), 0); err != nil {
		t.Fatal(err)
	}
	asNobody(func() {
		if got := one(t, d, Caller{}, "a.png").Err; got == nil || got.Code != diag.SourceRead || !strings.Contains(got.Message, "permission denied") {
			t.Errorf("resolve: %#v", got)
		}
		if _, err := d.Open(context.Background(), a); diag.From(err, "").Code != diag.SourceRead {
			t.Errorf("open: %v", err)
		}
	})
}

// asNobody runs f with the file rights of another user when it runs as root.
func asNobody(f func()) {
	if os.Geteuid() != 0 {
		f()
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	_ = syscall.Setfsuid(65534)
	defer func() { _ = syscall.Setfsuid(0) }()
	f()
}
