package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The figures of a run.
const (
	wall   = "wall s"
	cpu    = "CPU s"
	memory = "tree MB"
)

// sample is one run: its figures, what it wrote and how good that is.
type sample struct {
	figures map[string]float64
	files   int
	bytes   int64
	scores  map[string]score // by file name, of the last round
}

// result is a workload with all its samples.
type result struct {
	workload
	rows    []row
	samples map[string][]sample
	count   int // pictures
}

// measure runs every row once a round, one after the other.
func (b *bench) measure(w workload, rounds int) (*result, error) {
	files, err := filepath.Glob(filepath.Join(b.data, w.set, "*.jpg"))
	if err != nil || len(files) == 0 {
		return nil, errors.Join(err, fmt.Errorf("no pictures in %s", filepath.Join(b.data, w.set)))
	}
	r := &result{workload: w, samples: map[string][]sample{}, count: len(files)}
	for _, row := range w.rows(b, files) {
		if row.name != "" {
			r.rows = append(r.rows, row)
		}
	}
	for round := range rounds {
		for _, row := range r.rows {
			fmt.Fprintf(b.log, "%s, round %d of %d: %s\n", w.name, round+1, rounds, row.name)
			s, err := b.once(row)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", row.name, err)
			}
			if round == rounds-1 && !row.unnamed {
				if s.scores, err = b.score(w, files); err != nil {
					return nil, fmt.Errorf("%s: %w", row.name, err)
				}
			}
			r.samples[row.name] = append(r.samples[row.name], s)
		}
	}
	return r, b.fault
}

// once runs a row into an empty folder.
func (b *bench) once(r row) (sample, error) {
	out := filepath.Dir(b.out("x"))
	if err := errors.Join(os.RemoveAll(out), os.MkdirAll(out, 0o755)); err != nil {
		return sample{}, err
	}
	syscall.Sync() // what the row before has left to the disk is not this one's to wait for
	var words strings.Builder
	cmd := exec.Command(r.command[0], r.command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(r.stdin), nil, &words
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return sample{}, err
	}
	stop, peak := make(chan struct{}), make(chan int64)
	go watch(cmd.Process.Pid, stop, peak)
	err := cmd.Wait()
	took := time.Since(begun)
	close(stop)
	most := <-peak
	if err != nil {
		return sample{}, fmt.Errorf("%w: %s", err, strings.TrimSpace(words.String()))
	}
	state := cmd.ProcessState
	s := sample{figures: map[string]float64{
		wall: took.Seconds(), cpu: (state.UserTime() + state.SystemTime()).Seconds(), memory: float64(most) / 1e6,
	}}
	err = filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == ".exportd":
			return fs.SkipDir
		case d.IsDir() || strings.HasPrefix(d.Name(), "manifest.") || d.Name() == "sums":
			return nil
		}
		info, err := d.Info()
		if err == nil {
			s.files, s.bytes = s.files+1, s.bytes+info.Size()
		}
		return err
	})
	return s, err
}

// watch adds up the resident memory of a process and what it started, fifty
// times a second, and gives the most. Pages that processes share count for each.
func watch(pid int, stop <-chan struct{}, peak chan<- int64) {
	var most int64
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		most = max(most, resident(pid))
		select {
		case <-stop:
			peak <- most
			return
		case <-tick.C:
		}
	}
}

func resident(pid int) int64 {
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	var size, pages int64
	text, _ := os.ReadFile(filepath.Join(proc, "statm")) // gone already: nothing
	_, _ = fmt.Sscan(string(text), &size, &pages)
	total := pages * int64(os.Getpagesize())
	lists, _ := filepath.Glob(filepath.Join(proc, "task", "*", "children"))
	for _, list := range lists {
		text, _ := os.ReadFile(list)
		for _, child := range strings.Fields(string(text)) {
			if n, err := strconv.Atoi(child); err == nil {
				total += resident(n)
			}
		}
	}
	return total
}

// median of a figure of a row; 0 without samples.
func (r *result) median(row, figure string) float64 {
	var all []float64
	for _, s := range r.samples[row] {
		all = append(all, s.figures[figure])
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}
