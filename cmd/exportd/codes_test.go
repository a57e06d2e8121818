package main

import (
	"bytes"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/diag"
)

// Every code that the program can give is in the table that explain reads.
func TestEveryCodeIsExplained(t *testing.T) {
	files, err := filepath.Glob("../../engine/diag/codes*.go")
	if err != nil || len(files) < 2 {
		t.Fatalf("%v %v", files, err)
	}
	n := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		n += explainedIn(t, file)
	}
	if n != len(diag.Codes()) {
		t.Errorf("%d codes are declared, %d are in the table", n, len(diag.Codes()))
	}
}

// explainedIn counts the codes that a file declares and looks each of them up.
func explainedIn(t *testing.T, file *ast.File) (n int) {
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || spec.Type == nil {
			return true
		}
		text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
		if err != nil {
			t.Fatal(err)
		}
		n++
		var out, problems bytes.Buffer
		if code := execute(context.Background(), []string{"explain", text}, &out, &problems); code != 0 {
			t.Errorf("explain %s ends with %d: %s", text, code, &problems)
		}
		e := diag.Code(text).Entry()
		for _, want := range []string{text + ": ", e.Title, "\n  exit: ", "\n  mend: " + e.Mend} {
			if !strings.Contains(out.String(), want) || e.Title == "" || e.Mend == "" {
				t.Errorf("explain %s says %q, without %q", text, &out, want)
			}
		}
		return true
	})
	return n
}
