package targettest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/stages/deliver/target"
)

// sample is what the suite delivers: names as planning gives them, an empty
// file, two files of one content, and some that are longer than any buffer.
func sample() map[string]string {
	files := map[string]string{
		"a.jpg": "the text of a", "nature/ä ö/ü.png": "umlauts", "nature/b.png": "the text of a", "empty.txt": "",
		"-rf/~root $HOME/%2e%2e &x=1#+;.gif": "awkward", "日本/写真.webp": "unicode",
	}
	for i := range 6 {
		files[fmt.Sprintf("large/%d.bin", i)] = strings.Repeat(fmt.Sprint(i, ";"), 100_000)
	}
	return files
}

// stage writes a file into the staging as the deliver stage does.
func stage(t *testing.T, s *target.Staging, name, content string) target.File {
	t.Helper()
	f, temp, err := s.Temp()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(content); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return target.File{Name: name, Temp: temp, Size: int64(len(content)), SHA256: sumOf(content)}
}

// manifestOf writes the manifest of files in the order of their names.
func manifestOf(t *testing.T, content map[string]string) target.Manifest {
	t.Helper()
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(content)) {
		line, err := json.Marshal(report.Entry{Handle: asset.Handle(name), Name: name, Bytes: int64(len(content[name])), SHA256: sumOf(content[name])})
		if err != nil {
			t.Fatal(err)
		}
		text.Write(append(line, '\n'))
	}
	file := filepath.Join(t.TempDir(), "manifest")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return target.Manifest{File: file, SHA256: sumOf(text.String())}
}

func sumOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}
