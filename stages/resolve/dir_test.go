package resolve

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

const png = "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"

// tree makes a catalog: names ending in a slash are folders.
func tree(t *testing.T, records map[string]RecordConfig, files map[string]string) (*Dir, string) {
	t.Helper()
	// The folder above t.TempDir is closed to other users.
	if err := os.Chmod(filepath.Dir(t.TempDir()), 0o755); err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(t.TempDir(), "photos")
	for name, content := range files {
		full := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dirOf(t, root, records, false), root
}

func dirOf(t *testing.T, root string, records map[string]RecordConfig, sidecars bool) *Dir {
	t.Helper()
	originals, err := OpenOriginals(OriginalsConfig{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDir(DirConfig{Originals: originals, Records: records, Sidecars: sidecars})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

func one(t *testing.T, d *Dir, who Caller, h asset.Handle) Answer {
	t.Helper()
	answers, err := d.Resolve(context.Background(), who, []asset.Handle{h})
	if err != nil || len(answers) != 1 {
		t.Fatalf("Resolve(%q) = %v, %v", h, answers, err)
	}
	if (answers[0].Asset == nil) == (answers[0].Err == nil) {
		t.Fatalf("Resolve(%q) gave %+v", h, answers[0])
	}
	return answers[0]
}

func TestAFileIsAnAsset(t *testing.T) {
	d, root := tree(t, nil, map[string]string{"nature/Ünïcode 1.PNG": png})
	got := one(t, d, Caller{}, "nature/Ünïcode 1.PNG").Asset
	want := &asset.Asset{
		Handle: "nature/Ünïcode 1.PNG", Type: "Image", Dir: "nature", File: "Ünïcode 1.PNG", Size: 16,
		Format: "png", Locator: "nature/Ünïcode 1.PNG",
	}
	info, err := os.Stat(filepath.Join(root, "nature", "Ünïcode 1.PNG"))
	if err != nil || !got.Modified.Equal(info.ModTime()) || got.ETag == "" {
		t.Errorf("modified %v, ETag %q: %v", got.Modified, got.ETag, err)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(asset.Asset{}, "Modified", "ETag")); diff != "" {
		t.Error(diff)
	}
	src, err := d.Open(context.Background(), got)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if b, err := io.ReadAll(src); err != nil || string(b) != png {
		t.Errorf("read %q, %v", b, err)
	}
}

func TestAnswersKeepTheOrderOfTheHandles(t *testing.T) {
	d, _ := tree(t, nil, map[string]string{"a.png": png, "b.png": png})
	answers, err := d.Resolve(context.Background(), Caller{}, []asset.Handle{"b.png", "x", "a.png", "b.png"})
	if err != nil || len(answers) != 4 {
		t.Fatal(answers, err)
	}
	if answers[0].Asset.Handle != "b.png" || answers[1].Err == nil || answers[2].Asset.Handle != "a.png" || answers[3].Asset.Handle != "b.png" {
		t.Errorf("%+v", answers)
	}
}

func TestHandlesThatNameNothing(t *testing.T) {
	d, root := tree(t, nil, map[string]string{"pics/sunrise.jpg": png, "pics/empty.jpg": "", "other/x": "x", "pics/in.jpg": png})
	outside := filepath.Join(filepath.Dir(root), "secret.png")
	if err := os.WriteFile(outside, []byte(png), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{
		"abs.png": outside, "up.png": "../secret.png", "loop": "loop", "dirlink": "..", "self": ".", "pics/ok.png": "in.jpg",
		"pics/round.png": "../pics/in.jpg", "dangling": "nowhere",
	} {
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(root, "pipe"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		behaviour string
		handle    asset.Handle
		code      diag.Code
		hint      string
	}{
		{"a name nobody knows", "pics/zzzzzz.tif", diag.AssetUnknown, "check the handle"},
		{"a slip", "pics/sunrice.jpg", diag.AssetUnknown, `did you mean "pics/sunrise.jpg"?`},
		{"another case", "pics/SUNRISE.JPG", diag.AssetUnknown, `did you mean "pics/sunrise.jpg"?`},
		{"an unknown folder", "nowhere/a.jpg", diag.AssetUnknown, "check the handle"},
		{"a folder", "pics", diag.AssetUnknown, "name the files in it"},
		{"a name below a file", "pics/sunrise.jpg/a", diag.AssetUnknown, "check the handle"},
		{"backslashes", `pics\sunrise.jpg`, diag.AssetUnknown, `did you mean "pics/sunrise.jpg"?`},
		{"an absolute path", "/pics/sunrise.jpg", diag.AssetUnknown, `did you mean "pics/sunrise.jpg"?`},
		{"an absolute path outside", asset.Handle(outside), diag.AssetUnknown, "a handle is the path"},
		{"a path that climbs", "pics/../pics/sunrise.jpg", diag.AssetUnknown, `did you mean "pics/sunrise.jpg"?`},
		{"a path that climbs out", "../secret.png", diag.AssetUnknown, "a handle is the path"},
		{"a trailing slash", "pics/sunrise.jpg/", diag.AssetUnknown, `did you mean "pics/sunrise.jpg"?`},
		{"nothing", "", diag.AssetUnknown, "a handle is the path"},
		{"the root", ".", diag.AssetUnknown, ""},
		{"a zero byte", "pics/a\x00.jpg", diag.AssetUnknown, "check the handle"},
		{"a link to an absolute path", "abs.png", diag.AssetUnknown, ""},
		{"a link that climbs out", "up.png", diag.AssetUnknown, ""},
		{"a folder link that climbs out", "dirlink/secret.png", diag.AssetUnknown, ""},
		{"a link to the root", "self", diag.AssetUnknown, ""},
		{"a link to itself", "loop", diag.AssetUnknown, ""},
		{"a link to nothing", "dangling", diag.AssetUnknown, ""},
		{"a pipe", "pipe", diag.AssetUnknown, "no file"},
		{"a component that is too long", asset.Handle(strings.Repeat("n", 300)), diag.AssetUnknown, ""},
		{"a very long handle", asset.Handle(strings.Repeat("n/", 100_000) + "n"), diag.AssetUnknown, ""},
		{"an empty file", "pics/empty.jpg", diag.SourceEmpty, "replace the file"},
	} {
		got := one(t, d, Caller{}, c.handle).Err
		if got == nil || got.Code != c.code || !strings.Contains(got.Hint, c.hint) || got.Hint == "" {
			t.Errorf("%s: %#v", c.behaviour, got)
			continue
		}
		if strings.Contains(got.Message, "openat") || len(got.Message) > 400 || c.handle != asset.Handle(outside) && strings.Contains(got.Message+got.Hint, root) {
			t.Errorf("%s: the message leaks or is long: %s", c.behaviour, got.Message)
		}
	}
	for _, h := range []asset.Handle{"pics/ok.png", "pics/round.png"} {
		if a := one(t, d, Caller{}, h).Asset; a == nil || a.Locator != "pics/in.jpg" {
			t.Errorf("the link %s inside the root gave %+v", h, a)
		}
	}
}

func TestOpenTakesNothingThatWasSwapped(t *testing.T) {
	d, root := tree(t, nil, map[string]string{"d/a.png": png, "e/a.png": png})
	a := one(t, d, Caller{}, "d/a.png").Asset
	full := filepath.Join(root, "d", "a.png")
	refused := func(behaviour string) {
		t.Helper()
		src, err := d.Open(context.Background(), a)
		if err == nil {
			src.Close()
		}
		if got := diag.From(err, ""); got == nil || got.Code != diag.SourceRead {
			t.Errorf("%s: %v", behaviour, err)
		}
	}
	if err := os.Remove(full); err != nil {
		t.Fatal(err)
	}
	refused("removed")
	if err := os.Symlink("/etc/passwd", full); err != nil {
		t.Fatal(err)
	}
	refused("a link out of the root")
	os.Remove(full)
	if err := os.Symlink("../e/a.png", full); err != nil {
		t.Fatal(err)
	}
	refused("a link inside the root")
	os.Remove(full)
	if err := syscall.Mkfifo(full, 0o644); err != nil {
		t.Fatal(err)
	}
	refused("a pipe")
	os.RemoveAll(filepath.Join(root, "d"))
	if err := os.Symlink("e", filepath.Join(root, "d")); err != nil {
		t.Fatal(err)
	}
	refused("a folder became a link")
}

func TestRecordsAreStrongerThanTheFile(t *testing.T) {
	d, _ := tree(t, map[string]RecordConfig{
		"a.png":   {Type: "Template", SubType: "x", Modifier: "wid=5", Anchor: "1,2", Resolution: 300, Readers: []string{"u"}},
		"set":     {Type: "AssetSet", SubType: "SpinSet2D"},
		"a|7":     {Type: "ImageSet"},
		"set.xml": {Type: "ImageSet"},
		"ghost":   {Type: "Image"},
	}, map[string]string{"a.png": png, "set.xml": ""})
	a := one(t, d, Caller{}, "a.png").Asset
	if a.Type != "Template" || a.SubType != "x" || a.Record.Modifier != "wid=5" || a.Record.Anchor != "1,2" || a.Record.Resolution != 300 || a.Format != "png" {
		t.Errorf("%+v", a)
	}
	for _, h := range []asset.Handle{"set", "a|7", "set.xml"} {
		if a := one(t, d, Caller{}, h).Asset; a == nil || a.Size != 0 || a.Type.Exportable() {
			t.Errorf("%s: %+v", h, a)
		}
	}
	if got := one(t, d, Caller{}, "ghost").Err; got == nil || got.Code != diag.AssetUnknown {
		t.Errorf("a record without a file: %#v", got)
	}
}

func TestWhoMayReadWhat(t *testing.T) {
	d, root := tree(t, map[string]RecordConfig{
		"acme.png":   {Company: "acme"},
		"other.png":  {Company: "other"},
		"ann.png":    {Company: "acme", Readers: []string{"ann", "role:art"}},
		"set":        {Company: "other", Type: "ImageSet"},
		"vault/a.pn": {Company: "other"},
	}, map[string]string{"acme.png": png, "other.png": png, "ann.png": png, "free.png": png, "vault/a.pn": png})
	if err := os.Symlink("other.png", filepath.Join(root, "link.png")); err != nil {
		t.Fatal(err)
	}
	bob := Caller{Company: "acme", User: "bob"}
	for _, c := range []struct {
		who    Caller
		handle asset.Handle
		code   diag.Code
	}{
		{Caller{}, "other.png", ""}, {Caller{}, "ann.png", ""}, {Caller{User: "bob"}, "ann.png", ""},
		{bob, "acme.png", ""}, {bob, "free.png", ""},
		{bob, "other.png", diag.AssetUnknown}, {bob, "set", diag.AssetUnknown}, {bob, "link.png", diag.AssetUnknown},
		{bob, "ann.png", diag.AssetDenied},
		{Caller{Company: "acme"}, "ann.png", diag.AssetDenied},
		{Caller{Company: "acme", User: "role:art"}, "ann.png", diag.AssetDenied},
		{Caller{Company: "acme", User: "ann"}, "ann.png", ""},
		{Caller{Company: "acme", User: "bob", Roles: []string{"art"}}, "ann.png", ""},
		{Caller{Company: "other", User: "ann"}, "ann.png", diag.AssetUnknown},
	} {
		got := one(t, d, c.who, c.handle)
		switch {
		case c.code == "" && got.Asset == nil, c.code != "" && (got.Err == nil || got.Err.Code != c.code):
			t.Errorf("%+v %s: %+v", c.who, c.handle, got)
		}
	}
	// What belongs to another company answers as what does not exist, hint and all.
	foreign := one(t, d, bob, "other.png").Err
	if err := os.Remove(filepath.Join(root, "other.png")); err != nil {
		t.Fatal(err)
	}
	if absent := one(t, d, bob, "other.png").Err; foreign.Message != absent.Message || foreign.Hint != absent.Hint {
		t.Errorf("foreign %q %q, absent %q %q", foreign.Message, foreign.Hint, absent.Message, absent.Hint)
	}
	if got := one(t, d, bob, "othe.png").Err; strings.Contains(got.Hint, "other") {
		t.Errorf("a hint names what the caller may not see: %s", got.Hint)
	}
	if got := one(t, d, bob, "vault").Err; strings.Contains(got.Message, "folder") {
		t.Errorf("a folder of another company shows: %s", got.Message)
	}
}

func TestHandlesOfPaths(t *testing.T) {
	d, root := tree(t, nil, map[string]string{"p/a.png": png})
	if h, ok := d.HandleOf(filepath.Join(root, "p", "..", "p", "a.png")); h != "p/a.png" || !ok {
		t.Errorf("%q %t", h, ok)
	}
	for _, outside := range []string{root, filepath.Dir(root), "/etc/passwd"} {
		if h, ok := d.HandleOf(outside); ok {
			t.Errorf("%s is %q", outside, h)
		}
	}
}

func TestBadConfigurations(t *testing.T) {
	if _, err := OpenOriginals(OriginalsConfig{Root: filepath.Join(t.TempDir(), "none")}); diag.From(err, "").Code != diag.CatalogRoot {
		t.Errorf("no root: %v", err)
	}
	for _, record := range []RecordConfig{{Type: "imageset"}, {Resolution: -1}, {Readers: []string{""}}} {
		_, err := NewDir(DirConfig{Records: map[string]RecordConfig{"a": record}})
		if d := diag.From(err, ""); d == nil || d.Code != diag.KeyValue || d.Hint == "" {
			t.Errorf("%+v: %v", record, err)
		}
	}
}
