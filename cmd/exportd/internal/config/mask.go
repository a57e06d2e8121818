package config

import (
	"regexp"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/secret"
)

// sensitive finds a key whose value may be a secret, misspelt ones among them.
var sensitive = regexp.MustCompile(`(?i)(secret|passw|passphrase|token|dsn|credential|[a-z]_?key)[\w".-]*\s*=\s*`)

// masked strips secrets from what was found wrong in a configuration: messages
// show the line at fault, and the fault may be beside a password.
func masked(err error) error {
	if err == nil {
		return nil
	}
	found := diag.All(err, diag.KeyValue)
	for _, d := range found {
		if at := sensitive.FindStringIndex(d.Source); at != nil {
			d.Source = d.Source[:at[1]] + secret.Redacted
		}
	}
	return found.Err()
}
