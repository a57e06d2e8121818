package modifier

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/diag"
)

func TestTextIsTakenApartInTheOrderOfWork(t *testing.T) {
	for _, c := range []struct{ name, in, want, text string }{
		{"nothing", "", "", ""},
		{"leading ampersand", "&fmt=png", "fmt=png", "fmt=png"},
		{"leading question mark", "?wid=1&hei=2", "wid=1 | hei=2", "wid=1&hei=2"},
		{"empty segments", "&&wid=1&&&hei=2&", "wid=1 | hei=2", "wid=1&hei=2"},
		{"comments", ".a=b&wid=1&.&.$x$&hei=2", "wid=1 | hei=2", "wid=1&hei=2"},
		{"XML entity", "wid=1&amp;hei=2", "wid=1 | hei=2", "wid=1&hei=2"},
		{"leading XML entity", "&amp;fmt=png", "fmt=png", "fmt=png"},
		{"entity encoded twice", "wid=1&amp;amp;hei=2", "wid=1 | hei=2", "wid=1&hei=2"},
		{"names are folded", "WID=1&CropN=0,0,1,1&OP_SHARPEN=1", "wid=1 | cropN=0,0,1,1 | op_sharpen=1", "wid=1&cropN=0,0,1,1&op_sharpen=1"},
		{"unknown names stay", "Foo=1", "Foo=1", "Foo=1"},
		{"values keep their case", "id=AbC", "id=AbC", "id=AbC"},
		{"first = parts", "id=a=b=c", "id=a=b=c", "id=a=b=c"},
		{"no =", "op_invert", "op_invert=", "op_invert"},
		{"empty value", "defaultImage=", "defaultImage=", "defaultImage="},
		{"decoding precedes commas", "bgc=255%2C0%2C0", "bgc=255,0,0", "bgc=255,0,0"},
		{"+ is a blank", "text=layer+2+text", "text=layer 2 text", "text=layer+2+text"},
		{"%2B is a plus", "op_hue=%2B20", "op_hue=+20", "op_hue=%2B20"},
		{"%20 is a blank", "id=a%20b", "id=a b", "id=a+b"},
		{"encoded & = % $", "id=a%26b%3Dc%25d%24e", "id=a&b=c%d$e", "id=a%26b=c%25d%24e"},
		{"an encoded entity is text", "id=a%26amp;b", "id=a&amp;b", "id=a%26amp;b"},
		{"outside ASCII", "id=é", "id=é", "id=%C3%A9"},
		{"line breaks around segments", " wid=1 \n & \r\n\thei=2\n", "wid=1 | hei=2", "wid=1&hei=2"},
		{"blanks around the =", "wid =+1", "wid= 1", "wid=+1"},
		{"hex lock is a command", "wid=1&1a2f", "wid=1 | 1a2f=", "wid=1&1a2f"},
		{"lone bracket in text", "text={\\rtf ( x&wid=1", "text={\\rtf ( x | wid=1", "text={\\rtf+(+x&wid=1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := parsed(t, c.in, nil)
			if got := pairs(p); got != c.want {
				t.Errorf("commands\n got %s\nwant %s", got, c.want)
			}
			if got := p.Text(); got != c.text {
				t.Errorf("text\n got %s\nwant %s", got, c.text)
			}
			if again := parsed(t, p.Text(), nil); len(p) > 0 && !cmp.Equal(p, again) {
				t.Error(cmp.Diff(p, again))
			}
		})
	}
}

func TestNestedRequestsStayWhole(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"src=is(a/b?wid=1&hei=2)&fmt=png", "src=is(a/b?wid=1&hei=2) | fmt=png"},
		{"src=is{a?x=is{b?y=1&z=2}&c=3} &fmt=png", "src=is{a?x=is{b?y=1&z=2}&c=3} | fmt=png"},
		{"mask=(http://x/y?a=1&b=2)", "mask=(http://x/y?a=1&b=2)"},
		{"imageSet={a&b}&wid=1", "imageSet={a&b} | wid=1"},
		{"SRC=IS(a?text=lone { here&b=1)", "src=IS(a?text=lone { here&b=1)"},
		{"src=is%28a&wid=1", "src=is(a | wid=1"}, // only bare brackets count
		{"src=is(a?b=100%25&c)", "src=is(a?b=100%25&c)"},
		{"src=is(a?wid=1&amp;hei=2)", "src=is(a?wid=1&hei=2)"},
		{"$v=a%26(b)%3D;&src=is(o?text=$v$&id=$w$)", "$v=a&(b)=; | src=is(o?text=a%26%28b%29%3D%3B&id=$w$)"},
		{"crop=(1&wid=2", "crop=(1 | wid=2"},
	} {
		p := parsed(t, c.in, nil)
		if got := pairs(p); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.in, got, c.want)
		}
		if again := parsed(t, p.Text(), nil); !cmp.Equal(p, again) {
			t.Errorf("%s: %s", c.in, cmp.Diff(p, again))
		}
	}
}

func TestTextThatCannotBeTakenApart(t *testing.T) {
	for _, c := range []struct {
		in   string
		code diag.Code
		want string
	}{
		{"=5", diag.CommandSyntax, "needs a name"},
		{"$foo", diag.CommandSyntax, "$foo: want $name$"},
		{"$$", diag.CommandSyntax, "want $name$"},
		{"$a b$", diag.CommandSyntax, "want $name$"},
		{"$a$=5", diag.CommandSyntax, "want $name$"},
		{"id=50%", diag.CommandSyntax, "two hex digits"},
		{"id=%zz", diag.CommandSyntax, "two hex digits"},
		{"$v=%4", diag.CommandSyntax, "two hex digits"},
		{"src=is(a&b", diag.CommandSyntax, "closing )"},
		{"src=is(a)b", diag.CommandSyntax, "want & behind"},
		{"wid=1&a\x00b=1", diag.CommandSyntax, "name"},
		{"$card$", diag.MacroUnknown, "macro $card$ is not defined (job)"},
		{strings.Repeat("a", MaxText+1), diag.ModifierSize, "8193 bytes"},
		{strings.Repeat("a&", MaxCommands+1), diag.ModifierSize, "256 commands"},
		{"id=" + strings.Repeat("é", MaxText/3), diag.ModifierSize, "expanded"},
	} {
		_, err := Parse(c.in, job, nil)
		d := asDiag(t, err)
		if d.Code != c.code || !strings.Contains(d.Message, c.want) {
			t.Errorf("%s: got %s %q, want %s %q", clip(c.in), d.Code, d.Message, c.code, c.want)
		}
		if d.Code.Entry().Class != diag.Input {
			t.Errorf("%s is not of class Input", d.Code)
		}
	}
}

func TestLimitsAreInclusive(t *testing.T) {
	if p := parsed(t, strings.Repeat("a&", MaxCommands), nil); len(p) != MaxCommands {
		t.Errorf("%d commands", len(p))
	}
	if p := parsed(t, "id="+strings.Repeat("x", MaxText-3), nil); len(p.Text()) != MaxText {
		t.Errorf("%d bytes", len(p.Text()))
	}
}

func TestVariables(t *testing.T) {
	for _, c := range []struct{ name, in, want, text string }{
		{"pasted", "$w=300&wid=$w$", "$w=300 | wid=300", "$w=300&wid=300"},
		{"several in a value", "$a=1&$b=2&crop=$a$,$b$,$a$$b$,9", "$a=1 | $b=2 | crop=1,2,12,9", "$a=1&$b=2&crop=1,2,12,9"},
		{"case of names", "$Big=300&wid=$bIG$", "$Big=300 | wid=300", "$Big=300&wid=300"},
		{"one pass alone", "$b=300&$a=$b$&wid=$a$", "$b=300 | $a=$b$ | wid=$b$", "$b=300&$a=%24b%24&wid=%24b%24"},
		{"unknown stays", "id=$x$", "id=$x$", "id=%24x%24"},
		{"unknown before known", "$b=1&id=$a$b$", "$b=1 | id=$a1", "$b=1&id=%24a1"},
		{"defined after use", "wid=$w$&$w=3", "wid=$w$ | $w=3", "wid=%24w%24&$w=3"},
		{"latest definition before", "$w=1&wid=$w$&$w=2&hei=$w$", "$w=1 | wid=1 | $w=2 | hei=2", "$w=1&wid=1&$w=2&hei=2"},
		{"encoded once", "$t=a%26b%25&id=$t$", "$t=a&b% | id=a&b%", "$t=a%26b%25&id=a%26b%25"},
		{"an encoded $ is text", "$w=1&id=%24w%24", "$w=1 | id=$w$", "$w=1&id=%24w%24"},
		{"unused is harmless", "$w=1", "$w=1", "$w=1"},
		{"not in layer", "$n=1&layer=$n$", "$n=1 | layer=$n$", "$n=1&layer=%24n%24"},
		{"object stays", "src=$object$&id=x%24object%24", "src=$object$ | id=x$object$", "src=$object$&id=x%24object%24"},
		{"object redefined", "$object=a/b&src=$OBJECT$", "$object=a/b | src=a/b", "$object=a/b&src=a/b"},
		{"a pasted half of a letter", "$v=%C3&id=$v$%A9", "$v=\xc3 | id=é", "$v=%C3&id=%C3%A9"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := parsed(t, c.in, nil)
			if got := pairs(p); got != c.want {
				t.Errorf("commands\n got %s\nwant %s", got, c.want)
			}
			if got := p.Text(); got != c.text {
				t.Errorf("text\n got %s\nwant %s", got, c.text)
			}
		})
	}
}

func TestVariablesCannotGrowWithoutBound(t *testing.T) {
	text := "$v=" + strings.Repeat("x", 4000) + "&id=" + strings.Repeat("$v$", 1000)
	_, err := Parse(text, job, nil)
	if d := asDiag(t, err); d.Code != diag.ModifierSize {
		t.Errorf("got %s", d.Code)
	}
}

func TestOriginsReadBack(t *testing.T) {
	for _, o := range []Origin{
		{Source: FromJob}, {Source: FromMacro, Name: "card"}, {Source: FromMacro, Name: "outer > inner"},
		{Source: FromCatalog, Name: "PostModifier"}, {Source: FromAttribute}, {Source: FromPipeline},
	} {
		if got := ParseOrigin(o.String()); got != o {
			t.Errorf("ParseOrigin(%q) = %+v", o.String(), got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"&fmt=png", "wid=400&hei=300&fit=crop&fmt=webp&qlt=82", "$card$&bgc=255%2C0%2C0", "src=is(a?b=1&c=2)&$v=1&wid=$v$",
		"&amp;amp;wid=1", ".c&?x", "$outer$&rotate=45", "cropN=.1,.1,.5,.5&scl=3", "id=%24object%24$object$", "src=is{$v$}&mask=$v$",
	} {
		f.Add(s)
	}
	macros := NewMacros()
	for _, d := range [][2]string{{"card", "wid=400&hei=300&fit=crop,1"}, {"outer", "$v=a%26b&$card$&id=$v$"}} {
		if err := macros.Define(d[0], d[1], diag.Place{}); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text, job, macros)
		if err != nil {
			if asDiag(t, err).Code.Entry().Class != diag.Input {
				t.Errorf("%v is not of class Input", err)
			}
			return
		}
		again := parsed(t, p.Text(), nil)
		for i := range p {
			p[i].Origin = job
		}
		if len(p)+len(again) > 0 && !cmp.Equal(p, again) {
			t.Errorf("%q: %s", p.Text(), cmp.Diff(p, again))
		}
		for _, c := range p {
			if one := parsed(t, c.Text, nil); !cmp.Equal(one, Program{c}) {
				t.Errorf("%q: %s", c.Text, cmp.Diff(one, Program{c}))
			}
		}
		checkProgram(t, p)
	})
}

// checkProgram interprets p: nothing may panic, and what comes out is bounded.
func checkProgram(t *testing.T, p Program) {
	_, checked := Check(p)
	s, _, err := Resolve(Sources{Attributes: DefaultAttributes(), Request: p})
	if err != nil {
		return
	}
	if checked != nil {
		t.Errorf("Resolve takes what Check refuses: %v", checked)
	}
	for _, size := range []Size{{1, 1}, {4000, 3000}, {3, 60000}} {
		g, _, err := s.Geometry(size)
		if err != nil {
			continue
		}
		if min(g.View.W, g.View.H, g.Image.W, g.Image.H, g.Comp.W, g.Comp.H) < 1 || max(g.View.W, g.View.H) > maxEdge {
			t.Errorf("%q gives %+v", p.Text(), g)
		}
	}
}

func BenchmarkParseTenCommands(b *testing.B) {
	const text = "&wid=400&hei=300&fit=crop,1&align=0,-1&fmt=webp,rgb&qlt=82,1&bgc=ff0000&rotate=90&flip=lr&resMode=sharp2"
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(text, job, nil); err != nil {
			b.Fatal(err)
		}
	}
}
