package main

import (
	"embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// bench is what all workloads share.
type bench struct {
	program   string // exportd, to be measured
	reference string // C on libvips
	sharp     string // its script, "" where node or sharp is missing
	data      string // folders of pictures
	work      string // jobs and outputs, removed at the end
	log       io.Writer

	looked int   // how many pictures of a workload are compared
	peers  bool  // whether others than C and sharp have rows
	jobs   int   // how many were written
	fault  error // of writing them
}

// prepare builds the reference, the pictures and what is needed of sharp.
func prepare(binary, cache string, log io.Writer) (*bench, error) {
	program, err := filepath.Abs(binary)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(program); err != nil {
		return nil, fmt.Errorf("%w: make build", err)
	}
	b := &bench{program: program, looked: 6, peers: true, reference: filepath.Join(cache, "reference"), data: filepath.Join(cache, "data"), log: log}
	if err := os.MkdirAll(b.data, 0o755); err != nil {
		return nil, err
	}
	if err := buildReference(b.reference); err != nil {
		return nil, err
	}
	if err := b.makeData(filepath.Join(cache, "packages")); err != nil {
		return nil, fmt.Errorf("the pictures: %w", err)
	}
	if b.sharp, err = installSharp(filepath.Join(cache, "sharp")); err != nil {
		fmt.Fprintf(log, "without sharp: %v\n", err)
	}
	b.work, err = os.MkdirTemp(cache, "work-")
	return b, err
}

func (b *bench) cleanUp() { _ = os.RemoveAll(b.work) }

// sources are what the bench itself is made of and is not Go.
//
//go:embed reference sharp renditions.toml
var sources embed.FS

// unpack writes the files of one of the folders to dir and gives their paths.
func unpack(folder, dir string) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	entries, err := sources.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, e := range entries {
		text, err := sources.ReadFile(folder + "/" + e.Name())
		if err != nil {
			return nil, err
		}
		paths = append(paths, filepath.Join(dir, e.Name()))
		if err := os.WriteFile(filepath.Join(dir, e.Name()), text, 0o644); err != nil {
			return nil, err
		}
	}
	return paths, nil
}

func buildReference(to string) error {
	flags, err := command("pkg-config", "--cflags", "--libs", "vips")
	if err != nil {
		return fmt.Errorf("%w: .ci/setup installs it", err)
	}
	files, err := unpack("reference", to+".source")
	if err != nil {
		return err
	}
	files = slices.DeleteFunc(files, func(f string) bool { return filepath.Ext(f) != ".c" })
	args := append([]string{"-O2", "-o", to}, files...)
	args = append(append(args, strings.Fields(flags)...), "-lpthread", "-lm")
	_, err = command("cc", args...)
	return err
}

// installSharp gives the path of the script beside an installed sharp.
func installSharp(dir string) (string, error) {
	if _, err := unpack("sharp", dir); err != nil {
		return "", err
	}
	if _, err := command("npm", "--prefix", dir, "install", "--no-audit", "--no-fund"); err != nil {
		return "", err
	}
	return filepath.Join(dir, "work.js"), nil
}

// command runs a command and gives what it prints, or its last words.
func command(name string, args ...string) (string, error) {
	var words strings.Builder
	cmd := exec.Command(name, args...)
	cmd.Stderr = &words
	text, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(words.String()))
	}
	return string(text), nil
}

// installed reports whether a program is there.
func installed(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}

// machine describes where the figures come from.
func (b *bench) machine(rounds int) string {
	version := func(name string, args ...string) string {
		text, err := command(name, args...)
		line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
		if err != nil || line == "" {
			return name + " missing"
		}
		return strings.TrimPrefix(line, "Version: ")
	}
	sharp := "sharp missing"
	if b.sharp != "" {
		sharp = version("node", b.sharp, "version")
	}
	libvips, _ := command("pkg-config", "--modversion", "vips")
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return fmt.Sprintf("%s, %d cores, Linux %s. %s (%s), libvips %s for exportd and C, %s, %s, %s. Medians of %d interleaved rounds.",
		processor(), runtime.NumCPU(), strings.TrimSpace(string(kernel)), version(b.program, "version"), runtime.Version(),
		strings.TrimSpace(libvips), sharp, firstWords(version("convert-im6.q16", "-version"), 2), firstWords(version("gm", "version"), 2), rounds)
}

func firstWords(text string, n int) string {
	words := strings.Fields(text)
	return strings.Join(words[:min(n, len(words))], " ")
}

func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
