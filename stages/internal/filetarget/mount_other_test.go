//go:build !linux

package filetarget

import "testing"

func otherFileSystem(t *testing.T) string {
	t.Helper()
	t.Skip("mounting is for Linux only")
	return ""
}
