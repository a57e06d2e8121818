package secret_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/secret"
)

const hidden = "hunter2"

// holder holds a secret wherever one can be held.
type holder struct {
	Password secret.Value
	Pointer  *secret.Value
	List     []secret.Value
	hidden   secret.Value
}

func TestNothingPrintsASecret(t *testing.T) {
	v := secret.New(hidden)
	held := holder{v, &v, []secret.Value{v}, v}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
		fmt.Fprintf(&out, verb+"\n", v)
		fmt.Fprintf(&out, verb+"\n", held)
	}
	for _, encode := range []func(any) ([]byte, error){json.Marshal, xml.Marshal} {
		text, err := encode(held)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(text)
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("x", "password", v, "holder", held)
	}
	hex := fmt.Sprintf("%x", hidden)
	if got := out.String(); strings.Contains(got, hidden) || strings.Contains(strings.ToLower(got), hex) {
		t.Error(got)
	}
	if v.String() != secret.Redacted || v.Reveal() != hidden {
		t.Errorf("%s %s", v, v.Reveal())
	}
}

func TestNoSecretIsNotRedacted(t *testing.T) {
	if v := secret.New(""); v.String() != "" || !v.Empty() || v.Strip("a") != "a" {
		t.Errorf("%q", v)
	}
}

func TestStrip(t *testing.T) {
	if got := secret.New(hidden).Strip("dial postgres://ann:hunter2@db: refused"); got != "dial postgres://ann:[redacted]@db: refused" {
		t.Error(got)
	}
}

func TestReferences(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"one": "alpha\n", "two": "beta\r\nsecond line\n", "empty": "\n", "binary": "SQLite format 3\x00"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("EXPORTD_TEST_SECRET", "gamma")
	for reference, want := range map[string]string{
		"": "", "plain": "plain", "file:one": "alpha", "file:" + filepath.Join(dir, "two"): "beta", "env:EXPORTD_TEST_SECRET": "gamma",
	} {
		if got, err := secret.Read(reference, dir); err != nil || got.Reveal() != want {
			t.Errorf("%s: %q, %v", reference, got.Reveal(), err)
		}
	}
	for _, reference := range []string{"env:EXPORTD_TEST_NOTHING", "file:none", "file:empty", "file:binary", "file:."} {
		if got, err := secret.Read(reference, dir); err == nil || !got.Empty() {
			t.Errorf("%s gave a secret", reference)
		}
	}
}
