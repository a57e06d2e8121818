package runner

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/exportd/exportd/engine/report"
)

func TestEventsCrossThePipe(t *testing.T) {
	var pipe bytes.Buffer
	s := newSender(&pipe)
	want := []event{
		{Ready: true}, {Enter: &span{12, "decode"}}, {Leave: &span{0, "two words\nand a line"}},
		{Done: &report.AssetLine{Seq: 12, Handle: "a.png"}}, {Bye: true},
	}
	for _, e := range want {
		var err error
		switch {
		case e.Enter != nil:
			err = s.span(enters, e.Enter.Seq, e.Enter.Stage)
		case e.Leave != nil:
			err = s.span(leaves, e.Leave.Seq, e.Leave.Stage)
		default:
			err = s.send(e)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var got []event
	if err := receive(&pipe, parseEvent, func(e event) error { got = append(got, e); return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzParseEvent(f *testing.F) {
	for _, line := range []string{`+12 "decode"`, `-0 "a b"`, `{"bye":true}`, `+`, `+1`, `+1 decode`, `-9999999999999999999 "x"`} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := parseEvent(line)
		if err == nil && (e.Enter != nil || e.Leave != nil) && line[0] != enters && line[0] != leaves {
			t.Errorf("%q became a visit", line)
		}
	})
}
