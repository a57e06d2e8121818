package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/diag"
)

// wrote makes a configuration file.
func wrote(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), DefaultFile)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

const hidden = "hunter2-and-more"

func TestMistakesBesideSecretsDoNotShowThem(t *testing.T) {
	for _, text := range []string{
		"[catalog]\nkind = \"dir\"\ndsn = \"" + hidden + "\"",
		"[catalog]\nkind = \"dir\"\ntoken = \"" + hidden + "\"",
		"[catalog]\ndns_password = \"" + hidden + "\"",
		"[credentials.\"s3://a\"]\naccess_key = \"x\"\nsecret_kee = \"" + hidden + "\"",
		"[credentials.\"s3://a\"]\naccess_key = \"x\"\nsecret_key = \"" + hidden,
		"[credentials.\"s3://a\"]\nsecret_key = [\"" + hidden + "\"]",
		"[credentials]\n\"s3://a\" = { access_key = \"x\", secret_key = \"" + hidden + "\", token = \"y\" }",
		"[credentials.\"s3://a\"]\naccess_key = \"x\"\nsecret_key = \"" + hidden + "\"\nsecret_key = \"" + hidden + "\"",
	} {
		_, err := Load(wrote(t, text), ".")
		if err == nil {
			t.Errorf("%q is right", text)
			continue
		}
		var out bytes.Buffer
		for _, d := range diag.All(err, "") {
			diag.Render(&out, d)
		}
		if strings.Contains(out.String(), hidden) || out.Len() == 0 {
			t.Errorf("%q shows it: %s", text, &out)
		}
	}
}

func TestASecretReachesTheChildAndNothingElse(t *testing.T) {
	path := wrote(t, "[catalog]\nroot = \"s3://pictures/2026\"\n[credentials.\"s3://pictures\"]\naccess_key = \"ann\"\nsecret_key = \"file:key.txt\"\n"+
		"[credentials.\"s3://pic\"]\naccess_key = \"other\"\nsecret_key = \"x\"\n")
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "key.txt"), []byte(hidden+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path, ".")
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(c.Catalog)
	if err != nil {
		t.Fatal(err)
	}
	if all := fmt.Sprintf("%+v %#v %s %s", c, c, encoded, c.Catalog); strings.Contains(all, hidden) {
		t.Error(all)
	}
	setup, err := c.Catalog.Setup()
	if err != nil || !strings.Contains(string(setup), hidden) || !strings.Contains(string(setup), `"ann"`) {
		t.Errorf("%s, %v", setup, err)
	}
	originals, err := OpenSetup(setup)
	if err != nil {
		t.Fatal(err)
	}
	originals.Close()
}

func TestASecretThatIsNotThereIsNamed(t *testing.T) {
	c, err := Load(wrote(t, "[catalog]\nroot = \"s3://a\"\n[credentials.\"s3://a\"]\naccess_key = \"x\"\nsecret_key = \"env:EXPORTD_TEST_NOT_SET\"\n"), ".")
	if err != nil {
		t.Fatal(err) // to compile a job needs no secret
	}
	_, err = c.Catalog.Open()
	if d := diag.From(err, ""); d == nil || d.Code != diag.CatalogAuth || !strings.Contains(d.Message, "EXPORTD_TEST_NOT_SET") {
		t.Errorf("%v", err)
	}
}

func TestRecordsOfFilesAreWeakerThanThoseOfTheConfiguration(t *testing.T) {
	path := wrote(t, "[catalog]\nrecord_files = [\"one.toml\", \"two.toml\"]\n[catalog.records.\"c\"]\ncompany = \"config\"\n")
	for name, text := range map[string]string{
		"one.toml": "[records.\"a\"]\ncompany = \"one\"\n[records.\"b\"]\ncompany = \"one\"\n[records.\"c\"]\ncompany = \"one\"\n",
		"two.toml": "[records.\"b\"]\ncompany = \"two\"\n",
	} {
		if err := os.WriteFile(filepath.Join(filepath.Dir(path), name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Load(path, ".")
	if err != nil {
		t.Fatal(err)
	}
	for handle, want := range map[string]string{"a": "one", "b": "two", "c": "config"} {
		if got := c.Catalog.Records[handle].Company; got != want {
			t.Errorf("%s belongs to %s, not to %s", handle, got, want)
		}
	}
}
