package compile

import (
	"testing"

	"github.com/exportd/exportd/engine/stage"
)

// Kinds lends the compiler's kinds to tests that read plans through planning,
// which imports this package.
func Kinds(t testing.TB) *stage.Registry { return kinds(t) }
