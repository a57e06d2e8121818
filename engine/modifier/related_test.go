package modifier

import (
	"testing"

	"github.com/exportd/exportd/engine/diag"
)

func TestOtherAssetsAreNamed(t *testing.T) {
	for in, want := range map[string]Settings{
		"":                                   {},
		"src=shop/a.png":                     {Src: "shop/a.png"},
		"src=/a.png":                         {Src: "/a.png"},
		"src=a%26b.png":                      {Src: "a&b.png"},
		"src=a.png&layer=0&src=b.png":        {Src: "b.png"}, // comp and layer 0 share the slot
		"src=$object$":                       {Src: "$object$"},
		"$pic=c/d.png&src=$pic$":             {Src: "c/d.png"},
		"defaultImage=no.png":                {DefaultImage: "no.png"},
		"defaultImage=no.png&defaultImage=":  {},
		"defaultImage=no.png&defaultImage=+": {},
		"layer=0&defaultImage=no.png":        {DefaultImage: "no.png"},
	} {
		s, notes := resolved(t, in)
		if s.Src != want.Src || s.DefaultImage != want.DefaultImage || len(notes) > 0 {
			t.Errorf("%s: got src %q, default image %q, notes %v", in, s.Src, s.DefaultImage, notes)
		}
	}
	for in, want := range map[string]diag.Code{
		"src=": diag.CommandValue, "src": diag.CommandValue, "src=a,b": diag.CommandValue, "src=a/": diag.CommandValue,
		"src=is{a?wid=5}": diag.CommandUnsupported, "src=(http://x/y.png)": diag.CommandUnsupported, "src=ir(a)": diag.CommandUnsupported,
		"defaultImage=a,b": diag.CommandValue, "defaultImage=is(a)": diag.CommandUnsupported,
	} {
		if d := refusal(t, in); d.Code != want {
			t.Errorf("%s: got %s %s, want %s", in, d.Code, d.Message, want)
		}
	}
}

func TestTheObjectOfTheRequest(t *testing.T) {
	for in, want := range map[string]string{
		"$object$": "a/b", "$OBJECT$": "a/b", "x/$object$.png": "x/a/b.png", "$object$$Object$": "a/ba/b", "": "", "plain": "plain", "$object": "$object",
	} {
		if got := WithObject(in, "a/b"); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
	if got := WithObject("$object$", "$object$"); got != "$object$" {
		t.Errorf("a handle that looks like a reference gives %s", got)
	}
}

// r-is-http-defaultimage: the only commands retained are wid, hei, fmt and qlt.
func TestADefaultImageKeepsFourCommands(t *testing.T) {
	p := parsed(t, "$v=3&wid=5&HEI=6&rotate=90&fmt=png&qlt=70&bgc=0,0,0&fit=crop&icc=sRGB&src=x&wid=7", nil)
	if got, want := pairs(p.Retained()), "$v=3 | wid=5 | hei=6 | fmt=png | qlt=70 | wid=7"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAttributesOfTheObject(t *testing.T) {
	a := DefaultAttributes()
	a.Resolution, a.PrintResolution, a.DefaultImage, a.DefaultImageMode = "100", "150.5", "no.png", "1"
	for in, c := range map[string]struct {
		record     float64
		resolution float64
		image      string
	}{
		"":                      {0, 100, "no.png"},
		"res=50":                {0, 100, "no.png"},
		"res=50&defaultImage=":  {200, 200, ""}, // the record's own is stronger
		"res=50&defaultImage=x": {0, 100, "x"},
	} {
		s, _, err := Resolve(Sources{Attributes: a, Request: parsed(t, in, nil), Resolution: c.record})
		if err != nil || s.Resolution != c.resolution || s.PrintResolution != 150.5 || s.DefaultImage != c.image || !s.OnlyImage {
			t.Errorf("%s: got %+v, %v", in, s, err)
		}
	}
	for _, bad := range []Attributes{{Resolution: "0"}, {Resolution: "x"}, {PrintResolution: "-1"}, {PrintResolution: "70000"}, {DefaultImage: "a,b"}, {DefaultImageMode: "2"}} {
		if err := bad.Validate(); asDiag(t, err).Code != diag.KeyValue {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}
