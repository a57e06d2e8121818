package pluginpb

// The handshake of go-plugin, as plugin.proto describes it.
const (
	// Protocol is the newest version of the protocol that this package speaks.
	Protocol = 1
	// CookieKey and CookieValue are how a plugin knows that a host started it. They
	// keep nobody out.
	CookieKey   = "EXPORTD_PLUGIN_COOKIE"
	CookieValue = "b5f1d1b0-exportd-plugin"
	// FailureTrailer is the trailing metadata that holds a serialised [Failure].
	FailureTrailer = "exportd-failure-bin"
	// ExecutablePrefix comes before the name of a plugin in that of its executable.
	ExecutablePrefix = "exportd-plugin-"
	// ReattachVariable is the environment variable in which the host looks for
	// plugins that run under a debugger: JSON, an object of [Reattach] by name.
	ReattachVariable = "EXPORTD_REATTACH"
)

// The bounds of messages.
const (
	MaxStrip      = 1 << 20  // bytes of pixels in a strip, unless one row is more
	MaxData       = 1 << 20  // bytes of a result in one message
	MaxExpansion  = 64 << 10 // bytes of an ExpandResponse
	MaxName       = 32       // bytes in the name of a plugin or an encoder
	MaxStack      = 64 << 10 // bytes of Failure.stack
	MaxWarnings   = 16       // in EncodeDone
	MaxWarning    = 1 << 10  // bytes of one
	MaxMacroDepth = 16       // macros inside macros
)

// Reattach finds a plugin that runs already.
type Reattach struct {
	Network  string `json:"network"` // unix
	Address  string `json:"address"`
	Protocol int    `json:"protocol"`
	PID      int    `json:"pid"`
}

// ValidName reports whether name can be that of a plugin or an encoder:
// lower-case letters, digits and inner dashes, at most 32, a letter first.
func ValidName(name string) bool {
	if name == "" || len(name) > MaxName || name[len(name)-1] == '-' {
		return false
	}
	for i, c := range []byte(name) {
		letter := c >= 'a' && c <= 'z'
		if !letter && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return true
}

// SampleSize is the size of one sample in bytes, 0 for an unknown format.
func SampleSize(f SampleFormat) int {
	switch f {
	case SampleFormat_SAMPLE_FORMAT_UINT8:
		return 1
	case SampleFormat_SAMPLE_FORMAT_UINT16:
		return 2
	case SampleFormat_SAMPLE_FORMAT_FLOAT32:
		return 4
	}
	return 0
}

// Bands is how many bands a colour space has without alpha, 0 for an unknown one.
func Bands(s ColourSpace) int {
	switch s {
	case ColourSpace_COLOUR_SPACE_GREY:
		return 1
	case ColourSpace_COLOUR_SPACE_RGB:
		return 3
	case ColourSpace_COLOUR_SPACE_CMYK:
		return 4
	}
	return 0
}
