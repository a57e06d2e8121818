// Command exportd exports many assets of a store: as they came, or converted
// through Image Serving modifiers and macros. See README.md.
package main

import (
	"context"
	"os"
)

// version is set by the linker; see the Makefile.
var version = "dev"

func main() {
	os.Exit(execute(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}
