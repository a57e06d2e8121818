package strict

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"

	"github.com/exportd/exportd/engine/diag"
)

// Strings is a field that takes one string or an array of strings.
type Strings []string

// maxFound is how many errors Decode gathers before it stops looking.
const maxFound = 100

// Decode puts the document into v, a pointer to a struct. Fields are found by
// their toml tag, an embedded struct counts as its fields, and what the document
// does not name keeps the value it has. A map is open for keys, a struct is not.
// The error is a diag.List of all that is wrong: E-KEY-UNKNOWN, E-KEY-TYPE,
// E-KEY-VALUE for a number out of range.
//
// A time.Duration is written as a string such as "2m", a float also as a whole
// number; nothing else converts.
func (d *Document) Decode(v any) error { return d.DecodeAt(v, nil) }

// DecodeAt is Decode for the table at path; nothing there leaves v as it is. The
// keys of elsewhere are those of tables near by, for a key that stands in the
// wrong one.
func (d *Document) DecodeAt(v any, path []string, elsewhere ...Elsewhere) error {
	dst := reflect.ValueOf(v)
	if dst.Kind() != reflect.Pointer || dst.IsNil() {
		return fmt.Errorf("decode into a %T, which is no pointer", v)
	}
	src := d.Value(path...)
	if src == nil {
		return nil
	}
	dec := &decoder{doc: d, path: slices.Clone(path)}
	dec.value(dst.Elem(), src, elsewhere)
	return dec.found.Err()
}

type decoder struct {
	doc   *Document
	path  []string
	found diag.List
}

// report adds d. Nothing is looked at once enough was found.
func (dec *decoder) report(d *diag.Diag) { dec.found.Add(d) }

func (dec *decoder) enough() bool { return len(dec.found) >= maxFound }

func (dec *decoder) mistyped(want string) { dec.report(dec.doc.Mistyped(want, dec.path...)) }

// below runs f one step down the path.
func (dec *decoder) below(name string, f func()) {
	dec.path = append(dec.path, name)
	f()
	dec.path = dec.path[:len(dec.path)-1]
}

func (dec *decoder) value(dst reflect.Value, src any, near []Elsewhere) {
	if dec.special(dst, src) {
		return
	}
	switch dst.Kind() {
	case reflect.Pointer:
		if dst.IsNil() {
			dst.Set(reflect.New(dst.Type().Elem()))
		}
		dec.value(dst.Elem(), src, near)
	case reflect.Interface:
		dec.open(dst, src)
	case reflect.Struct:
		dec.table(dst, src, near)
	case reflect.Map:
		dec.openTable(dst, src, near)
	case reflect.Slice:
		dec.array(dst, src, near)
	default:
		dec.scalar(dst, src)
	}
}

// open fills a field of any type.
func (dec *decoder) open(dst reflect.Value, src any) {
	if src == nil {
		dec.mistyped("a value")
		return
	}
	if !reflect.TypeOf(src).AssignableTo(dst.Type()) {
		dec.unsupported(dst)
		return
	}
	dst.Set(reflect.ValueOf(src))
}

// table fills a struct: every key needs its field.
func (dec *decoder) table(dst reflect.Value, src any, near []Elsewhere) {
	m, ok := src.(map[string]any)
	if !ok {
		dec.mistyped("a table")
		return
	}
	fields := fieldsOf(dst.Type())
	near = append(dec.inside(fields), near...)
	up := []Elsewhere{{Table: dec.doc.Table(dec.path...), Keys: names(fields)}}
	for _, key := range dec.doc.Keys(dec.path...) {
		if dec.enough() {
			return
		}
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == key })
		dec.below(key, func() {
			if i < 0 {
				dec.report(dec.doc.Unknown(dec.path, names(fields), near...))
				return
			}
			dec.value(dst.FieldByIndex(fields[i].index), m[key], up)
		})
	}
}

// inside lists the keys of the tables one level down.
func (dec *decoder) inside(fields []field) []Elsewhere {
	var all []Elsewhere
	for _, f := range fields {
		path := append(slices.Clone(dec.path), f.name)
		t := f.typ
		if t.Kind() == reflect.Map {
			t = t.Elem()
			path = append(path, "NAME")
		}
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() == reflect.Struct {
			all = append(all, Elsewhere{Table: dec.doc.Table(path...), Keys: names(fieldsOf(t))})
		}
	}
	return all
}

// openTable fills a map, which takes every key.
func (dec *decoder) openTable(dst reflect.Value, src any, near []Elsewhere) {
	m, ok := src.(map[string]any)
	if !ok {
		dec.mistyped("a table")
		return
	}
	if dst.Type().Key().Kind() != reflect.String {
		dec.unsupported(dst)
		return
	}
	if dst.IsNil() {
		dst.Set(reflect.MakeMapWithSize(dst.Type(), len(m)))
	}
	for _, key := range dec.doc.Keys(dec.path...) {
		if dec.enough() {
			return
		}
		elem := reflect.New(dst.Type().Elem()).Elem()
		dec.below(key, func() { dec.value(elem, m[key], near) })
		dst.SetMapIndex(reflect.ValueOf(key).Convert(dst.Type().Key()), elem)
	}
}

func (dec *decoder) array(dst reflect.Value, src any, near []Elsewhere) {
	list, ok := src.([]any)
	if !ok {
		dec.mistyped("an array")
		return
	}
	out := reflect.MakeSlice(dst.Type(), len(list), len(list))
	for i, e := range list {
		if dec.enough() {
			return
		}
		dec.below(strconv.Itoa(i), func() { dec.value(out.Index(i), e, near) })
	}
	dst.Set(out)
}

// unsupported is a mistake in the program, not in the text.
func (dec *decoder) unsupported(dst reflect.Value) {
	dec.report(diag.New(diag.InternalError, "%s cannot be read into a Go %s", dec.doc.Name(dec.path...), dst.Type()).
		At(dec.doc.Place(dec.path...)))
}
