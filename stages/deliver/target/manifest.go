package target

import "github.com/exportd/exportd/engine/filename"

// Companion is a small file that lies beside a manifest.
type Companion struct {
	Name    string
	Content []byte
}

// Companions are the files that stand at a target before the manifest does: its
// sum as sha256sum writes it, and its signature where it has one. All names begin
// with prefix.
func Companions(prefix string, m Manifest) []Companion {
	all := []Companion{{prefix + filename.ManifestSum, []byte(m.SHA256 + "  " + prefix + filename.Manifest + "\n")}}
	if len(m.Signature) > 0 {
		all = append(all, Companion{prefix + filename.ManifestSignature, m.Signature})
	}
	return all
}
