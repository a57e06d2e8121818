package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/diag"
)

func load(t *testing.T, text string) (*Config, diag.List) {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "profiles"), 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "exportd.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path, dir)
	return c, diag.All(err, diag.InternalError)
}

func TestColourIsConfigured(t *testing.T) {
	c, found := load(t, `[attributes]
IccProfileCmyk = "cmyk"
IccProfileSrcRgb = "Display P3"
IccRenderIntent = 0
IccBlackPointCompensation = 1
[colour]
profiles = ["profiles"]
`)
	if len(found) > 0 {
		t.Fatal(found)
	}
	a := c.Attributes
	if a.IccProfileRgb != "sRGB" || a.IccProfileCmyk != "cmyk" || a.IccProfileSrcRgb != "Display P3" || a.IccRenderIntent != "0" || a.IccBlackPointCompensation != "1" {
		t.Errorf("%+v", a)
	}
	if want := []string{filepath.Join(filepath.Dir(c.File), "profiles"), c.Catalog.Root}; !slices.Equal(c.Profiles, want) {
		t.Errorf("%v, want %v", c.Profiles, want)
	}
}

func TestColourThatIsWrong(t *testing.T) {
	for _, c := range []struct {
		in, want string
		line     int
	}{
		{"[colour]\nprofiles = [\"none\"]", "which is no folder", 2},
		{"[attributes]\n\nIccProfileCmyk = \"sRGB\"", "the profile sRGB is for rgb, not for cmyk", 3},
		{"[attributes]\nIccProfileRgb = \"WebCoated\"", "there are sRGB, Display P3, cmyk", 2},
		{"[attributes]\nIccRenderIntent = 4", "out of range", 1},
	} {
		_, found := load(t, c.in)
		if len(found) != 1 || !strings.Contains(found[0].Message, c.want) || found[0].Line != c.line {
			t.Errorf("%s: %v", c.in, found)
		}
	}
}
