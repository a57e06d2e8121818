package target

import (
	"fmt"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/diag"
)

func TestSettingsAreThoseOfTheLongestBeginning(t *testing.T) {
	all, err := Encode(map[string]Settings{"s3://b": {AccessKey: "bucket"}, "s3://b/deep/": {AccessKey: "deep"}, "s3://b/deep/part": {Parallel: 3}, "sftp://ann@h:2222": {User: "ann"}})
	if err != nil {
		t.Fatal(err)
	}
	for address, want := range map[string]string{
		"s3://b": "bucket", "s3://b/x?region=eu": "bucket", "s3://b/deep": "deep", "s3://b/deep/er": "deep", "s3://b/deep/part/x": "deep", "s3://b/deeper": "bucket",
		"s3://bb": "", "s3://": "", "": "", "https://b": "",
	} {
		if got, err := Lookup(all, address); err != nil || got.AccessKey != want {
			t.Errorf("%q: %q, %v", address, got.AccessKey, err)
		}
	}
	if got, err := Lookup(all, "sftp://ann@h:2222/in"); err != nil || got.User != "ann" || got.AtOnce() != 8 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestSettingsNeverPrint(t *testing.T) {
	all, err := Encode(map[string]Settings{"s3://b": {SecretKey: "canary"}})
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%v %+v %#v", all, all, struct{ x any }{all}); strings.Contains(text, "canary") {
		t.Error(text)
	}
}

func TestASecretThatIsNotThereIsNamed(t *testing.T) {
	t.Setenv("NOT_THERE", "")
	s := Settings{Address: "s3://b", SecretKey: "env:NOT_THERE"}
	_, err := s.Secret("secret_key", s.SecretKey)
	if d := diag.From(err, ""); d == nil || d.Code != diag.TargetDenied || !strings.Contains(d.Message, "NOT_THERE") || !strings.Contains(d.Message, "secret_key") {
		t.Errorf("got %v", err)
	}
}
