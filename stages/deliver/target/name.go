package target

import (
	"strings"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/filename"
)

// maxPath is the longest name that is written: longer ones exist, but other
// programs cannot open them.
const maxPath = 3000

// CheckName refuses what planning never gives: it makes names safe. So no way
// into the target needs to be trusted.
func CheckName(name string) error {
	switch {
	case filename.Safe(name) != name:
		return diag.New(diag.Target, "the name %q is not safe", shorten(name)).WithHint("%q would be", shorten(filename.Safe(name)))
	case len(name) > maxPath:
		return diag.New(diag.Target, "the name %q has %d bytes, allowed are %d", shorten(name), len(name), maxPath).WithHint("shorten params.name")
	case filename.Fold(name) == filename.Manifest, filename.Fold(name) == filename.ManifestSum, filename.Fold(name) == filename.ManifestSignature:
		return diag.New(diag.Target, "the name %q is the manifest's", name).WithHint("change params.name")
	}
	return nil
}

func shorten(name string) string {
	const most = 200
	if len(name) <= most {
		return name
	}
	return strings.ToValidUTF8(name[:most], "") + "…"
}
