//go:build cgo

package vips

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/diag"
)

// folder is a folder with a wide RGB profile, under the vendor's file name, and a
// file that is no profile.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, data := range map[string][]byte{
		"AdobeRGB1998.icc": profileOf(t, made+"adobergb.jpg"), "notes.icc": []byte("no profile"), "gray.icm": grayProfile(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// grayProfile is a gray profile of version 2 with gamma 1: its numbers are light.
func grayProfile() []byte {
	tags := []struct {
		name string
		data []byte
	}{
		{"desc", append([]byte("desc\x00\x00\x00\x00\x00\x00\x00\x0bLinear gray"), make([]byte, 90)...)},
		{"wtpt", append([]byte("XYZ \x00\x00\x00\x00"), 0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d)},
		{"kTRC", []byte("curv\x00\x00\x00\x00\x00\x00\x00\x00")},
	}
	body, table := []byte{}, binary.BigEndian.AppendUint32(nil, uint32(len(tags)))
	for _, g := range tags {
		table = append(table, g.name...)
		table = binary.BigEndian.AppendUint32(table, uint32(132+12*len(tags)+len(body)))
		table = binary.BigEndian.AppendUint32(table, uint32(len(g.data)))
		body = append(body, g.data...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	head := make([]byte, 128)
	binary.BigEndian.PutUint32(head, uint32(132-4+len(table)+len(body)))
	copy(head[8:], []byte{2, 0x20, 0, 0})
	copy(head[12:], "mntrGRAYXYZ ")
	copy(head[24:], []byte{7, 0xe8, 0, 1, 0, 1})
	copy(head[36:], "acsp")
	copy(head[68:], []byte{0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d})
	return append(append(head, table...), body...)
}

// managed renders with the profiles of folder; set may change the settings.
func managed(t *testing.T, m *Image, text string, set func(*Reply)) (picture, error) {
	t.Helper()
	r := reply(t, m.Header(), text)
	r.Profiles = ReadProfiles([]string{folder(t)})
	if set != nil {
		set(&r)
	}
	return try(t, m, r)
}

func mustManage(t *testing.T, m *Image, text string, set func(*Reply)) picture {
	t.Helper()
	p, err := managed(t, m, text, set)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return p
}

// ledger is the line of a picture, behind its warnings.
func ledger(p picture) string {
	all := ""
	for _, n := range p.notes {
		all += string(n.Code) + " " + n.Message + "; "
	}
	return all + p.as.Colour.String()
}

func TestTheLedgerSaysWhatBecameOfColours(t *testing.T) {
	name := description(profileOf(t, made+"adobergb.jpg"))
	for _, c := range []struct{ source, in, want string }{
		{"adobergb.jpg", "fmt=png", "rgb, embedded " + name + ", to rgb in sRGB: relative"},
		{"adobergb.jpg", "fmt=png&icc=AdobeRGB&iccEmbed=1", "rgb, embedded " + name + ", to rgb in " + name + ": numbers kept, embedded"},
		{"adobergb.jpg", "fmt=png&icc=p3,perceptual,1", "rgb, embedded " + name + ", to rgb in Display P3: perceptual, black points matched"},
		{"quad.png", "fmt=png", "rgb, assumed sRGB, to rgb in sRGB: numbers kept"},
		{"quad.png", "fmt=png&iccEmbed=1", "rgb, assumed sRGB, to rgb in sRGB: numbers kept, embedded"},
		{"quad.png", "fmt=webp&iccEmbed=1", "rgb, assumed sRGB, to rgb in sRGB: numbers kept"},
		{"quad.png", "fmt=png&icc=AdobeRGB", "rgb, assumed sRGB, to rgb in " + name + ": relative"},
		{"gray.png", "fmt=png", "gray without a profile to gray: numbers kept"},
		{"gray.png", "fmt=png,rgb", "gray, assumed sRGB, to rgb in sRGB: gray to rgb naively"},
		{"gray.png", "fmt=png&icc=linear%20gray", "gray, assumed Linear gray, to gray in Linear gray: numbers kept"},
		{"cmyk.tif", "fmt=tif", "cmyk without a profile to cmyk: numbers kept"},
		{"cmyk.tif", "fmt=tif&op_brightness=5", "cmyk, assumed sRGB, to rgb in sRGB: cmyk to rgb naively"},
		{"cmyk.tif", "fmt=tif,cmyk&op_brightness=5&bgColor=000000", "cmyk, assumed sRGB, to cmyk: cmyk to rgb, rgb to cmyk naively"},
		{"cmyk.tif", "fmt=png", "W-COLOUR-ASSUMED the source is CMYK without a profile that can be used: a general one for print was assumed; " +
			"cmyk, assumed cmyk, to rgb in sRGB: relative"},
		{"quad.png", "req=mask", "gray without a profile to gray: numbers kept"},
	} {
		if got := ledger(mustManage(t, open(t, c.source), c.in, nil)); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.source, c.in, got, c.want)
		}
	}
}

func TestICCConvertsAndEmbeds(t *testing.T) {
	wide := profileOf(t, made+"adobergb.jpg")
	// sRGB green has no smaller red in Adobe RGB: its numbers are 144,255,60 in
	// every colour calculator; sRGB red is 219,0,0.
	for _, f := range []string{"png", "tif", "jpeg", "pjpeg"} {
		p := mustManage(t, drawRGB(t, 16, 16, flat(0, 255, 0)), "icc=AdobeRGB&iccEmbed=1&qlt=100,1&fmt="+f, nil)
		p.near(t, 8, 8, 2, 144, 255, 60)
		if got := p.decoded(t).GetICCProfile(); !bytes.Equal(got, wide) {
			t.Errorf("%s: a profile of %d bytes, want %d", f, len(got), len(wide))
		}
		p = mustManage(t, drawRGB(t, 16, 16, flat(255, 0, 0)), "icc=Adobe%20RGB%20(1998)&qlt=100,1&fmt="+f, nil)
		p.near(t, 8, 8, 2, 219, 0, 0)
		if p.decoded(t).HasICCProfile() {
			t.Errorf("%s carries a profile that nobody asked for", f)
		}
	}
	// Not converted, but embedded: what is there is sRGB.
	p := mustManage(t, drawRGB(t, 8, 8, flat(1, 2, 3)), "iccEmbed=1&fmt=png", nil)
	p.near(t, 1, 1, 0, 1, 2, 3)
	if head, ok := parseProfile(p.decoded(t).GetICCProfile()); !ok || !head.sRGB {
		t.Errorf("the profile is not sRGB's")
	}
	// The numbers stay, and so does their profile, when none is configured.
	p = mustManage(t, open(t, "adobergb.jpg"), "iccEmbed=1&fmt=png", func(r *Reply) { r.Settings.ICC.Out.RGB = "" })
	p.near(t, 20, 20, 3, 200, 100, 50)
	if !bytes.Equal(p.decoded(t).GetICCProfile(), wide) {
		t.Error("the embedded profile is gone")
	}
}

func TestICCDecidesThePixelType(t *testing.T) {
	p := mustManage(t, drawRGB(t, 8, 8, flat(255, 255, 255)), "icc=cmyk&fmt=jpeg,rgb&qlt=100&iccEmbed=1", nil)
	if ref := p.decoded(t); ref.Interpretation() != govips.InterpretationCMYK || !ref.HasICCProfile() {
		t.Errorf("%v", ref.Interpretation())
	}
	// Background is laid naively in CMYK: red is 0,255,255,0.
	p = mustManage(t, drawRGB(t, 8, 8, flat(255, 255, 255)), "icc=cmyk&fmt=tif&wid=8&hei=16&bgc=ff0000", nil)
	p.near(t, 4, 0, 0, 0, 255, 255, 0)
	p.near(t, 4, 8, 6, 0, 0, 0, 0)
	// sRGB 188 is half the light, which is 128 in gray of gamma 1.
	p = mustManage(t, drawRGB(t, 8, 8, flat(188, 188, 188)), "icc=gray.icm&fmt=png", nil)
	p.near(t, 4, 4, 2, 128)
	for in, want := range map[string]string{
		"icc=cmyk&fmt=png":         "png cannot hold the cmyk pixels",
		"icc=linear+gray&fmt=webp": "webp cannot hold the gray pixels",
		"icc=WebCoated":            `no colour profile is named "WebCoated"; there are sRGB, Display P3, cmyk`,
		"icc=notes":                `no colour profile is named "notes"`,
		"icc=..%2Fsrgb":            "no colour profile",
	} {
		_, err := managed(t, drawRGB(t, 8, 8, flat(1, 2, 3)), in, nil)
		if codeOf(err) != diag.ColourProfile || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func TestAttributesNameProfiles(t *testing.T) {
	// An untagged source is what IccProfileSrcRgb says, else what IccProfileRgb says.
	p := mustManage(t, drawRGB(t, 8, 8, flat(144, 255, 60)), "fmt=png", func(r *Reply) { r.Settings.ICC.In.RGB = "AdobeRGB" })
	p.near(t, 4, 4, 4, 0, 255, 0)
	p = mustManage(t, drawRGB(t, 8, 8, flat(144, 255, 60)), "fmt=png", func(r *Reply) { r.Settings.ICC.Out.RGB = "AdobeRGB" })
	p.near(t, 4, 4, 0, 144, 255, 60)
	// A CMYK reply goes through the profile of the attribute, and a CMYK source too,
	// without a warning.
	with := func(r *Reply) { r.Settings.ICC.Out.CMYK = "cmyk" }
	p = mustManage(t, drawRGB(t, 8, 8, flat(0, 0, 0)), "fmt=tif,cmyk", with)
	if v := p.at(t, 4, 4); v[0] == 0 || v[3] < 128 { // naive black is 0,0,0,255
		t.Errorf("black is %v", v)
	}
	if p = mustManage(t, open(t, "cmyk.tif"), "fmt=png", with); ledger(p) != "cmyk, assumed cmyk, to rgb in sRGB: relative" {
		t.Errorf("%s", ledger(p))
	}
	// Gray by profile: linear 128 is sRGB 188.
	p = mustManage(t, draw(t, 8, 8, 1, govips.InterpretationBW, flat(128)), "fmt=png,rgb", func(r *Reply) { r.Settings.ICC.In.Gray = "gray" })
	p.near(t, 4, 4, 1, 188, 188, 188)
	// A profile of the wrong kind is the configuration's fault.
	_, err := managed(t, drawRGB(t, 8, 8, flat(1, 2, 3)), "fmt=tif,cmyk", func(r *Reply) { r.Settings.ICC.Out.CMYK = "sRGB" })
	if codeOf(err) != diag.ColourProfile || !strings.Contains(err.Error(), "is for rgb") {
		t.Errorf("%v", err)
	}
}

func TestProfilesGoByAllTheirNames(t *testing.T) {
	p := ReadProfiles([]string{folder(t), filepath.Join(t.TempDir(), "none")})
	for name, want := range map[string]Space{
		"srgb": SpaceRGB, "sRGB IEC61966-2.1": SpaceRGB, "P3": SpaceRGB, "CMYK": SpaceCMYK,
		"adobergb": SpaceRGB, "Adobe RGB (1998)": SpaceRGB, "AdobeRGB1998.icc": SpaceRGB, "adobergb1998": SpaceRGB,
		"gray": SpaceGray, "Linear gray": SpaceGray,
	} {
		if got, err := p.find(name); err != nil || got.Space != want {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
	_, err := p.find("webcoated")
	if d := diag.From(err, ""); d == nil || !strings.Contains(d.Hint, "USWebCoatedSWOP.icc") {
		t.Errorf("%v", err)
	}
	if len(p.listed()) != 2 {
		t.Errorf("%d profiles", len(p.listed()))
	}
}

func TestLargeProfilesTakeSeveralSegments(t *testing.T) {
	profile := bytes.Repeat([]byte{7}, 2*iccPart+5)
	b := iccSegments(profile)
	if want := len(profile) + 3*18; len(b) != want {
		t.Fatalf("%d bytes, want %d", len(b), want)
	}
	if last := b[len(b)-5-18:]; !bytes.Equal(last[:4], []byte{0xFF, 0xE2, 0, 21}) || last[16] != 3 || last[17] != 3 {
		t.Errorf("% x", last)
	}
}

func FuzzDescription(f *testing.F) {
	f.Add(grayProfile())
	f.Fuzz(func(_ *testing.T, data []byte) { description(data) })
}
