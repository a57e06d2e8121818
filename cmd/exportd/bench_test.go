package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/exportd/exportd/cmd/exportd/internal/manyfiles"
)

// BenchmarkPeakMemory runs jobs of 1,000 and of 100,000 assets and measures the
// largest memory of either process. The goal: the large job takes no more than
// 15 % more than the small one, but for 100 bytes an asset.
func BenchmarkPeakMemory(b *testing.B) {
	program := filepath.Join(b.TempDir(), "exportd") // a name that TestMain knows
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	if err := os.Symlink(self, program); err != nil {
		b.Fatal(err)
	}
	for _, job := range []struct{ name, how string }{
		{"original", "fmt = 'orig'\n"},
		{"convert", "fmt = 'convert'\nis_modifier = 'wid=20&fmt=jpeg'\n"},
	} {
		for _, n := range []int{1000, 100_000} {
			b.Run(fmt.Sprintf("%s-%d", job.name, n), func(b *testing.B) {
				for b.Loop() {
					parent, child := peaks(b, program, job.how, n)
					b.ReportMetric(float64(parent)/1e6, "parent-MB")
					b.ReportMetric(float64(child)/1e6, "child-MB")
				}
			})
		}
	}
}

// peaks runs a job of n assets.
func peaks(b *testing.B, program, how string, n int) (parent, child int64) {
	b.Helper()
	dir := b.TempDir()
	if err := manyfiles.Make(dir, "../../testdata/made/one.png", n); err != nil {
		b.Fatal(err)
	}
	for name, text := range map[string]string{
		"exportd.toml": "[deliver]\ndurable = false\n",
		"job.toml":     "jobName = 'many'\n[exportJob]\nassetHandleFile = 'handles.txt'\n" + how,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	cmd := exec.Command(program, "run", "job.toml", "-o", "out")
	cmd.Dir = dir
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			if err != nil {
				b.Fatal(err)
			}
			return parent, child
		case <-time.After(20 * time.Millisecond):
		}
		parent = max(parent, peak(cmd.Process.Pid))
		if children, err := allChildren(cmd.Process.Pid); err == nil {
			for _, pid := range strings.Fields(string(children)) {
				number, _ := strconv.Atoi(pid)
				child = max(child, peak(number))
			}
		}
	}
}

// peak is 0 for a process that is gone.
func peak(pid int) int64 {
	bytes, _ := manyfiles.PeakMemory(strconv.Itoa(pid))
	return bytes
}
