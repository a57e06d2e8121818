package ziptarget

import (
	"path"
	"slices"
	"strings"
)

// packedExt are extensions of formats that compress their bytes themselves.
var packedExt = []string{
	"7z", "aac", "avif", "br", "bz2", "docx", "epub", "flac", "gif", "gz", "heic", "heif", "j2k", "jp2", "jpe", "jpeg", "jpg", "jpx",
	"jxl", "jxr", "m4a", "m4v", "mkv", "mov", "mp3", "mp4", "odt", "oga", "ogg", "ogv", "opus", "png", "pptx", "rar", "tgz", "webm",
	"webp", "woff", "woff2", "xlsx", "xz", "zip", "zst",
}

// packedMagic are first bytes of such formats under any name.
var packedMagic = []string{"\xff\xd8\xff", "\x89PNG", "GIF8", "PK\x03\x04", "\x1f\x8b", "BZh", "\xfd7zXZ", "\x28\xb5\x2f\xfd", "7z\xbc\xaf"}

// compressed reports whether deflating bytes would only cost time.
func compressed(name string, head []byte) bool {
	if slices.Contains(packedExt, strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))) {
		return true
	}
	return slices.ContainsFunc(packedMagic, func(m string) bool { return strings.HasPrefix(string(head[:min(len(head), 8)]), m) })
}

// sample is how much of a large file is deflated to see whether it gets smaller,
// in bytes.
const sample = 64 << 10

// shrinks reports whether a sample loses a twentieth of its length or more.
func (w *writer) shrinks(head []byte) bool {
	packed, err := w.pack(head)
	return err == nil && len(packed) <= len(head)-len(head)/20
}
