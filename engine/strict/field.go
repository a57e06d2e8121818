package strict

import (
	"reflect"
	"strings"
)

// field is a key that a struct takes.
type field struct {
	name  string
	typ   reflect.Type
	index []int
}

// fieldsOf lists the keys of a struct type in the order of its fields. Fields
// without a toml tag are not keys; an embedded struct gives its own.
func fieldsOf(t reflect.Type) []field {
	var all []field
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("toml"), ",")
		switch {
		case f.Anonymous && name == "" && f.Type.Kind() == reflect.Struct:
			for _, in := range fieldsOf(f.Type) {
				in.index = append([]int{i}, in.index...)
				all = append(all, in)
			}
		case f.IsExported() && name != "" && name != "-":
			all = append(all, field{name: name, typ: f.Type, index: []int{i}})
		}
	}
	return all
}

func names(fields []field) []string {
	all := make([]string, len(fields))
	for i, f := range fields {
		all[i] = f.name
	}
	return all
}
