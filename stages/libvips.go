package stages

import (
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/stages/internal/vips"
)

// StartLibvips makes this process ready for pixels. Formats beyond the trusted
// ones are read only when they are named. Its error is E-NO-LIBVIPS.
func StartLibvips(allow []asset.Format) error { return vips.Startup(allow) }

// HasLibvips gives the reason why this binary cannot touch pixels, nil when it
// can.
func HasLibvips() error { return vips.Available() }

// LibvipsVersion is the version of the libvips this binary is linked to, or the
// words that say there is none.
func LibvipsVersion() string { return vips.Version() }

// Loader says whether a format can be read.
type Loader = vips.Loader

// Loaders lists every format that could be read. Call [StartLibvips] first.
func Loaders() []Loader { return vips.Loaders() }

// OptionalLoaders lists the formats that are off until the configuration allows
// them.
func OptionalLoaders() []asset.Format { return vips.Optional() }

// CheckProfile says why name is no colour profile for pixels of type t, nil when
// it is: one of libvips' own, or of the files in folders. It needs no libvips.
func CheckProfile(folders []string, name string, t modifier.PixelType) error {
	return vips.ReadProfiles(folders).Check(name, vips.Space(t))
}
