package signing

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aead.dev/minisign"

	"github.com/exportd/exportd/engine/diag"
)

// The keys of the tests, made for them alone. The second is the first with the
// password "canary-7351".
const (
	public = "RWT0IxtL9r11/1dPvvopznOMScDga0Ngi4lDn5LRT5BA6/zfd5/U75qB"
	plain  = `untrusted comment: minisign secret key
RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA9CMbS/a9df9sirJGg9mfTe7324lMeF4K3cqkE+qxjvU+nN0t93iwxldPvvopznOMScDga0Ngi4lDn5LRT5BA6/zfd5/U75qBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=`
	locked = `untrusted comment: minisign encrypted secret key
RWRTY0IyelgFmJn/Hu88WKgvO/vWjXgJwgIuyOldY9oUslxqY4sAAAACAAAAAAAAAEAAAAAAZaK4tPgmioW8Mdz9MKNjq2HxuCe85SlhpBqnNMf3IiUIjbqkHVH1IBPMhEtLjsKN00Ov1A4N+GbyRP40VLC6CtE2xCypG0mPUcX1hp9YgUShpExIwCoobizLNtcjy1P4lMagoSFSj58=`
)

func config(t *testing.T, key, password string) Config {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "k"), []byte(key), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SIGNING_PASSWORD", password)
	c := Config{Key: "file:k", Dir: dir}
	if password != "" {
		c.Password = "env:SIGNING_PASSWORD"
	}
	return c
}

func TestAManifestIsSignedTheSameEachTime(t *testing.T) {
	for name, c := range map[string]Config{"a plain key": config(t, plain, ""), "one with a password": config(t, locked, "canary-7351")} {
		k, err := Read(c)
		if err != nil {
			t.Fatal(name, err)
		}
		sign, err := k.Signer()
		if err != nil {
			t.Fatal(name, err)
		}
		first, err := sign(strings.NewReader("lines\n"))
		if err != nil {
			t.Fatal(name, err)
		}
		var key minisign.PublicKey
		if err := key.UnmarshalText([]byte(public)); err != nil {
			t.Fatal(err)
		}
		r := minisign.NewReader(strings.NewReader("lines\n"))
		if _, err := r.Read(make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
		if !r.Verify(key, first) {
			t.Errorf("%s: the signature is not of the key:\n%s", name, first)
		}
		if again, err := sign(strings.NewReader("lines\n")); err != nil || string(again) != string(first) {
			t.Errorf("%s: signed again it is\n%s", name, again)
		}
	}
}

func TestWithoutAKeyNothingIsSigned(t *testing.T) {
	k, err := Read(Config{})
	if err != nil {
		t.Fatal(err)
	}
	if sign, err := k.Signer(); sign != nil || err != nil {
		t.Errorf("%v", err)
	}
}

func TestAKeyThatCannotBeUsedIsRefusedWithoutAWordOfIt(t *testing.T) {
	literal := Config{Key: "RWQAAEIysecret"}
	missing := Config{Key: "file:none", Dir: t.TempDir()}
	for name, c := range map[string]Config{
		"a text": config(t, "RWQAAEIysecret", ""), "a locked key alone": config(t, locked, ""), "the key itself": literal, "no file": missing,
	} {
		k, err := Read(c)
		d := diag.From(err, "")
		if d == nil || d.Code != diag.KeyValue || d.Hint == "" || strings.Contains(fmt.Sprintf("%v %+v", err, k), "RWQ") {
			t.Errorf("%s: %v %+v", name, err, k)
		}
	}
}
