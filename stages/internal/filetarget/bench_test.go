package filetarget

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/exportd/exportd/stages/deliver/target"
)

// BenchmarkDelivery brings 128 files of 100 kB to a folder, durable: as this
// target does, and as one would do it file by file (temporary file, fsync, rename,
// fsync of the folder), which is the measure.
func BenchmarkDelivery(b *testing.B) {
	const n = 128
	content := make([]byte, 100_000)
	b.Run("batch", func(b *testing.B) {
		root := b.TempDir()
		round := 0
		for b.Loop() {
			round++
			t := lay(setting{root: filepath.Join(root, fmt.Sprint(round))})
			var files []target.File
			for i := range n {
				copy(content, fmt.Sprint(round, i))
				f, temp, err := t.Temp()
				if err != nil {
					b.Fatal(err)
				}
				if _, err := f.Write(content); err != nil {
					b.Fatal(err)
				}
				f.Close()
				files = append(files, target.File{Name: fmt.Sprintf("%d.png", i), Temp: temp, Size: int64(len(content)), SHA256: sumOfText(string(content))})
			}
			if err := errors.Join(append(t.Commit(context.Background(), files), t.Close())...); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "files/s")
	})
	b.Run("file-by-file", func(b *testing.B) {
		root := b.TempDir()
		round := 0
		for b.Loop() {
			round++
			dir := filepath.Join(root, fmt.Sprint(round))
			if err := os.Mkdir(dir, 0o700); err != nil {
				b.Fatal(err)
			}
			for i := range n {
				copy(content, fmt.Sprint(round, i))
				_ = sumOfText(string(content)) // equal work
				name := filepath.Join(dir, fmt.Sprintf("%d.png", i))
				f, err := os.Create(name + ".tmp")
				if err != nil {
					b.Fatal(err)
				}
				_, err = f.Write(content)
				if err := errors.Join(err, f.Sync(), f.Close(), os.Rename(name+".tmp", name), fsyncPath(dir)); err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "files/s")
	})
}
