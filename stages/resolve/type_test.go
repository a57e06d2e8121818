package resolve

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/stages/internal/original"
)

func TestTypesAndFormatsOfRealFiles(t *testing.T) {
	for _, c := range []struct {
		file   string
		typ    asset.Type
		format asset.Format
	}{
		{"quad.png", "Image", "png"}, {"cmyk.jpg", "Image", "jpeg"}, {"cmyk.tif", "Image", "tiff"}, {"anim.gif", "Image", "gif"},
		{"alpha.webp", "Image", "webp"}, {"drawing.svg", "Svg", "svg"}, {"page.pdf", "Pdf", "pdf"}, {"sound.wav", "Audio", "wav"},
		{"notes.zip", "Zip", "zip"}, {"text.jpg", "Image", "txt"}, {"png-named.jpg", "Image", "png"},
	} {
		head, err := os.ReadFile(filepath.Join("..", "..", "testdata", "made", c.file))
		if err != nil {
			t.Fatal(err)
		}
		format := sniff(head[:min(len(head), original.HeadSize)], c.file)
		if typ := typeOf(c.file, format); typ != c.typ || format != c.format {
			t.Errorf("%s is %s %q, want %s %q", c.file, typ, format, c.typ, c.format)
		}
	}
}

func TestTypesAndFormatsOfHeads(t *testing.T) {
	zip := "PK\x03\x04\x14\x00\x00\x00\x00\x00"
	for _, c := range []struct {
		file, head string
		typ        asset.Type
		format     asset.Format
	}{
		{"a.heic", "\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "Image", "heif"},
		{"a.avif", "\x00\x00\x00\x18ftypavif\x00\x00\x00\x00", "Image", "heif"},
		{"a", "\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00", "Image", "heif"},
		{"a.psd", "8BPS\x00\x01", "Image", "psd"},
		{"a.jp2", "\x00\x00\x00\x0cjP  \x0d\x0a\x87\x0a\x00\x00\x00\x14ftypjp2 ", "Image", "jp2"},
		{"a.j2k", "\xff\x4f\xff\x51\x00", "Image", "jp2"},
		{"a.jxl", "\xff\x0a\x00", "Image", "jxl"},
		{"a.bmp", "BM\x00\x00\x00\x00", "Image", "bmp"},
		{"a.ico", "\x00\x00\x01\x00\x01\x00", "Image", "ico"},
		{"a.ppm", "P6\n1 1\n255\n", "Image", "pnm"},
		{"big.tif", "II\x2b\x00\x08\x00\x00\x00", "Image", "tiff"},
		{"shot.NEF", "MM\x00\x2a\x00\x00\x00\x08", "Image", "nef"},
		{"a.eps", "%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript", "eps"},
		{"a.eps", "\xc5\xd0\xd3\xc6\x20\x00", "PostScript", "eps"},
		{"a.ps", "%!PS-Adobe-3.0\n%%EPSF", "PostScript", "ps"},
		{"logo.ai", "%PDF-1.5\n", "Illustrator", "pdf"},
		{"logo.AI", "%!PS-Adobe-3.0 EPSF-3.0\n", "Illustrator", "eps"},
		{"a.svgz", "\x1f\x8b\x08\x00", "Svg", "svgz"},
		{"page", "%PDF-1.5\n", "Pdf", "pdf"},
		{"photo.dat", png, "Image", "png"},
		{"scan.pdf", png, "Pdf", "png"}, // decode reports the mismatch
		{"clip.png", "\x00\x00\x00\x18ftypisom\x00\x00\x00\x00", "Image", "mp4"},
		{"clip.mp4", "\x00\x00\x00\x18ftypisom\x00\x00\x00\x00", "Video", "mp4"},
		{"a.docx", zip, "Word", "zip"}, {"a.zip", zip, "Zip", "zip"}, {"a", zip, "Zip", "zip"},
		{"a.xml", "<?xml version=\"1.0\"?><a/>", "Xml", "xml"}, {"a.xsl", "<?xml version=\"1.0\"?><a/>", "Xsl", "xml"},
		{"a.css", "a { b: c }", "Css", "txt"}, {"a.js", "let a = 1", "Javascript", "txt"},
		{"a.indd", "\x06\x06\xed\xf5\xd8\x1d\x46\xe5\xbd\x31", "InDesign", "indd"},
		{"a.swf", "FWS\x08", "Flash", "swf"}, {"a.rtf", "{\\rtf1", "Rtf", "rtf"}, {"a.ttf", "\x00\x01\x00\x00\x00", "Font", "ttf"},
		{"readme.txt", "hello there", "Asset", "txt"}, {"a.bin", "\x01\x02\x03\xff", "Asset", ""},
	} {
		format := sniff([]byte(c.head), c.file)
		if typ := typeOf(c.file, format); typ != c.typ || format != c.format {
			t.Errorf("%s is %s %q, want %s %q", c.file, typ, format, c.typ, c.format)
		}
	}
}

// TestTablesDecide makes sure that no table lists one thing under two types.
func TestTablesDecide(t *testing.T) {
	exts, formats := map[string]asset.Type{}, map[asset.Format]asset.Type{}
	for _, table := range []map[asset.Type][]string{renderable, others} {
		for typ, list := range table {
			for _, ext := range list {
				if was, twice := exts[ext]; twice {
					t.Errorf("%s is %s and %s", ext, was, typ)
				}
				exts[ext] = typ
			}
		}
	}
	for _, table := range []map[asset.Type][]asset.Format{byFormat, containers} {
		for typ, list := range table {
			for _, f := range list {
				if was, twice := formats[f]; twice {
					t.Errorf("%s is %s and %s", f, was, typ)
				}
				formats[f] = typ
			}
		}
	}
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte(png), "a.png")
	f.Add([]byte("%!PS EPSF"), "a.ai")
	f.Fuzz(func(t *testing.T, head []byte, file string) {
		if typeOf(file, sniff(head, file)) == "" {
			t.Error("no type")
		}
	})
}
