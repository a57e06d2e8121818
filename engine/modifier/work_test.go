package modifier

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// Text that is made to be slow costs work in proportion to its length. Work is
// counted as the bytes and the pieces of memory that it takes, which never depend
// on how busy the machine is.
func TestWorkGrowsWithTheText(t *testing.T) {
	macros := NewMacros()
	numbered := func(format string) func(int) string {
		return func(n int) string {
			var b strings.Builder
			for i := 0; b.Len() < n; i++ {
				fmt.Fprintf(&b, format, i)
			}
			return b.String()[:n]
		}
	}
	repeated := func(head, piece string) func(int) string {
		return func(n int) string { return head + strings.Repeat(piece, (n-len(head))/len(piece)) }
	}
	for name, text := range map[string]func(int) string{
		"empty segments":           repeated("", "&"),
		"entities":                 repeated("wid=1", "&amp;amp;"),
		"comments":                 repeated("", ".c&"),
		"a long name":              repeated("", "a"),
		"a long value":             repeated("id=", "a"),
		"escapes":                  repeated("id=", "%41"),
		"blanks":                   repeated("id=", " "),
		"dollars":                  repeated("id=", "$"),
		"references":               repeated("$a=1&id=", "$a$"),
		"unknown references":       repeated("id=", "$b$"),
		"references to much":       repeated("$a=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa&id=", "$a$"),
		"definitions":              numbered("$v%d=1&"),
		"one variable, many times": repeated("", "$v=1&"),
		"brackets":                 repeated("src=is", "("),
		"nested":                   repeated("mask=is(a?", "$b$"),
		"unknown commands":         numbered("c%d=1&"),
		"one command":              repeated("", "wid=1&"),
		"layers":                   numbered("layer=0,n%d&"),
		"numbers":                  repeated("align=", "1,"),
		"a long number":            repeated("wid=", "1"),
		"paths":                    repeated("clipPath=M0,0", "L1,1"),
		"curves":                   repeated("clipPath=M0,0", "c1,1,2,2,3,3"),
		"names of paths":           numbered("clipPathE=p%d,"),
		"forced colours":           repeated("quantize=adaptive,off,256,", "000000,"),
	} {
		short, long := work(text(MaxText/4), macros), work(text(MaxText), macros)
		// Four times the text is about four times the work; twice that is the alarm.
		if long > 8*short+64<<10 {
			t.Errorf("%s: %d for a quarter, %d for all", name, short, long)
		}
		if long > 4<<20 {
			t.Errorf("%s: %d", name, long)
		}
	}
}

// work reads, checks and resolves a text, and gives what that took: bytes, and 64
// for every piece.
func work(text string, macros *Macros) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if p, err := Parse(text, job, macros); err == nil {
		_, _ = Check(p)
		_, _, _ = Resolve(Sources{Attributes: DefaultAttributes(), Request: p})
	}
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc + 64*(after.Mallocs-before.Mallocs)
}
