package modifier

import "strings"

// object is the variable that stands for the asset of the request. It is known
// only where an asset is, so a reference to it stays as it is unless the
// modifier defines $object= itself (is-protocol 2.3).
const object = "object"

// variables are the substitution variables of one modifier, by folded name, with
// their decoded values. A reference sees the latest definition before it, and
// references inside a value are left alone: there is one pass of substitution
// (is-protocol 2.3).
type variables map[string]string

// variables are the definitions that a program leaves behind: of each name the
// last.
func (p Program) variables() variables {
	v := variables{}
	for _, c := range p {
		if name, ok := c.variable(); ok {
			v[strings.ToLower(name)] = c.Value
		}
	}
	return v
}

// variable gives the name of the variable that c defines; ok is false for a
// command.
func (c Command) variable() (name string, ok bool) { return strings.CutPrefix(c.Name, "$") }

// expand decodes raw and pastes the variables it refers to. It gives the decoded
// value and its encoding; both stop growing soon after limit bytes. An unknown
// $name$ stays literal, $object$ stays a reference.
func (v variables) expand(raw string, brackets bool, limit int) (value, text string, err error) {
	var val, enc strings.Builder
	piece := func(raw string) error {
		start := val.Len()
		if err := decode(&val, raw); err != nil {
			return err
		}
		encode(&enc, val.String()[start:], brackets)
		return nil
	}
	for done := 0; ; {
		start, stop := v.reference(raw, done)
		if err := piece(raw[done:start]); err != nil {
			return "", "", err
		}
		if start == stop || enc.Len() > limit {
			return val.String(), enc.String(), nil
		}
		name := strings.ToLower(raw[start+1 : stop-1])
		if paste, ok := v[name]; ok {
			val.WriteString(paste)
			encode(&enc, paste, brackets)
		} else { // $object$
			val.WriteString(raw[start:stop])
			enc.WriteString(raw[start:stop])
		}
		done = stop
	}
}

// nestedEscapes are what must not appear in a nested request beyond what encode
// escapes: = would part a segment, and ; could complete an &amp;.
var nestedEscapes = strings.NewReplacer("=", "%3D", ";", "%3B")

// expandNested pastes variables into a nested request. The request stays
// encoded, so what is pasted is encoded once, = and brackets included, and one
// level of decoding restores it (is-protocol 2.3).
func (v variables) expandNested(raw string, limit int) string {
	if len(v) == 0 {
		return raw
	}
	var b strings.Builder
	for done := 0; ; {
		start, stop := v.reference(raw, done)
		b.WriteString(raw[done:start])
		if start == stop || b.Len() > limit {
			return b.String()
		}
		if paste, ok := v[strings.ToLower(raw[start+1:stop-1])]; ok {
			var enc strings.Builder
			encode(&enc, paste, true)
			b.WriteString(nestedEscapes.Replace(enc.String()))
		} else {
			b.WriteString(raw[start:stop])
		}
		done = stop
	}
}

// reference finds the first $name$ at or behind from that v defines, or that is
// $object$. Both ends are len(raw) when there is none.
func (v variables) reference(raw string, from int) (start, stop int) {
	for {
		i := strings.IndexByte(raw[from:], '$')
		if i < 0 {
			return len(raw), len(raw)
		}
		start = from + i
		j := strings.IndexByte(raw[start+1:], '$')
		if j < 0 {
			return len(raw), len(raw)
		}
		from = start + 1 + j
		name := raw[start+1 : from]
		if _, ok := v[strings.ToLower(name)]; ok || strings.EqualFold(name, object) {
			return start, from + 1
		}
	}
}
