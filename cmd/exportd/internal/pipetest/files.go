package pipetest

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/exportd/exportd/cmd/exportd/internal/colourdiff"
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/pipeline"
)

// judgeFiles wants each expected file, and no other.
func (s *single) judgeFiles(delivered []asset.Delivered, dir string) error {
	for _, d := range delivered {
		if !slices.ContainsFunc(s.test.Expect, func(e pipeline.Expect) bool { return e.Path == d.Name }) {
			s.wrong("%s was delivered, which no expect names", d.Name)
		}
	}
	for _, e := range s.test.Expect {
		if !slices.ContainsFunc(delivered, func(d asset.Delivered) bool { return d.Name == e.Path }) {
			s.wrong("%s was not delivered", e.Path)
			continue
		}
		if err := s.judgeFile(e, filepath.Join(dir, filepath.FromSlash(e.Path))); err != nil {
			return err
		}
	}
	return nil
}

func (s *single) judgeFile(e pipeline.Expect, file string) error {
	if e.Width > 0 || e.Height > 0 || e.Format != "" {
		s.judgePicture(e, file)
	}
	if e.Golden == "" {
		return nil
	}
	before := len(s.result.Wrong)
	err := s.judgeGolden(e, file)
	if err != nil || len(s.result.Wrong) == before || !s.Update || s.beside(e.Golden) == s.beside(s.test.Asset) {
		return err
	}
	s.result.Wrong = s.result.Wrong[:before]
	return s.write(e, file)
}

func (s *single) judgePicture(e pipeline.Expect, file string) {
	got, err := colourdiff.Read(file)
	if err != nil {
		s.wrong("%s cannot be decoded: %v", e.Path, err)
		return
	}
	w, h := got.Bounds().Dx(), got.Bounds().Dy()
	if e.Width > 0 && e.Width != w || e.Height > 0 && e.Height != h {
		s.wrong("%s is %d x %d pixels", e.Path, w, h)
	}
	if e.Format != "" && e.Format != got.Format {
		s.wrong("%s is %s, not %s", e.Path, got.Format, e.Format)
	}
}

// judgeGolden compares with the golden: by its bytes, else by its colours.
func (s *single) judgeGolden(e pipeline.Expect, file string) error {
	want, err := os.ReadFile(s.beside(e.Golden))
	if errors.Is(err, fs.ErrNotExist) {
		s.wrong("the golden %s does not exist; -update writes it", e.Golden)
		return nil
	}
	got, reading := os.ReadFile(file)
	if err := errors.Join(err, reading); err != nil {
		return diag.New(diag.FileRead, "compare %s: %w", e.Path, err)
	}
	if bytes.Equal(want, got) {
		return nil
	}
	a, err := colourdiff.Read(s.beside(e.Golden))
	b, reading := colourdiff.Read(file)
	if err := errors.Join(err, reading); err != nil {
		s.wrong("%s differs from %s, and they cannot be compared as pictures: %v", e.Path, e.Golden, err)
		return nil
	}
	switch mean, err := colourdiff.Mean(a, b); {
	case err != nil:
		s.wrong("%s differs from %s: %v", e.Path, e.Golden, err)
	case mean > e.Tolerance:
		s.wrong("%s differs from %s by a mean of %.2f, allowed is %g", e.Path, e.Golden, mean, e.Tolerance)
	}
	return nil
}

// write makes what was delivered the golden. Only a golden that no longer fits is
// written, and never the test's own asset.
func (s *single) write(e pipeline.Expect, file string) error {
	golden := s.beside(e.Golden)
	data, err := os.ReadFile(file)
	if err != nil {
		return diag.New(diag.FileRead, "read %s: %w", e.Path, err)
	}
	if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
		return diag.New(diag.TargetDenied, "write a golden: %w", err)
	}
	if err := os.WriteFile(golden, data, 0o644); err != nil {
		return diag.New(diag.TargetDenied, "write a golden: %w", err)
	}
	s.result.Written = append(s.result.Written, e.Golden)
	return nil
}
