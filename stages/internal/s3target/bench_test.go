package s3target

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/exportd/exportd/stages/deliver/target"
	"github.com/exportd/exportd/stages/internal/blob/blobtest"
)

// BenchmarkUpload sends 400 files of 100 kB, eight at once, to one server: with
// this target, and with rclone copy, which is the measure.
func BenchmarkUpload(b *testing.B) {
	const n, atOnce = 400, 8
	s := blobtest.Start(b)
	src := b.TempDir()
	var files []target.File
	for i := range n {
		content := make([]byte, 100_000)
		copy(content, fmt.Sprint("file ", i))
		sum := sha256.Sum256(content)
		f := target.File{Name: fmt.Sprintf("d%d/%d.bin", i%10, i), Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:])}
		f.Temp = filepath.Join(src, filepath.FromSlash(f.Name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(f.Temp), 0o700), os.WriteFile(f.Temp, content, 0o600)); err != nil {
			b.Fatal(err)
		}
		files = append(files, f)
	}
	round := 0
	bucket := func() string { round++; return fmt.Sprintf("bucket-%d", round) }
	b.Run("target", func(b *testing.B) {
		for b.Loop() {
			made, staging := open(b, s.Address(b, bucket()), false)
			next := make(chan target.File)
			var workers sync.WaitGroup
			for range atOnce {
				workers.Go(func() {
					for f := range next {
						if err := made.Prepare(b.Context(), f); err != nil {
							b.Error(err)
						}
					}
				})
			}
			for _, f := range files {
				next <- f
			}
			close(next)
			workers.Wait()
			if err := errors.Join(made.Close(), staging.Close()); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "files/s")
	})
	b.Run("rclone", func(b *testing.B) {
		for b.Loop() {
			name := bucket()
			_ = s.Address(b, name)
			cmd := exec.CommandContext(b.Context(), blobtest.Rclone(b), "copy", src, ":s3:"+name, "--transfers", fmt.Sprint(atOnce), "--config", os.DevNull,
				"--s3-provider", "Rclone", "--s3-endpoint", s.Endpoint, "--s3-access-key-id", blobtest.AccessKey, "--s3-secret-access-key", blobtest.SecretKey)
			if out, err := cmd.CombinedOutput(); err != nil {
				b.Fatalf("%v\n%s", err, out)
			}
		}
		b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "files/s")
	})
}
