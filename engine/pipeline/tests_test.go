package pipeline_test

import (
	"testing"

	"github.com/exportd/exportd/engine/pipeline"
	"github.com/google/go-cmp/cmp"
)

func TestRefusesWhatIsWrongInATest(t *testing.T) {
	const head = "version = 1\n[test.'a b']\nasset = 'a.jpg'\njob = { is_modifier = 'fmt=png' }\n"
	for _, c := range []struct{ name, text, want string }{
		{"nothing is expected", head, "E-KEY-MISSING f:2:7: test.\"a b\".expect is missing | write expect = { path = \"a.jpg\" } for what is delivered, or code = \"E-…\" for what fails\n"},
		{"an unknown code", head + "code = 'E-IMAGE-CORUPT'\n", "E-KEY-VALUE f:5:1: code is \"E-IMAGE-CORUPT\", which no outcome has | did you mean \"E-IMAGE-CORRUPT\"?\n"},
		{"a misspelt key", head + "code = 'E-IMAGE-CORRUPT'\nexpct = 1\n", "E-KEY-UNKNOWN f:6:1: unknown key \"expct\" in test.\"a b\" | did you mean \"expect\"?\n"},
		{"a misspelt key of expect", head + "expect = { path = 'a', widht = 1 }\n", "E-KEY-UNKNOWN f:5:24: unknown key \"widht\" in test.\"a b\".expect | did you mean \"width\"?\n"},
		{"a misspelt key in an array", head + "expect = [{ path = 'a' }, { path = 'b', widht = 1 }]\n",
			"E-KEY-UNKNOWN f:5:41: unknown key \"widht\" in test.\"a b\".expect[1] | did you mean \"width\"?\n"},
		{"no path", head + "expect = { width = 1 }\n", "E-KEY-MISSING f:5:1: test.\"a b\".expect.path is missing | write the name of the file that is delivered\n"},
		{"expect of another type", head + "expect = 'a'\n", "E-KEY-TYPE f:5:1: test.\"a b\".expect must be a table or an array of tables, found a string\n"},
		{"a width of nothing", head + "expect = { path = 'a', width = 0 }\n", "E-KEY-VALUE f:5:24: test.\"a b\".expect.width is 0, it must be at least 1\n"},
		{"a format", head + "expect = { path = 'a', format = 'jpg' }\n", "E-KEY-VALUE f:5:24: test.\"a b\".expect.format is \"jpg\", it must be one of jpeg, png, tiff, gif, webp | did you mean \"jpeg\"?\n"},
		{"a tolerance without a golden", head + "expect = { path = 'a', tolerance = 1 }\n",
			"E-KEY-VALUE f:5:24: test.\"a b\".expect.tolerance is given without golden | add golden = \"golden/a.png\"\n"},
		{"a tolerance below 0", head + "expect = { path = 'a', golden = 'b', tolerance = -1 }\n", "E-KEY-VALUE f:5:38: test.\"a b\".expect.tolerance is -1, it must be 0 to 100\n"},
		{"a job that converts to nothing", "version = 1\n[test.a]\nasset = 'a'\ncode = 'E-TARGET'\n",
			"E-KEY-MISSING f:2:7: test.a.job.is_modifier is missing | a job that converts has one: write job = { is_modifier = \"fmt=png\" }\n"},
		{"a job of another fmt", "version = 1\n[test.a]\nasset = 'a'\ncode = 'E-TARGET'\njob = { fmt = 'original' }\n",
			"E-KEY-VALUE f:5:9: test.a.job.fmt is \"original\", it must be orig or convert | write fmt = \"convert\"\n"},
		{"no asset", "version = 1\n[test.a]\njob = { fmt = 'orig' }\ncode = 'E-TARGET'\n", "E-KEY-MISSING f:2:7: test.a.asset is missing | write asset = \"photos/cat.png\"\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := pipeline.Parse("f", []byte(c.text), registry(t))
			if diff := cmp.Diff(c.want, show(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
