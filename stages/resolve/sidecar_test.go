package resolve

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

func TestSidecars(t *testing.T) {
	plain, root := tree(t, nil, map[string]string{
		"a.png": png, "a.png.toml": "Modifier = \"wid=5\"\ncompany = \"acme\"\n",
		"config.png": png, "config.png.toml": "company = \"other\"\n",
		"other.png": png, "other.png.toml": "company = \"other\"\n",
		"denied.png": png, "denied.png.toml": "company = \"acme\"\nreaders = [\"bob\"]\n",
		"typo.png": png, "typo.png.toml": "compny = \"other\"\n",
		"type.png": png, "type.png.toml": "type = \"image\"\n",
		"long.png": png, "long.png.toml": "#" + strings.Repeat(" ", 4000),
		"secret/x.png": png, "secret/x.png.toml": "company = \"other\"\n",
		"none.png": png, "set.toml": "type = \"ImageSet\"\n",
	})
	if err := os.Symlink("other.png", filepath.Join(root, "link.png")); err != nil {
		t.Fatal(err)
	}
	d := dirOf(t, root, map[string]RecordConfig{"config.png": {Company: "acme"}}, true)
	ann := Caller{Company: "acme", User: "ann"}
	for _, c := range []struct {
		handle        asset.Handle
		code          diag.Code
		message, hint string
	}{
		{"a.png", "", "", ""}, {"none.png", "", "", ""}, {"config.png", "", "", ""}, {"set", "", "", ""},
		{"other.png", diag.AssetUnknown, "", "check the handle"},
		{"link.png", diag.AssetUnknown, "", "check the handle"},
		{"othe.png", diag.AssetUnknown, "", "check the handle"},
		{"secret", diag.AssetUnknown, "", "check the handle"},
		{"denied.png", diag.AssetDenied, "", ""},
		{"typo.png", diag.RecordInvalid, `unknown key "compny"`, "typo.png.toml"},
		{"type.png", diag.RecordInvalid, "case matters", ""},
		{"long.png", diag.RecordInvalid, "allowed are 3072", ""},
		{"a.png.toml", diag.AssetUnknown, "", "the record of a file"},
	} {
		got := one(t, d, ann, c.handle)
		switch {
		case c.code == "" && got.Err == nil:
		case got.Err == nil || got.Err.Code != c.code || !strings.Contains(got.Err.Message, c.message) || !strings.Contains(got.Err.Mend(), c.hint):
			t.Errorf("%s: %+v %#v", c.handle, got.Asset, got.Err)
		}
	}
	if a := one(t, d, ann, "a.png").Asset; a.Record.Modifier != "wid=5" || a.Company != "acme" {
		t.Errorf("%+v", a)
	}
	if a := one(t, plain, ann, "a.png.toml").Asset; a == nil {
		t.Error("without sidecars a .toml file is an asset")
	}
}
