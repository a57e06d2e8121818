package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// originals is the modifier of a job that does not convert.
const originals = "original"

// rows are exportd, durable and not, C and sharp, and then others; programs that
// are missing have no row.
func (b *bench) rows(modifier, work string, files []string, others ...row) []row {
	list := []row{b.exportd(ours, modifier, files, true), b.exportd(ourQuick, modifier, files, false), b.c(limit, work, files), b.node(work, files)}
	return append(list, others...)
}

func (b *bench) folder(files []string) string { return filepath.Dir(files[0]) }

// out is a path in the folder that is emptied before each run.
func (b *bench) out(name string) string { return filepath.Join(b.work, "out", name) }

func threads() string { return strconv.Itoa(runtime.NumCPU()) }

// exportd runs one job; no modifier is the five renditions.
func (b *bench) exportd(name, modifier string, files []string, durable bool) row {
	return row{name: name, command: b.job(modifier, files, durable)}
}

// job writes a job with its configuration and gives the command that runs it.
func (b *bench) job(modifier string, files []string, durable bool) []string {
	b.jobs++
	pipeline := false
	base := filepath.Join(b.work, "job-"+strconv.Itoa(b.jobs))
	var list strings.Builder
	for _, f := range files {
		fmt.Fprintln(&list, filepath.Base(f))
	}
	if modifier == "" {
		pipeline, modifier = true, "bgc=ffffff" // the sizes are the pipeline's
	}
	how := fmt.Sprintf("fmt = \"convert\"\nis_modifier = %q\n", modifier)
	if modifier == originals {
		how = "fmt = \"orig\"\n"
	}
	job := fmt.Sprintf("jobName = \"bench\"\n[exportJob]\nassetHandleFile = %q\n%s", filepath.Base(base)+".txt", how)
	config := fmt.Sprintf("[catalog]\nkind = \"dir\"\nroot = %q\n[deliver]\ndurable = %v\n", b.folder(files), durable)
	for ext, text := range map[string]string{".txt": list.String(), ".toml": job, ".config.toml": config} {
		b.fault = errors.Join(b.fault, os.WriteFile(base+ext, []byte(text), 0o644))
	}
	command := []string{b.program, "run", base + ".toml", "-c", base + ".config.toml", "-o", b.out(filepath.Base(base)), "--fresh"}
	if pipeline {
		text, err := sources.ReadFile("renditions.toml")
		b.fault = errors.Join(b.fault, err, os.WriteFile(base+".pipeline.toml", text, 0o644))
		command = append(command, "-p", base+".pipeline.toml")
	}
	return command
}

// fiveJobs makes the renditions one job after the other.
func (b *bench) fiveJobs(files []string) row {
	var script strings.Builder
	for _, s := range sizes {
		fmt.Fprintf(&script, "'%s' || exit\n", strings.Join(b.job(s.modifier, files, true), "' '"))
	}
	return row{name: fiveJobs, unnamed: true, command: []string{"sh", "-c", script.String()}}
}

// c is the reference at work.
func (b *bench) c(name, work string, files []string) row {
	return row{name: name, command: append([]string{b.reference, work, threads(), filepath.Dir(b.out("x"))}, files...)}
}

func (b *bench) node(work string, files []string) row {
	if b.sharp == "" {
		return row{}
	}
	return row{name: sharpRow, command: append([]string{"node", b.sharp, work, threads(), filepath.Dir(b.out("x"))}, files...)}
}

// each runs a script, a program with its arguments, for n files at a time.
func (b *bench) each(name, program, script string, n int, files []string) row {
	if !b.peers || !installed(program) {
		return row{}
	}
	return row{
		name: name + " (xargs)", stdin: strings.Join(files, "\x00"),
		command: []string{"xargs", "-0", "-P" + threads(), "-n" + strconv.Itoa(n), "sh", "-c", script, filepath.Dir(b.out("x"))},
	}
}

func (b *bench) vipsthumbnail(width, quality int, files []string) row {
	script := fmt.Sprintf(`vipsthumbnail --vips-concurrency=1 --eprofile srgb -s %dx -o "$0/%%s.jpg[Q=%d,strip]" "$@"`, width, quality)
	return b.each("vipsthumbnail", "vipsthumbnail", script, 4, files)
}

func (b *bench) magick(name, program string, width, quality int, files []string) row {
	call := program
	if program == "gm" {
		call = "gm convert"
	}
	script := fmt.Sprintf(`for f; do n=${f##*/}; OMP_NUM_THREADS=1 %s -define jpeg:size=%dx%d -size %dx%d "$f" -auto-orient -resize %dx -strip -quality %d "$0/${n%%.*}.jpg"; done`,
		call, 2*width, 2*width, 2*width, 2*width, width, quality)
	return b.each(name, program, script, 4, files)
}
