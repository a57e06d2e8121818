package target

import (
	"io"
	"os"

	"github.com/exportd/exportd/engine/filename"
)

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

// SignWith signs the manifest; nil leaves it unsigned.
func (m *Manifest) SignWith(sign func(io.Reader) ([]byte, error)) error {
	if m.Sign = sign; sign == nil {
		return nil
	}
	f, err := os.Open(m.File)
	if err != nil {
		return Refused("the manifest's signature", err)
	}
	defer f.Close()
	m.Signature, err = sign(f)
	return err
}
