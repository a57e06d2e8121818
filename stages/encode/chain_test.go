//go:build cgo

package encode_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/modifier"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/decode"
	"github.com/exportd/exportd/stages/encode"
	"github.com/exportd/exportd/stages/transform"
)

const made = "../../testdata/made/"

// line is decode, one transform and encode, as a plan would wire them.
type line struct {
	stages  []stage.Stage
	scratch string
}

func newLine(t *testing.T, env stage.Env, text string) *line {
	t.Helper()
	env.Scratch = t.TempDir()
	if env.Attributes.BkgColor == "" {
		env.Attributes = modifier.DefaultAttributes()
	}
	if env.Limits == (stage.Limits{}) {
		env.Limits = stage.DefaultLimits()
	}
	if env.Open == nil {
		env.Open = func(_ context.Context, a *asset.Asset) (asset.Source, error) { return os.Open(a.Locator) }
	}
	l := &line{scratch: env.Scratch}
	params := map[string]any{"modifier": text}
	l.add(t, decode.Kind(), stage.Config{Name: "decode", Params: map[string]any{"shrink": "auto"}, Consumers: []stage.Consumer{{Name: "t", Params: params}}, Env: env})
	if text != "none" {
		l.add(t, transform.Kind(), stage.Config{Name: "t", Params: params, Env: env})
	}
	l.add(t, encode.Kind(), stage.Config{Name: "encode", Params: map[string]any{"with": ""}, Env: env})
	return l
}

func (l *line) add(t *testing.T, k stage.Kind, cfg stage.Config) {
	t.Helper()
	s, err := k.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	l.stages = append(l.stages, s)
}

// run sends one item through; what it left in the scratch folder is checked when
// it failed.
func (l *line) run(t *testing.T, a *asset.Asset) (*asset.Item, error) {
	t.Helper()
	it := &asset.Item{Asset: a}
	t.Cleanup(func() {
		if err := it.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, s := range l.stages {
		if err := s.Process(context.Background(), it); err != nil {
			if left, _ := os.ReadDir(l.scratch); len(left) > 0 {
				t.Errorf("%s was left in the scratch folder", left[0].Name())
			}
			return it, err
		}
	}
	return it, nil
}

func file(name string, format asset.Format) *asset.Asset {
	i, err := os.Stat(made + name)
	if err != nil {
		return &asset.Asset{File: name, Type: asset.TypeImage, Format: format, Locator: made + name, Size: 1}
	}
	return &asset.Asset{File: name, Type: asset.TypeImage, Format: format, Locator: made + name, Size: i.Size()}
}

func TestAnAssetBecomesAnArtifact(t *testing.T) {
	l := newLine(t, stage.Env{}, "wid=50&fmt=png")
	it, err := l.run(t, file("exif6.jpg", "jpeg"))
	if err != nil {
		t.Fatal(err)
	}
	got := *it.Artifact
	if got.Format != "png" || got.Ext != "png" || got.Width != 50 || got.Height != 30 || len(got.SHA256) != 64 {
		t.Errorf("artifact %+v", got)
	}
	if it.Image != nil || len(it.SourceSHA256) != 64 {
		t.Errorf("image %v, source %q", it.Image, it.SourceSHA256)
	}
	if dir, base := filepath.Split(got.Path); filepath.Clean(dir) != l.scratch || !strings.HasPrefix(base, ".exp-") {
		t.Errorf("scratch file %s", got.Path)
	}
	data, err := os.ReadFile(got.Path)
	if err != nil || int64(len(data)) != got.Size {
		t.Fatal(len(data), err)
	}
	c, kind, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || kind != "png" || c.Width != 50 || c.Height != 30 {
		t.Errorf("%s %+v %v", kind, c, err)
	}
}

func TestFates(t *testing.T) {
	template := file("quad.png", "png")
	template.Type = asset.TypeTemplate
	sound := file("sound.wav", "wav")
	sound.Type = "Audio"
	renamed := file("quad.png", "png")
	renamed.File = "quad.unknown"
	recordSVG := file("quad.png", "png")
	recordSVG.File, recordSVG.Type = "quad", asset.TypeSvg
	for _, c := range []struct {
		name string
		a    *asset.Asset
		env  stage.Env
		want diag.Code
		says string
	}{
		{"a picture", file("quad.png", "png"), stage.Env{}, "", ""},
		{"a name that promises nothing", renamed, stage.Env{}, "", ""},
		{"nobody sniffed", file("quad.png", ""), stage.Env{}, "", ""},
		{"a png named jpg", file("png-named.jpg", "png"), stage.Env{}, diag.SourceMismatch, "png"},
		{"a png named jpg, nobody sniffed", file("png-named.jpg", ""), stage.Env{}, diag.SourceMismatch, "png"},
		{"text named jpg", file("text.jpg", "txt"), stage.Env{}, diag.SourceMismatch, "txt"},
		{"text named jpg, nobody sniffed", file("text.jpg", ""), stage.Env{}, diag.SourceMismatch, "jpeg"},
		{"a png whose record says svg", recordSVG, stage.Env{}, diag.SourceMismatch, "Svg"},
		{"an empty file", file("empty.jpg", ""), stage.Env{}, diag.SourceEmpty, ""},
		{"truncated", file("truncated.jpg", "jpeg"), stage.Env{}, diag.ImageCorrupt, ""},
		{"truncated png", file("truncated.png", "png"), stage.Env{}, diag.ImageCorrupt, ""},
		{"a template", template, stage.Env{}, diag.TemplateNotBuilt, ""},
		{"a sound", sound, stage.Env{}, diag.NotConvertible, "Audio"},
		{"svg, loader off", file("drawing.svg", "svg"), stage.Env{}, diag.LoaderOff, "svg"},
		{"pdf, loader off", file("page.pdf", "pdf"), stage.Env{}, diag.LoaderOff, "pdf"},
		{"a format without a loader", &asset.Asset{File: "a.ico", Type: asset.TypeImage, Format: "ico"}, stage.Env{}, diag.LoaderOff, "ico"},
		{"missing", file("missing.jpg", "jpeg"), stage.Env{}, "none", ""},
		{"too many pixels", file("huge.png", "png"), stage.Env{}, diag.LimitPixels, "400000000"},
		{"too long a side", file("quad.png", "png"), stage.Env{Limits: stage.Limits{Edge: 100}}, diag.LimitPixels, "200x100"},
		{"too many frames", file("anim.gif", "gif"), stage.Env{Limits: stage.Limits{Frames: 2}}, diag.LimitFrames, "3"},
		{"too many bytes", file("quad.png", "png"), stage.Env{Limits: stage.Limits{Bytes: 100}}, diag.LimitBytes, "100"},
		{"more bytes than the record says", &asset.Asset{File: "a.png", Locator: made + "rgba.png", Size: 1}, stage.Env{Limits: stage.Limits{Bytes: 100}}, diag.LimitBytes, "101"},
		{"too large a reply", file("quad.png", "png"), stage.Env{Limits: stage.Limits{OutputPixels: 100}}, diag.OutputSize, "800"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := newLine(t, c.env, "wid=40&fmt=jpeg").run(t, c.a)
			if c.want == "" && err == nil {
				return
			}
			d := diag.From(err, "none")
			if d == nil || d.Code != c.want || !strings.Contains(d.Message, c.says) {
				t.Errorf("got %v (%v), want %s with %q", d, err, c.want, c.says)
			}
			if d != nil && d.Code == diag.LoaderOff && !strings.Contains(d.Message+d.Hint, "[loaders] allow") {
				t.Errorf("%s does not name the key", d.Hint)
			}
		})
	}
}

func TestRecordsAndNotes(t *testing.T) {
	a := file("anim.gif", "gif")
	a.Record.Modifier, a.Record.PostModifier, a.Record.PrintResolution = "wid=24", "fmt=jpeg", 144
	it, err := newLine(t, stage.Env{}, "fmt=png").run(t, a)
	if err != nil {
		t.Fatal(err)
	}
	if it.Artifact.Width != 24 || it.Artifact.Format != "jpeg" {
		t.Errorf("%+v", it.Artifact)
	}
	if len(it.Notes) != 1 || it.Notes[0].Code != diag.FirstFrame {
		t.Errorf("notes %v", it.Notes)
	}
	a.Record.Modifier = "wid=x"
	if _, err := newLine(t, stage.Env{}, "fmt=png").run(t, a); diag.From(err, "none").Code != diag.CommandValue {
		t.Errorf("a wrong record gives %v", err)
	}
}

func TestWithoutATransformTheDefaultFormatIsWritten(t *testing.T) {
	it, err := newLine(t, stage.Env{}, "none").run(t, file("exif8.jpg", "jpeg"))
	if err != nil {
		t.Fatal(err)
	}
	if it.Artifact.Format != "jpeg" || it.Artifact.Width != 80 {
		t.Errorf("%+v", it.Artifact)
	}
}

func TestAllowedLoadersRead(t *testing.T) {
	env := stage.Env{Loaders: []asset.Format{"svg", "pdf"}}
	for name, f := range map[string]asset.Format{"drawing.svg": "svg", "page.pdf": "pdf"} {
		a := file(name, f)
		it, err := newLine(t, env, "wid=60&fmt=png").run(t, a)
		if err != nil {
			t.Fatal(name, err)
		}
		if it.Artifact.Width != 60 || it.Artifact.Height != 40 {
			t.Errorf("%s: %+v", name, it.Artifact)
		}
	}
}

// A psd and a bmp have no stream loader: they are read whole.
func TestAllowedWholeFileLoadersRead(t *testing.T) {
	const w, h = 40, 30
	psd := append([]byte("8BPS"), 0, 1, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, h, 0, 0, 0, w, 0, 8, 0, 3)
	psd = append(psd, make([]byte, 14)...)
	for _, c := range []byte{200, 100, 50} {
		psd = append(psd, bytes.Repeat([]byte{c}, w*h)...)
	}
	bmp := append([]byte("BM"), make([]byte, 52)...)
	bmp[10], bmp[14], bmp[18], bmp[22], bmp[26], bmp[28] = 54, 40, w, h, 1, 24
	bmp = append(bmp, bytes.Repeat([]byte{50, 100, 200}, w*h)...)
	for f, data := range map[asset.Format][]byte{"psd": psd, "bmp": bmp} {
		path := filepath.Join(t.TempDir(), "a."+string(f))
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		a := &asset.Asset{File: "a." + string(f), Type: asset.TypeImage, Format: f, Locator: path, Size: int64(len(data))}
		it, err := newLine(t, stage.Env{Loaders: []asset.Format{f}}, "rotate=90&fmt=png").run(t, a)
		if err != nil {
			t.Fatal(f, err)
		}
		if it.Artifact.Width != h || it.Artifact.Height != w {
			t.Errorf("%s: %+v", f, it.Artifact)
		}
	}
}

func TestTwoTransformsShareWhatIsDecodedOnce(t *testing.T) {
	env := stage.Env{Scratch: t.TempDir(), Limits: stage.DefaultLimits(), Attributes: modifier.DefaultAttributes()}
	opened := 0
	env.Open = func(_ context.Context, a *asset.Asset) (asset.Source, error) { opened++; return os.Open(a.Locator) }
	texts := []string{"wid=100&fmt=png", "rotate=90&wid=30&fmt=webp"}
	cfg := stage.Config{Name: "decode", Env: env}
	for i, text := range texts {
		cfg.Consumers = append(cfg.Consumers, stage.Consumer{Name: fmt.Sprint(i), Params: map[string]any{"modifier": text}})
	}
	l := &line{scratch: env.Scratch}
	l.add(t, decode.Kind(), cfg)
	for _, c := range cfg.Consumers {
		l.add(t, transform.Kind(), stage.Config{Name: c.Name, Params: c.Params, Env: env})
	}
	l.add(t, encode.Kind(), stage.Config{Name: "encode", Env: env})
	it := &asset.Item{Asset: file("baseline.jpg", "jpeg")}
	defer it.Close()
	if err := l.stages[0].Process(context.Background(), it); err != nil {
		t.Fatal(err)
	}
	for i := range texts {
		branch := it.Clone()
		var err error
		if branch.Image, err = it.Image.(interface{ Share() (asset.Image, error) }).Share(); err != nil {
			t.Fatal(err)
		}
		defer branch.Close()
		if err := errors.Join(l.stages[1+i].Process(context.Background(), branch), l.stages[3].Process(context.Background(), branch)); err != nil {
			t.Fatal(err)
		}
	}
	if opened != 1 {
		t.Errorf("opened %d times", opened)
	}
}

func TestAStoppedItemStops(t *testing.T) {
	l := newLine(t, stage.Env{}, "fmt=png")
	it := &asset.Item{Asset: file("quad.png", "png")}
	defer it.Close()
	ctx, cancel := context.WithCancel(context.Background())
	for i, s := range l.stages {
		if i == 2 {
			cancel()
		}
		if err := s.Process(ctx, it); i == 2 && !errors.Is(err, context.Canceled) {
			t.Errorf("stage %d: %v", i, err)
		}
	}
	cancel()
	if left, _ := os.ReadDir(l.scratch); len(left) > 0 {
		t.Error("a scratch file was left")
	}
}

func TestCost(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       int64
	}{
		{"baseline.jpg", "fmt=png", 256 * 192},
		{"baseline.jpg", "wid=32", 64 * 48},
		{"progressive.jpg", "wid=32", 64*48 + 2*256*192},
		{"quad.png", "wid=10", 200 * 100},
		{"text.jpg", "wid=10", 0},
	} {
		l := newLine(t, stage.Env{}, c.text)
		if got, err := l.stages[0].(stage.Coster).Cost(&asset.Item{Asset: file(c.name, "")}); err != nil || got != c.want {
			t.Errorf("%s %s costs %d (%v), want %d", c.name, c.text, got, err, c.want)
		}
	}
}

func TestParams(t *testing.T) {
	env := stage.Env{Attributes: modifier.DefaultAttributes()}
	for _, c := range []struct {
		k      stage.Kind
		params map[string]any
		want   diag.Code
	}{
		{encode.Kind(), map[string]any{"with": "plugin:jxr"}, ""},
		{encode.Kind(), map[string]any{"with": 1}, diag.KeyType},
		{encode.Kind(), map[string]any{"with": "jxr"}, diag.KeyValue},
		{decode.Kind(), map[string]any{"shrink": "no"}, diag.KeyValue},
		{transform.Kind(), map[string]any{}, diag.KeyMissing},
		{transform.Kind(), map[string]any{"modifier": "wid=1", "origins": []any{"job", "macro x"}}, diag.KeyValue},
		{transform.Kind(), map[string]any{"modifier": "wid=1", "origins": []any{"job"}}, ""},
		{transform.Kind(), map[string]any{"modifier": "$gone$"}, diag.MacroUnknown},
	} {
		_, err := c.k.New(stage.Config{Name: "s", Params: c.params, Env: env})
		if d := diag.From(err, "none"); (d == nil) != (c.want == "") || d != nil && d.Code != c.want {
			t.Errorf("%s %v: %v, want %s", c.k.Name, c.params, err, c.want)
		}
	}
}
