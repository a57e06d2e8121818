package main

import (
	"crypto/sha256"
	"fmt"
	"image/jpeg"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// packages are Debian packages with wallpapers.
var packages = []string{
	"lomiri-wallpapers-16.04", "lomiri-wallpapers-20.04", "mate-backgrounds", "plasma-workspace-wallpapers", "ukui-wallpapers",
	"lxqt-themes", "xfdesktop4-data",
}

// The bounds of the sets, in pixels.
const (
	largeFrom = 8_500_000
	smallFrom = 2_000_000 // pictures that small ones are made of
)

// copies is how many names each picture has, so that a run takes long enough to
// be measured; no program that is measured looks whether it has seen the bytes.
var copies = map[string]int{"large": 2, "ten": 2, "small": 9}

// makeData fills the folders large, ten, small, originals and single, unless they
// are there.
func (b *bench) makeData(cache string) error {
	if _, err := os.Stat(filepath.Join(b.data, "complete")); err == nil {
		return nil
	}
	fmt.Fprintln(b.log, "making the pictures in", b.data)
	pictures, err := fetch(cache)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(b.data); err != nil {
		return err
	}
	var large, medium []string
	for _, p := range pictures {
		switch {
		case p.pixels >= largeFrom:
			large = append(large, p.path)
		case p.pixels >= smallFrom:
			medium = append(medium, p.path)
		}
	}
	made := filepath.Join(b.data, "made")
	if err := os.MkdirAll(made, 0o755); err != nil {
		return err
	}
	all := slices.Concat(large, medium)
	if _, err := command(b.reference, append([]string{"make", "2", made}, all...)...); err != nil {
		return err
	}
	small, err := filepath.Glob(filepath.Join(made, "*.jpg"))
	if err != nil {
		return err
	}
	for set, files := range map[string][]string{"large": large, "ten": every(large, 10), "small": small, "originals": all} {
		if err := link(filepath.Join(b.data, set), files, max(1, copies[set])); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(filepath.Join(b.data, "single"), 0o755); err != nil {
		return err
	}
	if _, err := command(b.reference, "enlarge", "1", filepath.Join(b.data, "single"), large[0]); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(b.data, "complete"), nil, 0o644)
}

type picture struct {
	path   string
	pixels int
	sum    [32]byte
}

// fetch downloads and unpacks the packages, and gives their photographs once
// each, the largest first.
func fetch(cache string) ([]picture, error) {
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, err
	}
	var found []picture
	for _, name := range packages {
		dir := filepath.Join(cache, name)
		if _, err := os.Stat(dir); err != nil {
			if _, err := command("sh", "-c", `cd "$1" && apt-get download -qq "$2" && dpkg-deb -x "$2"_*.deb "$2.new" && mv "$2.new" "$2" && rm "$2"_*.deb`, "sh", cache, name); err != nil {
				return nil, fmt.Errorf("package %s: %w", name, err)
			}
		}
		if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || !strings.HasSuffix(path, ".jpg") {
				return err
			}
			p, err := look(path)
			if err == nil && p.pixels >= smallFrom && !slices.ContainsFunc(found, func(o picture) bool { return o.sum == p.sum }) {
				found = append(found, p)
			}
			return err
		}); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(found, func(a, b picture) int { return b.pixels - a.pixels })
	return found, nil
}

func look(path string) (picture, error) {
	f, err := os.Open(path)
	if err != nil {
		return picture{}, err
	}
	defer f.Close()
	head, err := jpeg.DecodeConfig(f)
	if err != nil {
		return picture{}, fmt.Errorf("%s: %w", path, err)
	}
	data, err := os.ReadFile(path)
	return picture{path, head.Width * head.Height, sha256.Sum256(data)}, err
}

// every takes n of the files, spread over the list.
func every(files []string, n int) []string {
	var some []string
	for i := range min(n, len(files)) {
		some = append(some, files[i*len(files)/min(n, len(files))])
	}
	return some
}

// link gives each file names of its own in a folder, short and in order.
func link(dir string, files []string, copies int) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for c := range copies {
		for i, file := range files {
			name := strconv.Itoa(c) + "-" + fmt.Sprintf("%04d", i) + ".jpg"
			if err := os.Link(file, filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	return nil
}
