package runner

import (
	"strings"
	"testing"
)

func TestTheWordsAProcessDiesWith(t *testing.T) {
	dump := strings.Repeat("goroutine 7 [syscall]:\nmain.f(0x1)\n", 2000) + "rax 0x0\ngs 0x0\n"
	for _, test := range []struct{ name, wrote, want string }{
		{"nothing", "", ""},
		{"the C library's, before Go's long report", "free(): invalid next size (normal)\nSIGABRT: abort\nPC=0x1 m=3\n\n" + dump, "free(): invalid next size (normal)"},
		{"a signal alone", "SIGSEGV: segmentation violation\nPC=0x1\n" + dump, "SIGSEGV: segmentation violation"},
		{"a fatal error of Go", "fatal error: out of memory\n\n" + dump, "fatal error: out of memory"},
		{"any last words", "warming up\ngoodbye\n\n", "goodbye"},
	} {
		var words tail
		for chunk := range strings.SplitAfterSeq(test.wrote, "\n") {
			if _, err := words.Write([]byte(chunk)); err != nil {
				t.Fatal(err)
			}
		}
		if got := words.last(); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
