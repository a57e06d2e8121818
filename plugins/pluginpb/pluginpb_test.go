package pluginpb_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/exportd/exportd/plugins/pluginpb"
)

// The committed code is what protoc would write: it holds the same descriptors.
// Comments are not in them; `plugins/proto/generate --check` compares those too.
func TestTheGeneratedCodeIsCurrent(t *testing.T) {
	out := filepath.Join(t.TempDir(), "set")
	cmd := exec.Command("protoc", "-I", ".", "--descriptor_set_out="+out, "exportd/plugin/v1/plugin.proto", "exportd/plugin/v1/encoder.proto", "exportd/plugin/v1/macro.proto")
	cmd.Dir = "../proto"
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%smend: apt-get install protobuf-compiler", err, text)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var set descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(data, &set); err != nil {
		t.Fatal(err)
	}
	committed := map[string]*descriptorpb.FileDescriptorProto{
		"exportd/plugin/v1/plugin.proto":  protodesc.ToFileDescriptorProto(pluginpb.File_exportd_plugin_v1_plugin_proto),
		"exportd/plugin/v1/encoder.proto": protodesc.ToFileDescriptorProto(pluginpb.File_exportd_plugin_v1_encoder_proto),
		"exportd/plugin/v1/macro.proto":   protodesc.ToFileDescriptorProto(pluginpb.File_exportd_plugin_v1_macro_proto),
	}
	if len(set.File) != len(committed) {
		t.Errorf("%d files, want %d", len(set.File), len(committed))
	}
	for _, f := range set.File {
		if !proto.Equal(f, committed[f.GetName()]) {
			t.Errorf("%s: the committed code is old; mend: make proto", f.GetName())
		}
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]bool{
		"qoi": true, "a1-b": true, "": false, "-a": false, "a-": false, "1a": false, "Qoi": false, "a/b": false, "..": false,
		"abcdefghijklmnopqrstuvwxyzabcdef": true, "abcdefghijklmnopqrstuvwxyzabcdefg": false,
	} {
		if got := pluginpb.ValidName(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"zoom", "Zoom", true}, {"zoom", "zooms", false}, {"zoom-*", "zoom-", true}, {"zoom-*", "zoom-4", true}, {"zoom-*", "zoo", false},
		{"*", "anything", true}, {"*-s", "card-s", true}, {"*-s", "-ss", false}, {"a*b*c", "abc", true}, {"a*b*c", "aXbYbZc", true},
		{"a*b*c", "acb", false}, {"ab*ba", "aba", false}, {"**", "", true}, {"", "", true},
	} {
		if got := pluginpb.MatchMacro(c.pattern, c.name); got != c.want {
			t.Errorf("%s against %s: %v", c.name, c.pattern, got)
		}
	}
}
