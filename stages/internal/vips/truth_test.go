//go:build cgo

package vips

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	govips "github.com/davidbyttow/govips/v2/vips"
)

// transicc converts colours with Little CMS' own program, which is not libvips: one
// colour a row, results clamped to 0..top.
func transicc(t *testing.T, from, to string, intent int, blackPoint bool, colours [][]float64, top float64) [][]float64 {
	t.Helper()
	program, err := exec.LookPath("transicc")
	if err != nil {
		t.Fatal("transicc is missing: apt-get install liblcms2-utils, or run .ci/setup-test")
	}
	args := []string{"-i", from, "-o", to, "-t", strconv.Itoa(intent), "-n"}
	if blackPoint {
		args = append(args, "-b")
	}
	var in strings.Builder
	for _, c := range colours {
		for _, v := range c {
			fmt.Fprintln(&in, v)
		}
	}
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Stdin = strings.NewReader(in.String())
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var rows [][]float64
	for line := range strings.Lines(string(text)) {
		var row []float64
		for _, f := range strings.Fields(line) {
			v, err := strconv.ParseFloat(f, 64)
			if err != nil {
				t.Fatalf("transicc says %q", line)
			}
			row = append(row, min(max(v, 0), top))
		}
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	if len(rows) != len(colours) {
		t.Fatalf("transicc gives %d colours of %d", len(rows), len(colours))
	}
	return rows
}

// embeddedIn writes the profile that a reply carries to a file.
func embeddedIn(t *testing.T, text string) string {
	t.Helper()
	p := mustManage(t, drawRGB(t, 8, 8, flat(1, 2, 3)), text+"&iccEmbed=1", nil)
	path := filepath.Join(t.TempDir(), "profile.icc")
	if err := os.WriteFile(path, p.decoded(t).GetICCProfile(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// row draws colours as squares of 8 pixels, side by side.
func row(t *testing.T, space govips.Interpretation, colours [][]float64) *Image {
	return kept(t, draw(t, 8*len(colours), 8, len(colours[0]), space, func(x, _ int) []uint8 {
		var v []uint8
		for _, c := range colours[x/8] {
			v = append(v, uint8(c))
		}
		return v
	}))
}

// Every RGB profile that is worked out here agrees with an independent file of the
// same space, converted by an independent program.
func TestMadeProfilesAgreeWithFilesOfTheirSpaces(t *testing.T) {
	sRGB := embeddedIn(t, "fmt=png&icc=sRGB")
	colours := [][]float64{{255, 0, 0}, {200, 100, 50}, {20, 40, 60}, {128, 128, 128}, {250, 240, 10}, {5, 5, 5}, {90, 30, 200}}
	m := row(t, govips.InterpretationSRGB, colours)
	for id, file := range map[string]string{
		"AdobeRGB": "AdobeRGB1998", "AppleRGB": "AppleRGB", "CIERGB": "CIE-RGB", "ColorMatchRGB": "ColorMatchRGB", "NTSC": "NTSC-RGB",
		"PAL": "PAL-RGB", "ProPhoto": "ProPhotoRGB", "SMPTE": "SMPTE-C-RGB", "WideGamutRGB": "WideGamutRGB",
	} {
		path := "/usr/share/color/icc/colord/" + file + ".icc"
		if _, err := os.Stat(path); err != nil {
			t.Fatal("colord's profiles are missing: apt-get install colord-data, or run .ci/setup-test")
		}
		r := reply(t, m.Header(), "fmt=png&icc="+id)
		r.Profiles = ReadProfiles(nil)
		p, err := try(t, m, r)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range transicc(t, sRGB, path, 1, false, colours, 255) {
			p.near(t, 8*i+4, 4, 2.1, want...) // colours out of a gamut are cut before or behind a curve
		}
		if head, ok := parseProfile(madeBy(id)); !ok || head.space != SpaceRGB || head.sRGB {
			t.Errorf("%s: %+v", id, head)
		}
	}
}

func madeBy(id string) []byte {
	for _, p := range madeProfiles() {
		if p.answers(id) {
			return p.data
		}
	}
	return nil
}

// All intents, with black points matched or not, into a profile for print and back.
func TestIntentsAgreeWithLittleCMS(t *testing.T) {
	sRGB, cmyk := embeddedIn(t, "fmt=png&icc=sRGB"), embeddedIn(t, "fmt=tif&icc=cmyk")
	colours := [][]float64{{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {200, 100, 50}, {128, 128, 128}, {250, 240, 10}, {5, 5, 5}, {255, 255, 255}}
	inks := [][]float64{{0, 0, 0, 255}, {255, 0, 0, 0}, {0, 255, 0, 0}, {255, 255, 255, 255}, {100, 50, 20, 30}, {0, 0, 0, 128}, {0, 0, 0, 0}}
	percent := make([][]float64, len(inks))
	for i, c := range inks {
		for _, v := range c {
			percent[i] = append(percent[i], v/2.55)
		}
	}
	screen, print := row(t, govips.InterpretationSRGB, colours), row(t, govips.InterpretationCMYK, inks)
	for intent, name := range []string{"perceptual", "relative", "saturation", "absolute"} {
		for _, black := range []bool{false, true} {
			how := fmt.Sprintf("%s,%d", name, map[bool]int{true: 1}[black])
			p := rendered(t, screen, "fmt=tif&icc=cmyk,"+how)
			for i, want := range transicc(t, sRGB, cmyk, intent, black, colours, 100) {
				for b := range want {
					want[b] *= 2.55
				}
				p.near(t, 8*i+4, 4, 2, want...)
			}
			p = rendered(t, print, "fmt=png&icc=sRGB,"+how)
			for i, want := range transicc(t, cmyk, sRGB, intent, black, percent, 255) {
				p.near(t, 8*i+4, 4, 1, want...)
			}
		}
	}
}
