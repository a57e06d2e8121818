package filename

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

// naughty are names as nobody should give them, class by class: what programs
// take for nothing, for numbers, for markup, for commands, for other paths; what
// terminals, file systems and readers' eyes stumble over.
var naughty = []string{
	// nothing, and what reads like nothing
	"", " ", "  ", "\t", ".", "..", "...", "undefined", "undef", "null", "NULL", "(null)", "nil", "NIL", "true", "false", "None", "hasOwnProperty",
	"then", "constructor", "\\", "\\\\", "/", "//", "-", "--", "_", "~", "~root", "NaN", "Infinity",
	// numbers
	"0", "1", "-1", "1.00", "1/2", "1E+02", "0x0", "0xffffffffffffffff", "1,000,000.00", "999999999999999999999999999999", "١٢٣", "123456789012345678901234567890",
	// punctuation and keys of a keyboard
	",./;'[]\\-=", "<>?:\"{}|_+", "!@#$%^&*()`~", "%", "%%", "%n%s%d", "%2e%2e%2f", "%00", "#", "?", "*", "a?b*c", "\"", "'", "`", "$", "$HOME", "${job.name}", "a;b", "a&b", "a|b",
	// control characters, and those of C1
	"\x00", "a\x00b", "\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f", "\u0080\u0081\u008d\u009f", "a\nb", "a\r\nb", "\u0085",
	// spaces of all kinds, and none
	"\u00a0", "\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", "\u200b\u200c\u200d\u2060\ufeff", "\u180e", "\u00ad", "a\u2028b\u2029c",
	// what turns text round, or hides it
	"\u202a\u202b\u202c\u202d\u202e", "\u2066test\u2067", "\u202etxt.exe", "a\u200fb\u200e", "\u061c", "\ufff9a\ufffab\ufffb", "\U000e0001\U000e0067\U000e007f",
	// letters with many marks, of many writings, and those that look like others
	"Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞", "田中さんにあげて下さい", "和製漢語", "부락토픽", "ﷺ", "إختبار النص", "בְּרֵאשִׁית", "Ω≈ç√∫˜µ≤≥÷", "åß∂ƒ©˙∆˚¬…æ",
	"ЁЂЃЄЅІЇЈ", "Ⱥ", "Ⱦ", "ﬁ.png", "①.png", "İ.png", "ı.png", "K.png", "ſ.png", "ß.png", "SS.png", "µ.png", "μ.png",
	// emoji, joined and coloured
	"😍", "👩🏽", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇺🇸🇷🇺", "0️⃣ 1️⃣", "(╯°□°）╯︵ ┻━┻)", "( ͡° ͜ʖ ͡°)",
	// bytes that are no text
	"\xff", "\xc0\xaf", "a\xed\xa0\x80b", "\xf8\x88\x80\x80\x80", "\xfe\xff", "\ufffe", "\uffff",
	// commands, markup, queries
	"$(touch x)", "`touch x`", "; rm -rf ~", "| cat", "&& true", "--help", "-rf", "<script>alert(0)</script>", "<img src=x onerror=alert(1)>", "&lt;", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>",
	"1;DROP TABLE users", "1' OR '1'='1", "' OR 1=1 -- 1", "{{7*7}}", "${7*7}", "#{7*7}", "{% print 'x' %}", "%s%s%s%s%s", "() { 0; }; touch x", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "System(\"ls\")", "Kernel.exit(1)",
	// other paths
	"../../../../etc/passwd", "..\\..\\windows\\win.ini", "/etc/passwd", "C:\\boot.ini", "C:", "c:/x", "\\\\server\\share", "//server/share", "\\\\?\\C:\\x", "file:///etc/passwd", "a/../../b", "a/./b", "a//b", "./-", "..;/x", ".%2e/x", "\u2025/x", "\u2215etc\u2215passwd", "a/", "~/x", "/dev/null", "/proc/self/fd/1",
	// names that systems keep for themselves
	"CON", "con", "PRN", "AUX", "NUL", "nul.txt", "CLOCK$", "COM1", "COM1.txt", "LPT9", "lpt1.tar.gz", "COM¹", "CON .txt", "aux/x", "x/CON/y", "CONIN$", "desktop.ini", "Thumbs.db", ".DS_Store", ".git/config", ".htaccess",
	// what ends badly, and what is too long
	"a.", "a..", "a ", "a. .", "a\u3000", ".png", "a.png.", "a.png/", strings.Repeat("a", 256), strings.Repeat("ä", 200) + ".png", strings.Repeat("👩‍👩‍👧", 40), strings.Repeat("\u0301", 150), strings.Repeat("a/", 300) + "b",
	// what is exportd's
	"manifest.ndjson", "MANIFEST.NDJSON", "manifest.sha256", "manifest.ndjson.minisig", ".exportd/x", ".EXPORTD", ".exp-1", ".Exp-x/y",
	// pairs that are one file elsewhere
	"Straße.png", "STRASSE.png", "strasse.png", "\u00e9.png", "e\u0301.png", "É.PNG", "A.png", "a.PNG", "a", "a/b", "A/B",
}

// TestNaughtyNames holds reliability S10 and S11 for every name of the list, and
// for each again in a folder.
func TestNaughtyNames(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	u := NewUnique()
	of := map[string]string{} // what the manifest is: a name leads back to what it was made of
	for _, folder := range []string{"", "folder/"} {
		for _, name := range naughty {
			safe := Safe(folder + name)
			checkSafe(t, safe)
			for _, r := range safe {
				if unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d' {
					t.Errorf("%q keeps %U", safe, r)
				}
			}
			taken := u.Take(safe)
			checkSafe(t, taken)
			if was, twice := of[Fold(taken)]; twice {
				t.Errorf("%q and %q are both %q", was, folder+name, taken)
			}
			of[Fold(taken)] = folder + name
			if len(taken) > 3000 {
				continue // longer than any system opens
			}
			if err := root.MkdirAll(filepath.Dir(taken), 0o700); err != nil {
				t.Errorf("%q: %v", taken, err)
				continue
			}
			if err := root.WriteFile(taken, []byte(name), 0o600); err != nil {
				t.Errorf("%q: %v", taken, err)
			}
		}
	}
	if len(of) != 2*len(naughty) {
		t.Errorf("%d names lead back, of %d", len(of), 2*len(naughty))
	}
	// The same job gives the same names again.
	again := NewUnique()
	for _, folder := range []string{"", "folder/"} {
		for _, name := range naughty {
			taken := again.Take(Safe(folder + name))
			if of[Fold(taken)] != folder+name {
				t.Errorf("%q is %q the second time", folder+name, taken)
			}
		}
	}
}

func TestNamesThatAreOneFileElsewhereFoldTogether(t *testing.T) {
	for _, pair := range [][2]string{{"a", "A"}, {"é", "e\u0301"}, {"É", "é"}, {"ß", "SS"}, {"ſ", "s"}, {"µ", "μ"}, {"K", "k"}, {"ﬁ", "FI"}, {"ς", "Σ"}, {"Ǆ", "ǆ"}} {
		if Fold(pair[0]) != Fold(pair[1]) {
			t.Errorf("%q and %q are two files: %q, %q", pair[0], pair[1], Fold(pair[0]), Fold(pair[1]))
		}
	}
	for _, pair := range [][2]string{{"a", "b"}, {"ı", "i"}, {"a", "а"}} {
		if Fold(pair[0]) == Fold(pair[1]) {
			t.Errorf("%q and %q are one file", pair[0], pair[1])
		}
	}
}
