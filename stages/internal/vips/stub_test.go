//go:build !cgo

package vips

import (
	"context"
	"testing"

	"github.com/exportd/exportd/engine/diag"
)

func TestWithoutCgoEveryCallSaysSo(t *testing.T) {
	_, openErr := Open(context.Background(), nil, "")
	for _, err := range []error{Available(), Startup(nil), openErr} {
		if d := diag.From(err, "none"); d == nil || d.Code != diag.NoLibvips {
			t.Errorf("got %v", err)
		}
	}
}
