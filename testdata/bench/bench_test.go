package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every workload runs once over three photographs, by exportd and by C, which a
// machine that builds exportd can do; what it takes is not looked at. The others
// need programs that tests do without.
func TestEveryWorkloadRunsAndItsPicturesAreRight(t *testing.T) {
	dir := t.TempDir()
	b := &bench{
		program: filepath.Join(dir, "exportd"), reference: filepath.Join(dir, "reference"), data: filepath.Join(dir, "data"),
		work: filepath.Join(dir, "work"), log: io.Discard, looked: 1,
	}
	if _, err := command("go", "build", "-o", b.program, "github.com/exportd/exportd/cmd/exportd"); err != nil {
		t.Fatal(err)
	}
	if err := buildReference(b.reference); err != nil {
		t.Fatal(err)
	}
	photographs := []string{"../photos/fig.jpg", "../photos/lamp.jpg", "../photos/nature/mountain.jpg"}
	for _, set := range []string{"large", "ten", "small", "originals"} {
		copyAs(t, filepath.Join(b.data, set), photographs)
	}
	copyAs(t, filepath.Join(b.data, "single"), []string{"../photos/nuthatch.jpg"})
	if err := os.Mkdir(b.work, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, w := range workloads() {
		w.rows = without(w.rows, oneCore, fiveJobs)
		r, err := b.measure(w, 1)
		if err != nil {
			t.Errorf("%s: %v", w.name, err)
			continue
		}
		for _, row := range r.rows {
			want := r.count * max(1, len(w.outputs))
			if got := r.last(row.name).files; got != want {
				t.Errorf("%s, %s: %d files, want %d", w.name, row.name, got, want)
			}
			if wrong := r.wrongSize(row.name); wrong != "" {
				t.Errorf("%s, %s: %s", w.name, row.name, wrong)
			}
			for name, s := range r.last(row.name).scores {
				if s.psnr < 25 || s.ssim < 0.85 {
					t.Errorf("%s, %s: %s has %.2f dB, SSIM %.4f: another picture", w.name, row.name, name, s.psnr, s.ssim)
				}
			}
		}
		if table := r.markdown(); strings.Count(table, "\n| ") != len(r.rows)+1 {
			t.Errorf("%s: %d rows, and this table:\n%s", w.name, len(r.rows), table)
		}
	}
}

// without leaves rows out.
func without(rows func(*bench, []string) []row, names ...string) func(*bench, []string) []row {
	return func(b *bench, files []string) []row {
		var kept []row
		for _, r := range rows(b, files) {
			if r.name != names[0] && r.name != names[1] && r.name != ourQuick && r.name != limitProfile {
				kept = append(kept, r)
			}
		}
		return kept
	}
}

func copyAs(t *testing.T, dir string, files []string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for i, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.jpg", i)), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTablesReplaceThoseInTheREADME(t *testing.T) {
	readme := filepath.Join(t.TempDir(), "README.md")
	if err := os.WriteFile(readme, []byte("before\n"+tablesBegin+"\nold\n"+tablesEnd+"\nafter\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := replaceTables(readme, "new"); err != nil {
		t.Fatal(err)
	}
	got, _ := os.ReadFile(readme)
	if want := "before\n" + tablesBegin + "\n\nnew\n" + tablesEnd + "\nafter\n"; string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := os.WriteFile(readme, []byte("no marks"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := replaceTables(readme, "new"); err == nil {
		t.Error("a README without marks was written")
	}
}
