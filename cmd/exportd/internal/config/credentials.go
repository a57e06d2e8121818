package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/secret"
	"github.com/exportd/exportd/stages/resolve"
)

// credential is the text of [credentials."ADDRESS"]: what opens the addresses
// that begin so.
type credential struct {
	AccessKey    string `toml:"access_key"`
	SecretKey    string `toml:"secret_key"`
	SessionToken string `toml:"session_token"`
}

// Credentials are all that the configuration has, by the address that they open.
// What is secret in them is still a reference; see package secret.
type Credentials struct {
	byAddress map[string]Keys
	dir       string // of the configuration
}

// Keys open one address. The two secrets are references.
type Keys struct {
	AccessKey    string
	SecretKey    secret.Value
	SessionToken secret.Value
}

// For gives the keys of the longest address in the configuration that the given
// one begins with, and follows their references. Without any it gives none: the
// store then looks into the environment.
func (c Credentials) For(address string) (resolve.Credentials, error) {
	best := ""
	for known := range c.byAddress {
		if covers(known, address) && len(known) > len(best) {
			best = known
		}
	}
	keys := c.byAddress[best]
	out := resolve.Credentials{AccessKey: keys.AccessKey}
	for _, s := range []struct {
		name string
		from secret.Value
		to   *secret.Value
	}{{"secret_key", keys.SecretKey, &out.SecretKey}, {"session_token", keys.SessionToken, &out.SessionToken}} {
		var err error
		if *s.to, err = secret.Read(s.from.Reveal(), c.dir); err != nil {
			return out, unfollowed(fmt.Sprintf("credentials.%q.%s", best, s.name), err)
		}
	}
	return out, nil
}

// covers reports whether an address lies below another one.
func covers(known, address string) bool {
	address, _, _ = strings.Cut(address, "?")
	known = strings.TrimRight(known, "/")
	rest, ok := strings.CutPrefix(address, known)
	return ok && (rest == "" || rest[0] == '/')
}

// unfollowed is a secret that is not where the configuration says.
func unfollowed(key string, err error) *diag.Diag {
	return diag.New(diag.CatalogAuth, "%s: %w", key, err).
		WithHint("set the variable, or mend the file; see README, The configuration")
}

// credentials reads [credentials].
func (r *reader) credentials(c *Config) error {
	c.Credentials = Credentials{byAddress: map[string]Keys{}, dir: r.dir}
	var found diag.List
	for _, address := range slices.Sorted(maps.Keys(r.file.Credentials)) {
		text := r.file.Credentials[address]
		at := r.doc.Place("credentials", address)
		switch {
		case !resolve.InBucket(address):
			found.Add(diag.New(diag.KeyValue, "credentials.%q is no address that needs them", address).At(at).
				WithHint(`write the address of a bucket: [credentials."s3://BUCKET"]`))
		case text.AccessKey == "" || text.SecretKey == "":
			found.Add(diag.New(diag.KeyMissing, "credentials.%q needs access_key and secret_key", address).At(at).
				WithHint(`secret_key may be "env:NAME" or "file:PATH"`))
		}
		c.Credentials.byAddress[address] = Keys{AccessKey: text.AccessKey, SecretKey: secret.New(text.SecretKey), SessionToken: secret.New(text.SessionToken)}
	}
	return found.Err()
}
