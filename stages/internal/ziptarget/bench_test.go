package ziptarget

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/report"
	"github.com/exportd/exportd/stages/deliver/target"
)

// BenchmarkFinish writes an archive of 100,000 small files: cpu-s is what it
// takes, peak-MB the most memory that the process ever had.
func BenchmarkFinish(b *testing.B) {
	const n = 100_000
	root := b.TempDir()
	spool := filepath.Join(root, ".exportd", "zip-1")
	m := target.Manifest{File: filepath.Join(root, "m")}
	manifest, err := os.Create(m.File)
	if err != nil {
		b.Fatal(err)
	}
	whole := sha256.New()
	lines := json.NewEncoder(io.MultiWriter(manifest, whole))
	for i := range n {
		text := fmt.Sprintf("\xff\xd8\xffthe small picture %d %s", i, strings.Repeat("x", i%400))
		sum := sumOf(text)
		err := lines.Encode(report.Entry{Handle: asset.Handle(fmt.Sprint(i)), Name: fmt.Sprintf("d%d/%d.jpg", i%100, i), Bytes: int64(len(text)), SHA256: sum, SourceSHA256: sum})
		if err != nil {
			b.Fatal(err)
		}
		path := filepath.Join(spool, spooled(sum))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	if err := manifest.Close(); err != nil {
		b.Fatal(err)
	}
	m.SHA256 = hex.EncodeToString(whole.Sum(nil))
	for b.Loop() {
		made, staging := openAt(root, Split{})
		before := spent()
		parts, err := made.cfg.parts(m)
		if err == nil {
			err = made.write(context.Background(), parts, m)
		}
		b.ReportMetric(spent()-before, "cpu-s")
		if err := errors.Join(err, made.Close(), staging.Close()); err != nil {
			b.Fatal(err)
		}
		if err := os.Remove(filepath.Join(root, "out", "pack.zip")); err != nil {
			b.Fatal(err)
		}
	}
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(use.Maxrss)/1024, "peak-MB")
}

// spent gives the CPU seconds of the process.
func spent() float64 {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0
	}
	return float64(use.Utime.Sec+use.Stime.Sec) + float64(use.Utime.Usec+use.Stime.Usec)/1e6
}
