package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/exportd/exportd/cmd/exportd/internal/runner"
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/stages"
)

// examineThreads says how many threads compute pixels: the images at once, times
// those that libvips takes for each.
func examineThreads(workers int) finding {
	const each = 1 // see stages.StartLibvips
	return finding{ok: true, what: "threads", say: fmt.Sprintf(
		"%d images at once x %d libvips thread = %d (one a processor; run --workers N changes it)", workers, each, workers*each)}
}

// examineLibvips starts libvips here, as a child would.
func examineLibvips(loaders []asset.Format) []finding {
	if err := stages.StartLibvips(loaders); err != nil {
		return []finding{judge("libvips", "", err)}
	}
	var on, off, absent []string
	trusted := true
	for _, l := range stages.Loaders() {
		name := string(l.Format)
		switch {
		case !l.Present:
			absent = append(absent, name)
			trusted = trusted && !l.Trusted
		case l.On:
			on = append(on, name)
		default:
			off = append(off, name)
		}
	}
	return []finding{
		{ok: true, what: "libvips", say: stages.LibvipsVersion()},
		{ok: trusted, what: "loaders on", say: strings.Join(on, " "), mend: "install a libvips with all of jpeg, png, gif, webp, tiff and heif"},
		{ok: true, what: "loaders blocked", say: blocked(off)},
		{ok: true, what: "loaders absent", say: orNone(absent) + ""},
		examineEXIF(),
		{ok: true, what: "allocator", say: allocator()},
	}
}

// blocked lists the loaders that are off, with the line that changes it.
func blocked(off []string) string {
	if len(off) == 0 {
		return "none"
	}
	return fmt.Sprintf("%s (if you trust your sources, in exportd.toml: [loaders] allow = [%q])", strings.Join(off, " "), off[0])
}

// examineEXIF asks libvips to read an orientation. One without libexif leaves
// every picture as the camera was held, and says nothing.
func examineEXIF() finding {
	upright, err := stages.ReadsOrientation()
	if err != nil {
		return judge("EXIF", "", err)
	}
	return finding{ok: upright, what: "EXIF", say: map[bool]string{
		true:  "libexif is there: pictures that lie on their side are turned",
		false: "this libvips has no libexif: pictures that lie on their side stay so",
	}[upright], mend: "install a libvips that is built with libexif"}
}

// allocators are those that may stand in for the C library's, by their file.
var allocators = regexp.MustCompile(`lib(jemalloc|tcmalloc|mimalloc)[^/]*\.so`)

// allocator names what gives libvips its memory. glibc makes arenas for threads,
// which keep what was freed; the pixel child gets few of them.
func allocator() string {
	maps, err := os.ReadFile("/proc/self/maps")
	if err == nil {
		if found := allocators.FindSubmatch(maps); found != nil {
			return string(found[1])
		}
	}
	return fmt.Sprintf("the C library's, with %s in the pixel child (for less memory, start exportd with LD_PRELOAD=libjemalloc.so.2)", runner.Arenas)
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, " ")
}
