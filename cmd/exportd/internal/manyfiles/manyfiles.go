// Package manyfiles helps benches of large jobs: it makes a folder of many files
// that take no room, and reads how much memory a process has had.
package manyfiles

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// linksPerFile is below what any file system lets one file have.
const linksPerFile = 10_000

// Make makes n files in dir, which are links to a few copies of a picture, and
// handles.txt, which names them, one a line.
func Make(dir, picture string, n int) error {
	data, err := os.ReadFile(picture)
	if err != nil {
		return err
	}
	list, err := os.Create(filepath.Join(dir, "handles.txt"))
	if err != nil {
		return err
	}
	defer list.Close()
	out := bufio.NewWriter(list)
	for i := range n {
		handle, err := link(dir, i, filepath.Ext(picture), data)
		if err != nil {
			return err
		}
		fmt.Fprintln(out, handle)
	}
	return out.Flush()
}

func link(dir string, i int, ext string, data []byte) (handle string, err error) {
	source := filepath.Join(dir, fmt.Sprintf("source%d%s", i/linksPerFile, ext))
	folder := fmt.Sprintf("d%04d", i/1000)
	if i%linksPerFile == 0 {
		if err := os.WriteFile(source, data, 0o644); err != nil {
			return "", err
		}
	}
	if i%1000 == 0 {
		if err := os.Mkdir(filepath.Join(dir, folder), 0o755); err != nil {
			return "", err
		}
	}
	handle = fmt.Sprintf("%s/f%07d%s", folder, i, ext)
	return handle, os.Link(source, filepath.Join(dir, handle))
}

// PeakMemory is the largest resident memory that a living process has had so far,
// in bytes. pid is its number, or self.
func PeakMemory(pid string) (int64, error) {
	text, err := os.ReadFile(filepath.Join("/proc", pid, "status"))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kilobytes, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, fmt.Errorf("process %s has no memory", pid)
}
