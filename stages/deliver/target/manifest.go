package target

import "github.com/exportd/exportd/engine/filename"

// Companion is a small file that lies beside a manifest.
type Companion struct {
	Name    string
	Content []byte
}

// Companions are the files that stand at a target before the manifest does: its
// sum as sha256sum writes it, and its signature where it has one.
func Companions(m Manifest) []Companion {
	all := []Companion{{filename.ManifestSum, []byte(m.SHA256 + "  " + filename.Manifest + "\n")}}
	if len(m.Signature) > 0 {
		all = append(all, Companion{filename.ManifestSignature, m.Signature})
	}
	return all
}
