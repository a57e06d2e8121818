package main

import (
	"errors"
	"fmt"
	"io"
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
		return printJSON(a.stdout, r.Summary)
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
	printWarnings(a.stderr, r.Summary.Warnings)
	return nil
}

// skips are the codes of assets that were skipped, which are told as they happen.
var skips = []diag.Code{diag.TypeUnsupported, diag.TemplateOriginal, diag.NotConverted}

// printWarnings says each kind of warning once, with the first asset that has it.
func printWarnings(w io.Writer, warnings []report.Issue) {
	var order []string
	seen := map[string][]report.Issue{}
	for _, issue := range warnings {
		if slices.Contains(skips, issue.Code) {
			continue
		}
		key := string(issue.Code) + issue.Message
		if seen[key] == nil {
			order = append(order, key)
		}
		seen[key] = append(seen[key], issue)
	}
	for _, key := range order {
		first, others := seen[key][0], ""
		if n := len(seen[key]) - 1; n > 0 {
			others = fmt.Sprintf(" (and %d more)", n)
		}
		fmt.Fprintf(w, "%s %s: %s%s: %s\n", first.Code.Severity(), first.Code, first.Handle, others, first.Message)
	}
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

// failedRun is the document of --json when a run did not come to its end.
type failedRun struct {
	report.Summary
	Error report.Issue `json:"error"`
}

// jsonError makes sure that --json leaves a document also when a run does not
// come to its end, with what is known of it, if anything. The error itself goes
// its usual way to stderr.
func (a *app) jsonError(known *report.Summary, err error) error {
	var done exit
	if err == nil || errors.As(err, &done) {
		return err
	}
	d := diag.From(err, diag.InternalError)
	doc := failedRun{Error: report.Issue{Code: d.Code, Message: d.Error(), Hint: d.Mend()}}
	if known != nil {
		doc.Summary = *known
	}
	doc.State, doc.Manifest = report.AllFailed, ""
	if doc.Failures == nil {
		doc.Failures, doc.Warnings = []report.Issue{}, []report.Issue{}
	}
	return errors.Join(err, printJSON(a.stdout, doc))
}
