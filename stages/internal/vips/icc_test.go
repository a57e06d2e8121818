//go:build cgo

package vips

import (
	"bytes"
	"context"
	"testing"

	govips "github.com/davidbyttow/govips/v2/vips"

	"github.com/exportd/exportd/engine/diag"
)

func profileOf(t *testing.T, path string) []byte {
	t.Helper()
	ref, err := govips.LoadImageFromFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ref.Close()
	return bytes.Clone(ref.GetICCProfile())
}

func TestProfilesAreReadForWhatTheyAre(t *testing.T) {
	for path, sRGB := range map[string]bool{
		"../../../testdata/photos/cat.png": true, "../../../testdata/photos/galaxies.jpg": true,
		"../../../testdata/photos/rocket.jpg": false, made + "adobergb.jpg": false,
	} {
		if p, ok := parseProfile(profileOf(t, path)); !ok || p.space != SpaceRGB || p.sRGB != sRGB {
			t.Errorf("%s: %+v %v", path, p, ok)
		}
	}
}

func TestProfilesNeverPanic(t *testing.T) {
	whole := profileOf(t, made+"adobergb.jpg")
	for n := range whole {
		parseProfile(whole[:n])
		damaged := bytes.Clone(whole)
		damaged[n] ^= 0xFF
		parseProfile(damaged)
	}
}

func FuzzProfile(f *testing.F) {
	f.Add([]byte("acsp"))
	f.Fuzz(func(_ *testing.T, data []byte) { parseProfile(data) })
}

// withProfile is quad.png with a profile of our making.
func withProfile(t *testing.T, profile []byte) []byte {
	t.Helper()
	ref, err := govips.LoadImageFromFile(made+"quad.png", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ref.Close()
	ref.SetBlob("icc-profile-data", profile)
	data, _, err := ref.ExportTiff(nil)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestAProfileThatCannotBeUsedIsAWarning(t *testing.T) {
	good := profileOf(t, made+"adobergb.jpg")
	cut := bytes.Clone(good[:200])
	cmyk := bytes.Clone(good)
	copy(cmyk[16:], "CMYK")
	curves := bytes.Clone(good)
	copy(tag(curves, "rTRC"), "none")
	for name, profile := range map[string][]byte{"curves": curves, "noise": []byte("this is no profile at all"), "cut": cut, "of CMYK": cmyk, "header only": good[:128]} {
		m, err := Open(context.Background(), &bytesSource{Reader: bytes.NewReader(withProfile(t, profile))}, "")
		if err != nil {
			t.Fatal(err)
		}
		p, err := try(t, m, reply(t, m.Header(), "fmt=png&wid=50"))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		m.Close()
		p.near(t, 10, 5, 0, red...)
		if len(p.notes) != 1 || p.notes[0].Code != diag.ColourAssumed {
			t.Errorf("%s: notes %v", name, p.notes)
		}
	}
}
