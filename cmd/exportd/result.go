package main

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"path"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/exportd/exportd/cmd/exportd/internal/export"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/report"
)

// tableRows is the largest job whose assets are all listed; of a larger one the
// table shows failures and skips only.
const tableRows = 50

// printResult writes the result of a run to stdout.
func (a *app) printResult(r *export.Result, asJSON bool) error {
	if asJSON {
		return report.WriteDocument(a.stdout, r.Summary, r.Journal, nil)
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ASSET\tOUTCOME\tOUTPUT\tPIXELS\tBEFORE\tAFTER\tSECONDS")
	all := r.Summary.Counts.Total <= tableRows
	listed, others := 0, 0
	for row, err := range r.Rows() {
		switch {
		case err != nil:
			return err
		case !all && row.Line.Outcome == report.Exported:
		case !all && listed == tableRows:
			others++
		default:
			printRow(w, row)
			listed++
		}
	}
	if listed > 0 {
		if err := w.Flush(); err != nil {
			return err
		}
	}
	if others > 0 {
		fmt.Fprintf(a.stdout, "and %d more that were not exported; --json lists them all\n", others)
	}
	printTotals(a.stdout, r.Summary)
	return printWarnings(a.stderr, r.Journal.Warnings())
}

// skips are the codes of assets that were skipped, which are told as they happen.
var skips = []diag.Code{diag.TypeUnsupported, diag.TemplateOriginal, diag.NotConverted}

// warningRows is how many kinds of warnings are told.
const warningRows = 50

// warning is a kind of them: how many assets have it, and the first.
type warning struct {
	report.Issue
	assets int
}

// printWarnings says each kind of warning once, with the first asset that has it.
func printWarnings(w io.Writer, warnings iter.Seq2[report.Issue, error]) error {
	type kind struct {
		code    diag.Code
		message string
	}
	var told []*warning
	seen := map[kind]*warning{}
	others := 0
	for issue, err := range warnings {
		if err != nil {
			return err
		}
		of := kind{issue.Code, issue.Message}
		switch {
		case slices.Contains(skips, issue.Code):
		case seen[of] != nil:
			seen[of].assets++
		case len(told) == warningRows:
			others++
		default:
			seen[of] = &warning{issue, 1}
			told = append(told, seen[of])
		}
	}
	for _, first := range told {
		more := ""
		if first.assets > 1 {
			more = fmt.Sprintf(" (and %d more)", first.assets-1)
		}
		fmt.Fprintf(w, "%s %s: %s%s: %s\n", first.Code.Severity(), first.Code, first.Handle, more, first.Message)
	}
	if others > 0 {
		fmt.Fprintf(w, "and %d more warnings; --json lists them all\n", others)
	}
	return nil
}

// printRow writes one asset, a line for each file it left.
func printRow(w io.Writer, row export.Row) {
	seconds := fmt.Sprintf("%.2f", row.Line.Seconds)
	before := size(row.Before)
	if len(row.Delivered) == 0 {
		fmt.Fprintf(w, "%s\t%s\t%s\t\t%s\t\t%s\n", row.Handle, row.Line.Outcome, row.Line.Code, before, seconds)
		return
	}
	outcome := string(row.Line.Outcome)
	for i, d := range row.Delivered {
		pixels := ""
		if d.Width > 0 {
			pixels = fmt.Sprintf("%dx%d", d.Width, d.Height)
		}
		if i > 0 {
			row.Handle, outcome, before, seconds = "", "", "", ""
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", row.Handle, outcome, path.Clean(d.Name), pixels, before, size(d.Bytes), seconds)
	}
}

func printTotals(w io.Writer, s *report.Summary) {
	c := s.Counts
	fmt.Fprintf(w, "\n%s: %d exported, %d skipped, %d failed, %d in all\n", strings.ToLower(strings.ReplaceAll(string(s.State), "_", " ")), c.Exported, c.Skipped, c.Failed, c.Total)
	if s.Manifest != "" {
		fmt.Fprintf(w, "manifest: %s\n", s.Manifest)
	}
}

// size writes a number of bytes for people.
func size(n int64) string {
	switch {
	case n == 0:
		return ""
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

// told is an error that is in the document on stdout already.
type told struct{ error }

// Unwrap gives the error.
func (t told) Unwrap() error { return t.error }

// jsonError makes sure that --json leaves a document also when a run does not
// begin. The error itself goes its usual way to stderr.
func (a *app) jsonError(job string, err error) error {
	var done exit
	var said told
	if err == nil || errors.As(err, &done) || errors.As(err, &said) {
		return err
	}
	return errors.Join(err, a.printTrouble(&report.Summary{State: report.AllFailed, Job: job}, nil, err))
}

// printTrouble writes the document of a run that did not come to its end.
func (a *app) printTrouble(s *report.Summary, j *report.Journal, err error) error {
	d := diag.From(err, diag.InternalError)
	return report.WriteDocument(a.stdout, s, j, &report.Issue{Code: d.Code, Message: d.Error(), Hint: d.Mend()})
}
