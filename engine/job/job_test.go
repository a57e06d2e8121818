package job_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/job"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// show writes each diagnostic in one line: code, place, message and hint.
func show(err error) string {
	var b strings.Builder
	for _, d := range diag.All(err, diag.InternalError) {
		fmt.Fprintf(&b, "%s %s", d.Code, d.Error())
		if d.Hint != "" {
			fmt.Fprintf(&b, " | %s", d.Hint)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

const full = `
jobName = "spring | 1"
[exportJob]
assetHandleArray = ["a.jpg", "#b.tif"]
fmt          = "convert"
is_modifier  = "&fmt=png"
macro        = "$card$"
emailSetting = "ErrorAndWarning"
clientId     = "203.0.113.9"
`

const fullJSON = `{
  "jobName": "spring | 1",
  "exportJob": {
    "assetHandleArray": ["a.jpg", "#b.tif"],
    "fmt": "convert", "is_modifier": "&fmt=png", "macro": "$card$",
    "emailSetting": "ErrorAndWarning", "clientId": "203.0.113.9"
  }
}`

func TestReadsAJobAsTOMLAndAsJSON(t *testing.T) {
	want := &job.Job{
		Name: "spring | 1", Handles: []asset.Handle{"a.jpg", "#b.tif"}, Format: "convert", Modifier: "&fmt=png",
		Macro: "$card$", EmailSetting: "ErrorAndWarning", ClientID: "203.0.113.9",
	}
	for name, text := range map[string]string{"j.toml": full, "j.json": fullJSON, "posted": "\ufeff \n" + fullJSON} {
		got, err := job.Parse(name, []byte(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(job.Job{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestTheLeastJobHasDefaults(t *testing.T) {
	j, err := job.Parse("j", []byte("jobName='a'\nexportJob={assetHandleArray=['x'],fmt='orig',macro=' ',is_modifier=''}"))
	if err != nil {
		t.Fatal(err)
	}
	if j.EmailSetting != "None" || j.Macro != "" || j.Modifier != "" || j.ClientID != "" {
		t.Errorf("got %+v", j)
	}
}

func TestRefusesWhatIsWrongInAJob(t *testing.T) {
	const head = "jobName = 'a'\n[exportJob]\n"
	const orig = head + "fmt = 'orig'\nassetHandleArray = ['x']\n"
	for _, c := range []struct{ name, text, want string }{
		{"nothing at all", "",
			"E-KEY-MISSING j:1:1: jobName is missing | write jobName = \"…\" at the top of the job\n" +
				"E-KEY-MISSING j:1:1: exportJob is missing | a job has a table exportJob with the assets and the fmt\n"},
		{"an empty table", head,
			"E-JOB-FMT j:2:2: fmt is missing, it must be orig or convert | write fmt = \"orig\" or fmt = \"convert\"\n" +
				"E-JOB-EMPTY j:2:2: the job names no assets | fill assetHandleArray or name an assetHandleFile\n"},
		{"no table", "jobName = 'a'\nexportJob = 1\n", "E-KEY-TYPE j:2:1: exportJob must be a table, found an integer\n"},
		{"another fmt", head + "assetHandleArray = ['x']\nfmt = 'png'\n",
			"E-JOB-FMT j:4:1: fmt is \"png\", it must be orig or convert | write fmt = \"orig\" or fmt = \"convert\"\n"},
		{"fmt in another case", head + "assetHandleArray = ['x']\nfmt = 'Orig'\n",
			"E-JOB-FMT j:4:1: fmt is \"Orig\", it must be orig or convert | did you mean \"orig\"?\n"},
		{"fmt of another type", head + "assetHandleArray = ['x']\nfmt = 1\n",
			"E-KEY-TYPE j:4:1: exportJob.fmt must be a string, found an integer | write it in quotes\n"},
		{"convert without a modifier", head + "assetHandleArray = ['x']\nfmt = 'convert'\nmacro = ' '\n",
			"E-JOB-CONVERT j:4:1: fmt is convert, but neither is_modifier nor macro is given | add is_modifier = \"&fmt=png\" or macro = \"$name$\"\n"},
		{"an empty array", head + "fmt = 'orig'\nassetHandleArray = []\n",
			"E-JOB-EMPTY j:4:1: the job names no assets | fill assetHandleArray or name an assetHandleFile\n"},
		{"a blank file", head + "fmt = 'orig'\nassetHandleFile = ''\n",
			"E-JOB-EMPTY j:4:1: the job names no assets | fill assetHandleArray or name an assetHandleFile\n"},
		{"array and file", orig + "assetHandleFile = 'h.txt'\n",
			"E-KEY-VALUE j:5:1: both assetHandleArray and assetHandleFile are given | keep one of them\n"},
		{"a blank handle", head + "fmt = 'orig'\nassetHandleArray = ['x', '',\n ' ', 3]\n",
			"E-KEY-VALUE j:4:26: exportJob.assetHandleArray[1] is blank | name an asset, or delete it\n" +
				"E-KEY-VALUE j:5:2: exportJob.assetHandleArray[2] is blank | name an asset, or delete it\n" +
				"E-KEY-TYPE j:5:7: exportJob.assetHandleArray[3] must be a string, found an integer | write it in quotes\n"},
		{"an email in another case", orig + "emailSetting = 'all'\n",
			"E-KEY-VALUE j:5:1: emailSetting is \"all\", it must be one of All, Error, ErrorAndWarning, JobCompletion, None | did you mean \"All\"?\n"},
		{"a misspelt key", orig + "is_modifer = ''\nemailsetting = 'None'\n",
			"E-KEY-UNKNOWN j:5:1: unknown key \"is_modifer\" in exportJob | did you mean \"is_modifier\"?\n" +
				"E-KEY-UNKNOWN j:6:1: unknown key \"emailsetting\" in exportJob | did you mean \"emailSetting\"?\n"},
		{"a key at the wrong level", "fmt = 'orig'\n" + orig,
			"E-KEY-UNKNOWN j:1:1: unknown key \"fmt\" | \"fmt\" belongs under [exportJob]\n"},
		{"JSON", "{\"jobName\": 1,\n\"exportJob\": {\"fmt\": \"orig\", \"Macro\": \"\", \"assetHandleArray\": [\"\"]}}",
			"E-KEY-TYPE j:1:2: jobName must be a string, found an integer | write it in quotes\n" +
				"E-KEY-UNKNOWN j:2:30: unknown key \"Macro\" in exportJob | did you mean \"macro\"?\n" +
				"E-KEY-VALUE j:2:64: exportJob.assetHandleArray[0] is blank | name an asset, or delete it\n"},
		{"a key twice in JSON", "{\"jobName\": \"a\",\n \"jobName\": \"b\"}", "E-JSON-SYNTAX j:2:2: the key \"jobName\" stands twice\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := job.Parse("j", []byte(c.text))
			if diff := cmp.Diff(c.want, show(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestJobNameMustBeAFolderName(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{`""`, "E-KEY-MISSING j:1:1: jobName is blank | give the job a name\n"},
		{`" \t"`, "E-KEY-MISSING j:1:1: jobName is blank | give the job a name\n"},
		{`"a/b"`, "E-KEY-VALUE j:1:1: jobName must not contain / or \\ | it names the output folder\n"},
		{`'a\b'`, "E-KEY-VALUE j:1:1: jobName must not contain / or \\ | it names the output folder\n"},
		{`".."`, "E-KEY-VALUE j:1:1: jobName must not be .. | it names the output folder\n"},
		{`"."`, "E-KEY-VALUE j:1:1: jobName must not be . | it names the output folder\n"},
		{`"a\u0085"`, "E-KEY-VALUE j:1:1: jobName must not contain control characters | it names the output folder\n"},
		{`"` + strings.Repeat("é", 101) + `"`, "E-KEY-VALUE j:1:1: jobName has 202 bytes, allowed are 200 | it names the output folder\n"},
		{`"` + strings.Repeat("é", 100) + `"`, ""},
		{`"..a | b: c"`, ""},
	} {
		_, err := job.Parse("j", []byte("jobName = "+c.name+"\n[exportJob]\nfmt='orig'\nassetHandleArray=['x']"))
		if diff := cmp.Diff(c.want, show(err)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestReadNamesAMissingJobAsTyped(t *testing.T) {
	t.Chdir(t.TempDir())
	_, err := job.Read("./nope.toml")
	if got := show(err); got != "E-FILE-MISSING no job file at ./nope.toml | check the path\n" {
		t.Error(got)
	}
	if _, err := job.Read("."); diag.From(err, "").Code != diag.FileRead {
		t.Errorf("a folder as job: %v", err)
	}
	big := filepath.Join(t.TempDir(), "big.toml")
	if err := os.WriteFile(big, make([]byte, job.MaxBytes+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := job.Read(big); diag.From(err, "").Code != diag.FileSize {
		t.Errorf("a job of 16 MiB and a byte: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(full)
	f.Add(fullJSON)
	f.Add("{\"exportJob\": {\"assetHandleArray\": [1, null, [\"\"]]}}")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		j, err := job.Parse(filepath.Join(dir, "j"), []byte(text))
		if err != nil {
			for _, d := range diag.All(err, diag.InternalError) {
				if d.Code == diag.InternalError || d.Line < 1 {
					t.Fatalf("%q: %s without a place: %v", text, d.Code, d)
				}
			}
			return
		}
		if n, err := j.Count(); j.HandleFile == "" && (err != nil || n == 0) {
			t.Fatalf("%q: a job of %d handles, %v", text, n, err)
		}
	})
}
