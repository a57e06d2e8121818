package pipeline_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/pipeline"
	"github.com/google/go-cmp/cmp"
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

func TestRefusesWhatIsWrongAtTheTop(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no version", "name = 'a'\n", "E-KEY-MISSING f:1:1: version is missing | write version = 1 at the top\n"},
		{"another version", "version = 2\n", "E-KEY-VALUE f:1:1: version is 2, this exportd reads version 1 | write version = 1\n"},
		{"version of another type", "version = '1'\n", "E-KEY-TYPE f:1:1: version must be an integer, found a string | write it without quotes\n"},
		{"misspelt keys", "version = 1\nnane = 'x'\n[default]\n[Require]\n",
			"E-KEY-UNKNOWN f:2:1: unknown key \"nane\" | did you mean \"name\"?\n" +
				"E-KEY-UNKNOWN f:3:2: unknown key \"default\" | did you mean \"defaults\"?\n" +
				"E-KEY-UNKNOWN f:4:2: unknown key \"Require\" | did you mean \"require\"?\n"},
		{"keys of tables below", "version = 1\non_error = 'report'\nkind = 'encode'\n",
			"E-KEY-UNKNOWN f:2:1: unknown key \"on_error\" | \"on_error\" belongs under [defaults]\n" +
				"E-KEY-UNKNOWN f:3:1: unknown key \"kind\" | \"kind\" belongs under [stage.NAME]\n"},
		{"an array of stages", "version = 1\n[[stage]]\nkind = 'resolve'\n",
			"E-KEY-TYPE f:2:3: stage must be a table, found an array of tables | write [stage.NAME], not [[stage]]\n"},
		{"defaults", "version = 1\n[defaults]\non_error = 'Report'\ntimeout = '0s'\nnon_convertible = 'originl'\n",
			"E-KEY-VALUE f:3:1: defaults.on_error is \"Report\", it must be report, fail-job or the name of a stage | write on_error = \"report\"\n" +
				"E-KEY-VALUE f:4:1: defaults.timeout is 0s, it must be more than 0 | write a duration such as \"2m\"\n" +
				"E-KEY-VALUE f:5:1: defaults.non_convertible is \"originl\", it must be one of original, skip, fail | did you mean \"original\"?\n"},
		{"a timeout without a unit", "version = 1\n[defaults]\ntimeout = 120\n",
			"E-KEY-TYPE f:3:1: defaults.timeout must be a duration such as \"2m\" or \"500ms\", found an integer\n"},
		{"a requirement of an unknown class", "version = 1\nrequire.plugins.jxr = '1'\n",
			"E-KEY-UNKNOWN f:2:9: unknown key \"plugins\" in require | did you mean \"plugin\"?\n"},
		{"attributes of no plan", "version = 1\n[attributes]\nMaxPix = '1,1'\n",
			"E-KEY-UNKNOWN f:2:2: unknown key \"attributes\" | attributes belong into exportd.toml, only a compiled plan has its own\n"},
		{"a test that is no table", "version = 1\ntest.'a b' = 1\n", "E-KEY-TYPE f:2:6: test.\"a b\" must be a table, found an integer\n"},
		{"a stage twice", "version = 1\n[stage.a]\n[stage.a]\n", "E-TOML-SYNTAX f:3:2: key 'stage.a' has already been defined\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := pipeline.Parse("f", []byte(c.text), registry(t))
			if diff := cmp.Diff(c.want, show(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRefusesWhatIsWrongInAStage(t *testing.T) {
	const head = "version = 1\n[stage.s]\n"
	const encode = head + "kind = 'encode'\nfrom = 'a'\n"
	const kinds = "resolve, decode, transform, encode, deliver"
	for _, c := range []struct{ name, text, want string }{
		{"no kind", head, "E-KEY-MISSING f:2:8: stage.s.kind is missing | the kinds are " + kinds + "\n"},
		{"an unknown kind", head + "kind = 'delivr'\n", "E-STAGE-KIND f:3:1: unknown kind \"delivr\", the kinds are " + kinds + " | did you mean \"deliver\"?\n"},
		{"a kind of another type", head + "kind = 1\n", "E-KEY-TYPE f:3:1: stage.s.kind must be a string, found an integer | write it in quotes\n"},
		{"a kind in another case", head + "Kind = 'resolve'\n",
			"E-KEY-MISSING f:2:8: stage.s.kind is missing | the kinds are " + kinds + "\n" +
				"E-KEY-UNKNOWN f:3:1: unknown key \"Kind\" in stage.s | did you mean \"kind\"?\n"},
		{"no table", "version = 1\nstage.s = 1\n", "E-KEY-TYPE f:2:7: stage.s must be a table, found an integer\n"},
		{"a bad name", "version = 1\n[stage.'A b']\nkind = 'resolve'\n",
			"E-KEY-VALUE f:2:8: \"A b\" cannot name a stage | a name is made of a to z, 0 to 9 and -, starts with no -, and has at most 64 letters\n"},
		{"a source that reads", head + "kind = 'resolve'\nfrom = 'x'\n",
			"E-STAGE-FROM f:4:1: stage \"s\" starts the pipeline (kind resolve), it reads from nothing | delete from\n"},
		{"no from", head + "kind = 'encode'\n",
			"E-STAGE-FROM f:2:8: stage \"s\" (kind encode) does not say what it reads from | write from = \"the name of a stage\"\n"},
		{"an empty from", head + "kind = 'encode'\nfrom = []\n",
			"E-STAGE-FROM f:4:1: stage \"s\" reads from nothing | write from = \"the name of a stage\"\n"},
		{"from twice", head + "kind = 'encode'\nfrom = ['a', 'b', 'a']\n", "E-STAGE-FROM f:4:1: stage \"s\" reads from \"a\" twice | delete one\n"},
		{"from of another type", head + "kind = 'encode'\nfrom = 1\n",
			"E-KEY-TYPE f:4:1: stage.s.from must be a string or an array of strings, found an integer | write it in quotes\n"},
		{"an unknown key", encode + "timout = '1s'\n", "E-KEY-UNKNOWN f:5:1: unknown key \"timout\" in stage.s | did you mean \"timeout\"?\n"},
		{"a param beside params", encode + "quality = 85\n", "E-KEY-UNKNOWN f:5:1: unknown key \"quality\" in stage.s | \"quality\" belongs under [stage.s.params]\n"},
		{"a misspelt param beside params", encode + "qualty = 85\n",
			"E-KEY-UNKNOWN f:5:1: unknown key \"qualty\" in stage.s | did you mean \"quality\", which belongs under [stage.s.params]?\n"},
		{"a key of retry", encode + "attempts = 1\n", "E-KEY-UNKNOWN f:5:1: unknown key \"attempts\" in stage.s | \"attempts\" belongs under [stage.s.retry]\n"},
		{"a key of defaults", encode + "non_convertible = 'skip'\n", "E-KEY-UNKNOWN f:5:1: unknown key \"non_convertible\" in stage.s | \"non_convertible\" belongs under [defaults]\n"},
		{"an unknown param", encode + "[stage.s.params]\n  qualty = 85\n", "E-KEY-UNKNOWN f:6:3: unknown key \"qualty\" in stage.s.params | did you mean \"quality\"?\n"},
		{"a stage's key under params", encode + "params = { workers = 2, size = 1 }\n",
			"E-KEY-UNKNOWN f:5:12: unknown key \"workers\" in stage.s.params | \"workers\" belongs under [stage.s]\n" +
				"E-KEY-UNKNOWN f:5:25: unknown key \"size\" in stage.s.params | the keys here are quality, lossless\n"},
		{"params that the kind has not", head + "kind = 'resolve'\nparams = { size = 1 }\n",
			"E-KEY-UNKNOWN f:4:12: unknown key \"size\" in stage.s.params | leave it out, no keys are taken here\n"},
		{"params of another type", encode + "params = 1\n", "E-KEY-TYPE f:5:1: stage.s.params must be a table, found an integer\n"},
		{"types of params", encode + "params = { quality = '85', lossless = 1 }\n",
			"E-KEY-TYPE f:5:12: stage.s.params.quality must be an integer, found a string | write it without quotes\n" +
				"E-KEY-TYPE f:5:28: stage.s.params.lossless must be a boolean, found an integer\n"},
		{"a string of params", head + "kind = 'transform'\nfrom = 'a'\nparams = { modifier = 1, origins = ['a', 2] }\n",
			"E-KEY-TYPE f:5:12: stage.s.params.modifier must be a string (a modifier), found an integer | write it in quotes\n" +
				"E-KEY-TYPE f:5:42: stage.s.params.origins[1] must be a string, found an integer | write it in quotes\n"},
		{"no array", head + "kind = 'transform'\nfrom = 'a'\nparams = { modifier = '', origins = 'a' }\n",
			"E-KEY-TYPE f:5:27: stage.s.params.origins must be an array of strings, found a string | write [\"a\"]\n"},
		{"an enum", head + "kind = 'decode'\nfrom = 'a'\nparams.shrink = 'of'\n",
			"E-KEY-VALUE f:5:8: stage.s.params.shrink is \"of\", it must be one of auto, off | did you mean \"off\"?\n"},
		{"required params", head + "kind = 'deliver'\nfrom = 'a'\nparams.nam = ''\n",
			"E-KEY-MISSING f:5:1: stage.s.params.to is missing | a stage of kind deliver needs it\n" +
				"E-KEY-MISSING f:5:1: stage.s.params.name is missing | a stage of kind deliver needs it\n" +
				"E-KEY-UNKNOWN f:5:8: unknown key \"nam\" in stage.s.params | did you mean \"name\"?\n"},
		{"required params without params", head + "kind = 'transform'\nfrom = 'a'\n",
			"E-KEY-MISSING f:2:8: stage.s.params.modifier is missing | what to do with the picture\n"},
		{"retry", encode + "retry = { attempts = 0, base = '-1s', max = '0s' }\n",
			"E-KEY-VALUE f:5:11: stage.s.retry.attempts is 0, it must be 1 to 100\n" +
				"E-KEY-VALUE f:5:25: stage.s.retry.base is -1s, it must be more than 0 | write a duration such as \"2m\"\n" +
				"E-KEY-VALUE f:5:39: stage.s.retry.max is 0s, it must be more than 0 | write a duration such as \"2m\"\n"},
		{"retry without attempts", encode + "retry = { base = '2s', max = '1s' }\n",
			"E-KEY-MISSING f:5:1: stage.s.retry.attempts is missing | write attempts = 3\n" +
				"E-KEY-VALUE f:5:24: stage.s.retry.max is 1s, less than base | max is the longest wait, base the first\n"},
		{"too many retries", encode + "retry.attempts = 101\n", "E-KEY-VALUE f:5:7: stage.s.retry.attempts is 101, it must be 1 to 100\n"},
		{"workers, timeout and on_error", encode + "workers = 0\ntimeout = '-1s'\non_error = ''\n",
			"E-KEY-VALUE f:5:1: stage.s.workers is 0, it must be at least 1\n" +
				"E-KEY-VALUE f:6:1: stage.s.timeout is -1s, it must be more than 0 | write a duration such as \"2m\"\n" +
				"E-KEY-VALUE f:7:1: stage.s.on_error is \"\", it must be report, fail-job or the name of a stage | write on_error = \"report\"\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := pipeline.Parse("f", []byte(c.text), registry(t))
			if diff := cmp.Diff(c.want, show(err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBoundsTheNumberOfStagesAndOfErrors(t *testing.T) {
	many := func(n int, kind string) string {
		var b strings.Builder
		b.WriteString("version = 1\n")
		for i := range n {
			fmt.Fprintf(&b, "[stage.s%d]\nkind = '%s'\n", i, kind)
		}
		return b.String()
	}
	if _, err := pipeline.Parse("f", []byte(many(256, "resolve")), registry(t)); err != nil {
		t.Errorf("256 stages: %v", err)
	}
	_, err := pipeline.Parse("f", []byte(many(300, "resolve")), registry(t))
	if got := show(err); got != "E-KEY-VALUE f:514:8: 300 stages, more than the 256 that a pipeline may have | split the pipeline in two\n" {
		t.Error(got)
	}
	_, err = pipeline.Parse("f", []byte(many(200, "x")), registry(t))
	if got := len(diag.All(err, diag.InternalError)); got != 100 {
		t.Errorf("%d errors", got)
	}
	_, err = pipeline.Parse("f", make([]byte, pipeline.MaxBytes+1), registry(t))
	if diag.From(err, "").Code != diag.FileSize {
		t.Errorf("a file of 1 MiB and a byte: %v", err)
	}
}
