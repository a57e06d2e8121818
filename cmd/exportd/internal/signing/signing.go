// Package signing signs manifests with a minisign key, so that who receives an
// export can tell that nobody has changed it.
package signing

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"aead.dev/minisign"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/engine/secret"
)

// Config is the part [manifest] of the configuration: references, see package
// secret. Nothing of a key is in it.
type Config struct {
	Key      string `toml:"key"`      // file:PATH or env:NAME of a minisign secret key; "" = do not sign
	Password string `toml:"password"` // of the key, where it has one
	Dir      string `toml:"-"`        // what relative paths are relative to
}

// maxKey bounds the file of a key, in bytes.
const maxKey = 64 << 10

// Key is a secret key as it was read; it may be encrypted. The zero value signs
// nothing.
type Key struct{ text, password secret.Value }

// Read reads the key. That its password is right shows when it signs.
func Read(c Config) (Key, error) {
	if c.Key == "" {
		return Key{}, nil
	}
	text, err := readKey(c)
	if err != nil {
		return Key{}, trouble(err)
	}
	password, err := secret.Read(c.Password, c.Dir)
	if err != nil {
		return Key{}, trouble(err)
	}
	k := Key{text, password}
	if minisign.IsEncrypted([]byte(text.Reveal())) {
		if password.Empty() {
			return Key{}, trouble(errors.New("the key has a password, and none is given")).WithHint(`set manifest.password = "env:NAME" or "file:PATH"`)
		}
		return k, nil
	}
	_, err = k.open()
	return k, err
}

// readKey follows the reference: a key has two lines, other secrets one.
func readKey(c Config) (secret.Value, error) {
	path, ok := strings.CutPrefix(c.Key, "file:")
	if !ok {
		if !strings.HasPrefix(c.Key, "env:") {
			return secret.Value{}, errors.New("it must be file:PATH or env:NAME")
		}
		return secret.Read(c.Key, c.Dir)
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(c.Dir, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return secret.Value{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxKey))
	return secret.New(string(data)), err
}

func trouble(err error) *diag.Diag {
	return diag.New(diag.KeyValue, "manifest.key: %w", err).WithHint("make a key with minisign -G, and name its file: manifest.key = \"file:minisign.key\"")
}

func (k Key) open() (minisign.PrivateKey, error) {
	text := []byte(k.text.Reveal())
	var key minisign.PrivateKey
	var err error
	if minisign.IsEncrypted(text) {
		key, err = minisign.DecryptKey(k.password.Reveal(), text)
	} else {
		err = key.UnmarshalText(text)
	}
	if err != nil {
		return key, trouble(errors.New("it is no minisign key, or the password is wrong")) // the library's error might repeat what it read
	}
	return key, nil
}

// Signer gives the function that signs manifests, nil where there is no key. What
// it gives holds no time, so that one manifest has one signature.
func (k Key) Signer() (func(io.Reader) ([]byte, error), error) {
	if k.text.Empty() {
		return nil, nil
	}
	key, err := k.open()
	if err != nil {
		return nil, err
	}
	return func(manifest io.Reader) ([]byte, error) {
		r := minisign.NewReader(manifest)
		if _, err := io.Copy(io.Discard, r); err != nil {
			return nil, fmt.Errorf("sign the manifest: %w", err)
		}
		return append(bytes.TrimSpace(r.SignWithComments(key, "file:"+filename.Manifest, "signature of an export's manifest")), '\n'), nil
	}, nil
}
