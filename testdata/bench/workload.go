package main

import "fmt"

// workload is one kind of work, done by several programs over the same pictures.
type workload struct {
	name, title string
	set         string // the folder of pictures
	outputs     []output
	rows        func(b *bench, files []string) []row
	goals       []goal
}

// output is a file that each picture becomes, and what its quality is measured
// against: a full decode, resized, plain or sharpened.
type output struct {
	suffix string // behind the picture's stem
	truth  string
	width  int // asked for; 0 is the picture's own
}

// row is a program at work.
type row struct {
	name    string
	command []string
	stdin   string
	unnamed bool // its files have other names, so they are not compared
}

// goal is a bound of a row's figure, absolute or divided by another row's.
type goal struct {
	of, metric string
	against    string
	most       float64
}

// The names of rows that goals speak of.
const (
	ours         = "exportd"
	ourQuick     = "exportd, durable = false"
	limit        = "C on libvips"
	limitProfile = "C, export_profile=srgb for all"
	sharpRow     = "sharp"
	oneCore      = "exportd on one core"
	fiveJobs     = "exportd, five jobs"
	copied       = "cp -r"
	summed       = "cp -r, then sha256sum"
)

func workloads() []workload {
	return []workload{
		{
			name: "W1", title: "large JPEGs to 1000 pixels, JPEG 85", set: "large",
			outputs: []output{{".jpg", "plain", 1000}},
			rows: func(b *bench, files []string) []row {
				return b.rows("wid=1000&fmt=jpeg&qlt=85", "web", files,
					b.c(limitProfile, "web-profile", files), b.c("C, largest shrink", "web-shrink", files), b.vipsthumbnail(1000, 85, files),
					b.magick("ImageMagick", "convert-im6.q16", 1000, 85, files), b.magick("GraphicsMagick", "gm", 1000, 85, files))
			},
			goals: []goal{{ours, cpu, limitProfile, 0.95}, {ours, cpu, limitProfile, 0.85}, {ours, cpu, limit, 0.95}, {ours, wall, sharpRow, 0.95}, {ours, memory, limit, 0.7}},
		},
		{
			name: "W1s", title: "the same, sharpened 3x3", set: "large",
			outputs: []output{{".jpg", "sharpened", 1000}},
			rows: func(b *bench, files []string) []row {
				return b.rows("wid=1000&fmt=jpeg&qlt=85&op_sharpen=1", "web-sharpen", files)
			},
			goals: []goal{{ours, cpu, limit, 1.05}, {ours, wall, sharpRow, 0.95}},
		},
		{
			name: "W2", title: "five renditions: 2000 JPEG, 1200 WebP, 800 JPEG, 400 WebP, 150 JPEG", set: "ten",
			outputs: renditions(),
			rows: func(b *bench, files []string) []row {
				return []row{
					b.exportd(ours, "", files, true), b.exportd(ourQuick, "", files, false),
					b.c(limit, "renditions", files), b.c("C, each from the one before", "renditions-chain", files),
					b.c("C, five thumbnails", "renditions-apart", files), b.node("renditions", files), b.fiveJobs(files),
				}
			},
			goals: []goal{{ours, cpu, limit, 1}, {ours, wall, sharpRow, 0.6}, {ours, memory, sharpRow, 0.6}, {ours, cpu, fiveJobs, 0.65}},
		},
		{
			name: "W3-png", title: "full size to PNG, level 6", set: "ten",
			outputs: []output{{".png", "plain", 0}},
			rows: func(b *bench, files []string) []row {
				return b.rows("scl=1&fmt=png", "png", files)
			},
			goals: []goal{{ours, cpu, limit, 1.05}, {ours, cpu, limit, 0.67}, {ours, wall, sharpRow, 1}, {ours, memory, limit, 1.1}},
		},
		{
			name: "W3-tiff", title: "full size to TIFF, LZW with predictor", set: "ten",
			outputs: []output{{".tiff", "plain", 0}},
			rows: func(b *bench, files []string) []row {
				return b.rows("scl=1&fmt=tif,,lzw", "tiff", files)
			},
			goals: []goal{{ours, cpu, limit, 1.08}, {ours, wall, sharpRow, 0.75}, {ours, memory, limit, 1.1}},
		},
		{
			name: "W4", title: "originals, with SHA-256", set: "originals",
			rows: func(b *bench, files []string) []row {
				return []row{
					b.exportd(ours, originals, files, true), b.exportd(ourQuick, originals, files, false),
					{name: copied, command: []string{"cp", "-r", b.folder(files), b.out("copy")}},
					{name: summed, command: []string{"sh", "-c", `cp -r "$1" "$2" && find "$2" -type f -print0 | xargs -0 sha256sum >"$2/sums"`, "sh", b.folder(files), b.out("copy")}},
				}
			},
			goals: []goal{{ours, wall, summed, 0.35}, {ourQuick, wall, copied, 2}, {ours, memory, "", 100}},
		},
		{
			name: "W5", title: "small pictures (500 to 800 pixels) to 200 pixels, JPEG 80", set: "small",
			outputs: []output{{".jpg", "plain", 200}},
			rows: func(b *bench, files []string) []row {
				return b.rows("wid=200&fmt=jpeg&qlt=80", "small", files, b.vipsthumbnail(200, 80, files))
			},
			goals: []goal{{ours, cpu, limit, 1.15}, {ours, wall, sharpRow, 0.9}},
		},
		{
			name: "single", title: "one picture of 99 megapixels to 4000 pixels, JPEG 85", set: "single",
			outputs: []output{{".jpg", "plain", 4000}},
			rows: func(b *bench, files []string) []row {
				alone := b.exportd(oneCore, "wid=4000&fmt=jpeg&qlt=85", files, true)
				alone.command = append([]string{"taskset", "-c", "0"}, alone.command...)
				return b.rows("wid=4000&fmt=jpeg&qlt=85", "large", files, alone)
			},
			goals: []goal{{ours, wall, oneCore, 0.667}},
		},
	}
}

// sizes are the renditions of W2, as renditions.toml, work.c and work.js have them.
var sizes = []struct {
	width    int
	ext      string
	modifier string
}{
	{2000, "jpg", "wid=2000&fmt=jpeg&qlt=85"}, {1200, "webp", "wid=1200&fmt=webp&qlt=80"}, {800, "jpg", "wid=800&fmt=jpeg&qlt=85"},
	{400, "webp", "wid=400&fmt=webp&qlt=80"}, {150, "jpg", "wid=150&fmt=jpeg&qlt=85"},
}

func renditions() []output {
	var all []output
	for _, s := range sizes {
		all = append(all, output{fmt.Sprintf("-w%d.%s", s.width, s.ext), "plain", s.width})
	}
	return all
}
