package main

import (
	"fmt"
	"strings"
)

// markdown is the workload's table, and its goals behind it.
func (r *result) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s: %s\n\n%d pictures. Ratios are to exportd: above 1 is slower, or more.\n\n", r.name, r.title, r.count)
	fmt.Fprintf(&b, "| | wall s | CPU s | wall ratio | CPU ratio | tree MB | files | MB written | PSNR dB | SSIM |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, row := range r.rows {
		last := r.last(row.name)
		fmt.Fprintf(&b, "| %s | %.2f | %.2f | %.2f | %.2f | %.0f | %d | %.1f | %s |\n", row.name,
			r.median(row.name, wall), r.median(row.name, cpu), r.ratio(row.name, wall, ours), r.ratio(row.name, cpu, ours),
			r.median(row.name, memory), last.files, float64(last.bytes)/1e6, r.looks(row.name))
	}
	b.WriteByte('\n')
	for _, g := range r.goals {
		b.WriteString(r.verdict(g))
	}
	if psnr, ssim, ok := r.behind(sharpRow); ok {
		fmt.Fprintf(&b, "- our worst picture against sharp's of the same: %.2f dB, %.4f SSIM behind; goal: at most 0.30 dB, or 0.0050 SSIM: %s\n", psnr, ssim, met(psnr <= 0.3 || ssim <= 0.005))
	}
	return b.String()
}

// looks is a row's quality.
func (r *result) looks(row string) string {
	if size := r.wrongSize(row); size != "" {
		return size + " | wrong size"
	}
	psnr, ssim, ok := r.quality(row)
	if !ok {
		return "|"
	}
	return fmt.Sprintf("%.2f | %.4f", psnr, ssim)
}

func (r *result) ratio(row, figure, to string) float64 {
	base := r.median(to, figure)
	if base == 0 {
		return 0
	}
	return r.median(row, figure) / base
}

func (r *result) verdict(g goal) string {
	if len(r.samples[g.of]) == 0 || g.against != "" && len(r.samples[g.against]) == 0 {
		return fmt.Sprintf("- %s of %s against %s: not measured, for that program is missing\n", g.metric, g.of, g.against)
	}
	if g.against == "" {
		found := r.median(g.of, g.metric)
		return fmt.Sprintf("- %s of %s: %.0f; goal: at most %.0f: %s\n", g.metric, g.of, found, g.most, met(found <= g.most))
	}
	found := r.ratio(g.of, g.metric, g.against)
	return fmt.Sprintf("- %s of %s against %s: %.2f; goal: at most %.2f: %s\n", g.metric, g.of, g.against, found, g.most, met(found <= g.most))
}

func met(ok bool) string {
	if ok {
		return "met"
	}
	return "**missed**"
}
