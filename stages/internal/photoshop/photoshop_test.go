package photoshop

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// record is a path record: a selector and its words.
func record(selector int, words ...int32) []byte {
	b := binary.BigEndian.AppendUint16(nil, uint16(selector))
	for _, w := range words {
		b = binary.BigEndian.AppendUint32(b, uint32(w))
	}
	return append(b, make([]byte, recordSize-len(b))...)
}

// count is the record in front of n knots.
func count(selector, n int) []byte { return record(selector, int32(n)<<16) }

// corner is a knot without curvature at x, y.
func corner(selector int, x, y float64) []byte {
	fx, fy := int32(x*(1<<24)), int32(y*(1<<24))
	return record(selector, fy, fx, fy, fx, fy, fx)
}

func resource(id int, name string, body []byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte("8BIM"), uint16(id))
	b = append(append(b, byte(len(name))), name...)
	if len(name)%2 == 0 {
		b = append(b, 0)
	}
	b = append(binary.BigEndian.AppendUint32(b, uint32(len(body))), body...)
	if len(body)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// square is a closed path from 0.25 to 0.75 behind the records that Photoshop
// writes first.
func square() []byte {
	return bytes.Join([][]byte{
		record(6), record(8), count(closedLength, 4),
		corner(1, .25, .25), corner(1, .75, .25), corner(1, .75, .75), corner(1, .25, .75),
	}, nil)
}

func segment(marker byte, body []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2)), body...)
}

func at(x, y float64) Knot { return Knot{Point{x, y}, Point{x, y}, Point{x, y}} }

var wantSquare = []Subpath{{Closed: true, Knots: []Knot{at(.25, .25), at(.75, .25), at(.75, .75), at(.25, .75)}}}

func TestPathsOfAResourceBlock(t *testing.T) {
	open := append(count(openLength, 1), record(openSingle, -1<<24, 2<<24, 1<<23, 1<<22, 0, 1<<24)...)
	data := bytes.Join([][]byte{
		resource(1005, "", make([]byte, 15)), // of odd size
		resource(2000, "box", square()), resource(2001, "line", open), resource(2999, "", append([]byte{3}, "box"...)),
	}, nil)
	want := Paths{Clipping: "box", List: []Path{
		{ID: 2000, Name: "box", Subpaths: wantSquare},
		{ID: 2001, Name: "line", Subpaths: []Subpath{{Knots: []Knot{{In: Point{2, -1}, At: Point{.25, .5}, Out: Point{1, 0}}}}}},
	}}
	if diff := cmp.Diff(want, Parse(data)); diff != "" {
		t.Error(diff)
	}
}

func TestDamagedBlocksEndTheReading(t *testing.T) {
	whole := append(resource(2000, "a", square()), resource(2001, "b", square())...)
	for n := range whole {
		if got := len(Parse(whole[:n]).List); got > 1 {
			t.Fatalf("%d of %d bytes give %d paths", n, len(whole), got)
		}
	}
	huge := resource(2000, "a", nil)
	binary.BigEndian.PutUint32(huge[len(huge)-4:], 0xffffffff)
	if got := Parse(huge); len(got.List) != 0 {
		t.Errorf("a block beyond the data is taken: %v", got)
	}
	// Knots without a length record, and more of them than it announces.
	stray := bytes.Join([][]byte{corner(1, 0, 0), count(0, 1), corner(1, .5, .5), corner(1, 1, 1)}, nil)
	want := []Subpath{{Closed: true, Knots: []Knot{at(.5, .5)}}}
	if diff := cmp.Diff(want, Parse(resource(2000, "a", stray)).List[0].Subpaths); diff != "" {
		t.Error(diff)
	}
	many := resource(2000, "a", make([]byte, recordSize*(maxKnots+1)))
	if got := Parse(many); len(got.List) != 0 {
		t.Error("more knots than allowed are taken")
	}
}

func TestPathsOfFiles(t *testing.T) {
	block := resource(2000, "box", square())
	cut := len(block) - 40 // resources go on in the next segment
	jpeg := bytes.Join([][]byte{
		{0xff, 0xd8}, segment(0xe0, []byte("JFIF\x00")), {0xff}, // a fill byte
		segment(0xed, []byte(signature+string(block[:cut]))), segment(0xed, []byte("other")),
		segment(0xed, []byte(signature+string(block[cut:]))), segment(0xda, nil),
		segment(0xed, []byte(signature+string(resource(2001, "behind the scan", square())))),
	}, nil)
	tiff := func(order binary.AppendByteOrder, mark string) []byte {
		b := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
		b = order.AppendUint16(b, 1)
		b = order.AppendUint16(order.AppendUint16(b, resourcesTag), 1)
		b = order.AppendUint32(order.AppendUint32(b, uint32(len(block))), 22)
		return append(b, block...)
	}
	for name, file := range map[string][]byte{
		"jpeg": jpeg, "little tiff": tiff(binary.LittleEndian, "II"), "big tiff": tiff(binary.BigEndian, "MM"),
	} {
		got, err := Read(bytes.NewReader(file))
		if err != nil || len(got.List) != 1 || got.List[0].Name != "box" || cmp.Diff(wantSquare, got.List[0].Subpaths) != "" {
			t.Errorf("%s: %v %v", name, got, err)
		}
		for n := range file {
			if _, err := Read(bytes.NewReader(file[:n])); err != nil {
				t.Errorf("%s cut to %d bytes: %v", name, n, err)
			}
		}
	}
	if got, err := Read(strings.NewReader("\x89PNG")); err != nil || len(got.List) != 0 {
		t.Errorf("a png: %v %v", got, err)
	}
}

// broken fails at its first read.
type broken struct{ io.Seeker }

var errDisk = errors.New("the disk is gone")

func (broken) Read([]byte) (int, error) { return 0, errDisk }

func TestAnErrorOfTheReaderIsGiven(t *testing.T) {
	if _, err := Read(broken{strings.NewReader("")}); !errors.Is(err, errDisk) {
		t.Errorf("got %v", err)
	}
}

func FuzzRead(f *testing.F) {
	block := resource(2000, "box", square())
	f.Add(block)
	f.Add(append([]byte{0xff, 0xd8}, segment(0xed, []byte(signature+string(block)))...))
	f.Add([]byte("II*\x00\x08\x00\x00\x00\x01\x00\x49\x86\x01\x00\xff\x00\x00\x00\x08\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Read(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		p.List = append(p.List, Parse(data).List...)
		for _, path := range p.List {
			for _, s := range path.Subpaths {
				for _, k := range s.Knots {
					if k.At.X < -128 || k.At.X >= 128 || k.At.Y < -128 || k.At.Y >= 128 {
						t.Errorf("a knot at %v", k.At)
					}
				}
			}
		}
	})
}

func TestWhatIsWrittenReadsBackTheSame(t *testing.T) {
	curve := Knot{In: Point{-1.5, 0.25}, At: Point{0.5, 2}, Out: Point{1, -0.125}}
	want := Paths{Clipping: "even", List: []Path{
		{ID: 2000, Name: "odd", Subpaths: wantSquare},
		{ID: 2001, Name: "even", Subpaths: []Subpath{{Closed: true, Knots: []Knot{curve, at(0, 1), curve}}, {Knots: []Knot{at(1, 1), curve}}}},
	}}
	if diff := cmp.Diff(want, Parse(Encode(want))); diff != "" {
		t.Error(diff)
	}
}

func TestWhatCannotBeWrittenIsLeftOut(t *testing.T) {
	far := Subpath{Closed: true, Knots: []Knot{at(1000, -1000)}}
	got := Parse(Encode(Paths{Clipping: "gone", List: []Path{{Name: strings.Repeat("n", 300), Subpaths: []Subpath{{}, far, {Knots: make([]Knot, 70_000)}}}}}))
	edge := float64(1<<31-1) / (1 << 24)
	want := Paths{List: []Path{{ID: 2000, Name: strings.Repeat("n", 255), Subpaths: []Subpath{{Closed: true, Knots: []Knot{at(edge, -128)}}}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if b := Encode(Paths{Clipping: "alone"}); b != nil {
		t.Errorf("nothing becomes %d bytes", len(b))
	}
}
