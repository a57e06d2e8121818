package target

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/secret"
)

// Settings are [targets."ADDRESS"] in the configuration: how to reach the targets
// whose addresses begin so. What is secret in them is a reference, see package
// secret; [Settings.Secret] follows it.
type Settings struct {
	// The keys of a bucket stand under [credentials] in the configuration.
	AccessKey    string `toml:"-" json:",omitempty"`
	SecretKey    string `toml:"-" json:",omitempty"`
	SessionToken string `toml:"-" json:",omitempty"`

	User       string `toml:"user" json:",omitempty"`        // sftp, https
	Password   string `toml:"password" json:",omitempty"`    // sftp, https
	Identity   string `toml:"identity" json:",omitempty"`    // sftp: the path of a private key
	Passphrase string `toml:"passphrase" json:",omitempty"`  // sftp: of that key
	KnownHosts string `toml:"known_hosts" json:",omitempty"` // sftp: a path; "" is ~/.ssh/known_hosts

	Token        string   `toml:"token" json:",omitempty"`         // https: Authorization: Bearer
	SigningKey   string   `toml:"signing_key" json:",omitempty"`   // https: of the HMAC signature
	AllowPrivate []string `toml:"allow_private" json:",omitempty"` // https: networks that are not refused, as 10.1.0.0/16
	CAFile       string   `toml:"ca_file" json:",omitempty"`       // https: certificates to trust besides the system's

	Parallel int     `toml:"parallel" json:",omitempty"` // files at once; 0 = 8
	Rate     float64 `toml:"rate" json:",omitempty"`     // files a second; 0 = any number

	// Address is the key in the configuration, and Dir the folder that relative
	// paths are relative to.
	Address string `toml:"-" json:",omitempty"`
	Dir     string `toml:"-" json:",omitempty"`
}

// MaxParallel bounds Parallel.
const MaxParallel = 256

// defaultParallel is how many files are on their way at once where nothing else
// is asked for.
const defaultParallel = 8

// AtOnce gives the number of files at once.
func (s Settings) AtOnce() int {
	if s.Parallel == 0 {
		return defaultParallel
	}
	return s.Parallel
}

// Secret follows the reference of the secret called name.
func (s Settings) Secret(name, reference string) (secret.Value, error) {
	v, err := secret.Read(reference, s.Dir)
	if err != nil {
		return v, diag.New(diag.TargetDenied, "%s of %s: %w", name, s.Address, err).
			WithHint("set the variable, or mend the file; see stages/deliver/README.md")
	}
	return v, nil
}

// Path gives a path of the settings, absolute.
func (s Settings) Path(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(s.Dir, path)
}

// Encode makes of settings, by address, what [Lookup] reads. It is secret as a
// whole, for a reference may be the secret itself.
func Encode(all map[string]Settings) (secret.Value, error) {
	if len(all) == 0 {
		return secret.Value{}, nil
	}
	text, err := json.Marshal(all)
	if err != nil {
		return secret.Value{}, fmt.Errorf("encode the settings of targets: %w", err)
	}
	return secret.New(string(text)), nil
}

// Lookup gives the settings for an address: those of the longest beginning.
// Without any the zero value is given.
func Lookup(all secret.Value, address string) (Settings, error) {
	if all.Empty() {
		return Settings{}, nil
	}
	var known map[string]Settings
	if err := json.Unmarshal([]byte(all.Reveal()), &known); err != nil {
		return Settings{}, diag.New(diag.InternalError, "the settings of targets cannot be read") // the error would repeat them
	}
	best := longest(known, address, func(Settings) bool { return true })
	s := known[best]
	s.Address = best
	if s.AccessKey == "" { // what says more of a part of a bucket leaves its keys as they are
		keyed := known[longest(known, address, func(s Settings) bool { return s.AccessKey != "" })]
		s.AccessKey, s.SecretKey, s.SessionToken, s.Dir = keyed.AccessKey, keyed.SecretKey, keyed.SessionToken, cmp.Or(s.Dir, keyed.Dir)
	}
	return s, nil
}

// longest gives the longest beginning of an address among those that fit.
func longest(known map[string]Settings, address string, fits func(Settings) bool) string {
	best := ""
	for k, s := range known {
		if Covers(k, address) && len(k) > len(best) && fits(s) {
			best = k
		}
	}
	return best
}

// Covers reports whether an address lies at or below another one.
func Covers(known, address string) bool {
	address, _, _ = strings.Cut(address, "?")
	known, _, _ = strings.Cut(known, "?")
	rest, ok := strings.CutPrefix(address, strings.TrimRight(known, "/"))
	return ok && known != "" && (rest == "" || rest[0] == '/')
}
