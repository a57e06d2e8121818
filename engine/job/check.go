package job

import (
	"cmp"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/strict"
)

// text is a job as it is written.
type text struct {
	JobName   string    `toml:"jobName"`
	ExportJob exportJob `toml:"exportJob"`
}

type exportJob struct {
	AssetHandleArray []asset.Handle `toml:"assetHandleArray"`
	AssetHandleFile  string         `toml:"assetHandleFile"`
	Fmt              string         `toml:"fmt"`
	IsModifier       string         `toml:"is_modifier"`
	Macro            string         `toml:"macro"`
	EmailSetting     string         `toml:"emailSetting"`
	ClientID         string         `toml:"clientId"`
}

// maxName is how long a file name may be on the file systems that matter, less
// room for what is added to it; in bytes.
const maxName = 200

// maxFound is how many errors are worth reporting.
const maxFound = 100

// table is the key of the one table of a job.
const table = "exportJob"

// reader turns the text into a Job and gathers what is wrong. A key that was
// reported once already, as of a wrong type, is not judged again.
type reader struct {
	doc   *strict.Document
	text  text
	found diag.List
	sent  *string // the file of the handles of a request, "" for none; nil for a job file
}

func (r *reader) job(file string) (*Job, error) {
	e := r.text.ExportJob
	j := &Job{
		Name: r.text.JobName, Handles: e.AssetHandleArray, Format: e.Fmt,
		Modifier: unlessBlank(e.IsModifier), Macro: unlessBlank(e.Macro),
		EmailSetting: e.EmailSetting, ClientID: e.ClientID,
	}
	j.places = map[string]diag.Place{"is_modifier": r.place("is_modifier"), "macro": r.place("macro")}
	r.name(j)
	switch r.doc.Value(table).(type) {
	case nil:
		r.found.Add(diag.New(diag.KeyMissing, "%s is missing", table).At(r.doc.Place()).
			WithHint("a job has a table %s with the assets and the fmt", table))
	case map[string]any:
		r.format(j)
		r.handles(j, file)
		r.email(j)
	}
	if len(r.found) > 0 {
		slices.SortStableFunc(r.found, inText)
		return nil, r.found
	}
	return j, nil
}

// inText orders diagnostics as their places stand in the file.
func inText(a, b *diag.Diag) int {
	return cmp.Or(a.Line-b.Line, a.Column-b.Column)
}

// add reports d unless its place has been complained about.
func (r *reader) add(d *diag.Diag) {
	same := func(o *diag.Diag) bool { return o.Line == d.Line && o.Column == d.Column }
	if !slices.ContainsFunc(r.found, same) {
		r.found.Add(d)
	}
}

// place is that of a key of the exportJob table.
func (r *reader) place(key string) diag.Place { return r.doc.Place(table, key) }

func (r *reader) given(key string) bool { return r.doc.Value(table, key) != nil }

// blank reports a key that is absent or white space.
func (r *reader) blank(key string) bool {
	s, isString := r.doc.Value(table, key).(string)
	return !r.given(key) || isString && strings.TrimSpace(s) == ""
}

func (r *reader) name(j *Job) {
	place := r.doc.Place("jobName")
	wrong := func(what string) {
		r.add(diag.New(diag.KeyValue, "jobName %s", what).At(place).WithHint("it names the output folder"))
	}
	switch n := j.Name; {
	case r.doc.Value("jobName") == nil:
		r.found.Add(diag.New(diag.KeyMissing, "jobName is missing").At(place).WithHint(`write jobName = "…" at the top of the job`))
	case strings.TrimSpace(n) == "":
		r.add(diag.New(diag.KeyMissing, "jobName is blank").At(place).WithHint("give the job a name"))
	case strings.ContainsAny(n, `/\`):
		wrong(`must not contain / or \`)
	case n == "." || n == "..":
		wrong("must not be " + n)
	case strings.ContainsFunc(n, unicode.IsControl):
		wrong("must not contain control characters")
	case len(n) > maxName:
		wrong("has " + strconv.Itoa(len(n)) + " bytes, allowed are " + strconv.Itoa(maxName))
	}
}

func (r *reader) format(j *Job) {
	switch {
	case !r.given("fmt"):
		r.found.Add(diag.New(diag.JobFormat, "fmt is missing, it must be orig or convert").At(r.doc.Place(table)).
			WithHint(`write fmt = "orig" or fmt = "convert"`))
	case j.Format == FormatConvert && r.blank("is_modifier") && r.blank("macro"):
		r.found.Add(diag.New(diag.JobConvert, "fmt is convert, but neither is_modifier nor macro is given").At(r.place("fmt")).
			WithHint(`add is_modifier = "&fmt=png" or macro = "$name$"`))
	case j.Format != FormatOrig && j.Format != FormatConvert:
		r.add(diag.New(diag.JobFormat, "fmt is %q, it must be orig or convert", j.Format).At(r.place("fmt")).
			WithHint("%s", diag.DidYouMean(j.Format, []string{FormatOrig, FormatConvert}, `write fmt = "orig" or fmt = "convert"`)))
	}
}

func (r *reader) handles(j *Job, file string) {
	e := r.text.ExportJob
	switch {
	case r.sent != nil && r.given("assetHandleFile"):
		r.add(diag.New(diag.KeyValue, "assetHandleFile names a file of the daemon's machine").At(r.place("assetHandleFile")).
			WithHint("send the handles along, or in assetHandleArray"))
	case r.sent != nil && *r.sent != "" && r.given("assetHandleArray"):
		r.add(diag.New(diag.KeyValue, "handles were sent beside the job, and assetHandleArray is given").At(r.place("assetHandleArray")).
			WithHint("keep one of them"))
	case r.sent != nil && *r.sent != "":
		j.HandleFile = *r.sent
		if err := j.peek(); err != nil {
			r.found.Add(diag.From(err, diag.FileRead))
		}
	case r.given("assetHandleArray") && r.given("assetHandleFile"):
		r.add(diag.New(diag.KeyValue, "both assetHandleArray and assetHandleFile are given").At(r.place("assetHandleFile")).
			WithHint("keep one of them"))
	case strings.TrimSpace(e.AssetHandleFile) != "":
		r.handleFile(j, file)
	case len(e.AssetHandleArray) == 0:
		r.empty()
	}
	for i, h := range j.Handles {
		if strings.TrimSpace(string(h)) == "" && len(r.found) < maxFound {
			path := []string{table, "assetHandleArray", strconv.Itoa(i)}
			r.add(diag.New(diag.KeyValue, "%s is blank", r.doc.Name(path...)).At(r.doc.Place(path...)).
				WithHint("name an asset, or delete it"))
		}
	}
}

// empty reports a job without assets, at the key that is to blame.
func (r *reader) empty() {
	d := diag.New(diag.JobEmpty, "the job names no assets").WithHint("fill assetHandleArray or name an assetHandleFile")
	switch {
	case r.given("assetHandleArray"):
		r.add(d.At(r.place("assetHandleArray")))
	case r.given("assetHandleFile"):
		r.add(d.At(r.place("assetHandleFile")))
	default:
		r.found.Add(d.At(r.doc.Place(table)))
	}
}

func (r *reader) handleFile(j *Job, file string) {
	j.typed = r.text.ExportJob.AssetHandleFile
	j.place = r.place("assetHandleFile")
	j.HandleFile = j.typed
	if !filepath.IsAbs(j.HandleFile) {
		j.HandleFile = filepath.Join(filepath.Dir(file), j.HandleFile)
	}
	abs, err := filepath.Abs(j.HandleFile)
	if err != nil {
		r.add(diag.New(diag.FileRead, "find the handle file: %w", err).At(j.place))
		return
	}
	j.HandleFile = abs
	if err := j.peek(); err != nil {
		r.found.Add(diag.From(err, diag.FileRead))
	}
}

// emails are the values of emailSetting.
var emails = []string{"All", "Error", "ErrorAndWarning", "JobCompletion", "None"}

func (r *reader) email(j *Job) {
	if !r.given("emailSetting") {
		j.EmailSetting = "None"
		return
	}
	if !slices.Contains(emails, j.EmailSetting) {
		one := "it must be one of " + strings.Join(emails, ", ")
		r.add(diag.New(diag.KeyValue, "emailSetting is %q, %s", j.EmailSetting, one).At(r.place("emailSetting")).
			WithHint("%s", diag.DidYouMean(j.EmailSetting, emails, one)))
	}
}

func unlessBlank(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return s
}
