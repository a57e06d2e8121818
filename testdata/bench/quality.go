package main

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// score is how close a picture is to a full decode.
type score struct {
	width, height int
	psnr, ssim    float64 // dB, 99 for the same
}

// score compares some of the files that were written with the truth.
func (b *bench) score(w workload, files []string) (map[string]score, error) {
	scores := map[string]score{}
	if len(w.outputs) == 0 {
		return scores, nil
	}
	made := map[string]string{}
	err := filepath.WalkDir(filepath.Dir(b.out("x")), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			made[d.Name()] = path
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, file := range every(files, b.looked) {
		stem := strings.TrimSuffix(filepath.Base(file), ".jpg")
		for _, o := range w.outputs {
			path, ok := made[stem+o.suffix]
			if !ok {
				return nil, fmt.Errorf("%s was not made", stem+o.suffix)
			}
			line, err := command(b.reference, "compare", o.truth, file, path)
			if err != nil {
				return nil, err
			}
			var s score
			if _, err := fmt.Sscan(line, &s.width, &s.height, &s.psnr, &s.ssim); err != nil {
				return nil, fmt.Errorf("compare %s: %w", path, err)
			}
			scores[stem+o.suffix] = s
		}
	}
	return scores, nil
}

// wrongSize names a picture of a row that is not as wide as asked, or a row of
// pixels more or less high than ours; "" when all are right.
func (r *result) wrongSize(row string) string {
	mine := r.last(ours).scores
	for name, s := range r.last(row).scores {
		for _, o := range r.outputs {
			other := mine[name].height - s.height
			if strings.HasSuffix(name, o.suffix) && (o.width > 0 && s.width != o.width || other < -1 || other > 1) {
				return fmt.Sprintf("%s: %dx%d", name, s.width, s.height)
			}
		}
	}
	return ""
}

// quality is the mean of a row's scores.
func (r *result) quality(row string) (psnr, ssim float64, ok bool) {
	scores := r.last(row).scores
	for _, s := range scores {
		psnr, ssim = psnr+s.psnr, ssim+s.ssim
	}
	n := float64(len(scores))
	return psnr / n, ssim / n, n > 0
}

// behind is by how much our worst picture is behind another row's.
func (r *result) behind(other string) (psnr, ssim float64, ok bool) {
	mine := r.last(ours).scores
	for name, theirs := range r.last(other).scores {
		psnr, ssim = max(psnr, theirs.psnr-mine[name].psnr), max(ssim, theirs.ssim-mine[name].ssim)
		ok = true
	}
	return psnr, ssim, ok
}

func (r *result) last(row string) sample {
	all := r.samples[row]
	if len(all) == 0 {
		return sample{}
	}
	return all[len(all)-1]
}
