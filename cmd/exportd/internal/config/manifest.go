package config

import (
	"github.com/exportd/exportd/cmd/exportd/internal/signing"
	"github.com/exportd/exportd/engine/diag"
)

// manifest reads [manifest]: the key that signs what a run has delivered. Only
// that it can be read is checked here; the secret itself is not kept.
func (r *reader) manifest(c *Config) error {
	c.Manifest = r.file.Manifest
	c.Manifest.Dir = r.dir
	if _, err := signing.Read(c.Manifest); err != nil {
		return diag.From(err, diag.KeyValue).At(r.doc.Place("manifest", "key"))
	}
	return nil
}
