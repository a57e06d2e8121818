package strict

import (
	"reflect"
	"time"

	"github.com/exportd/exportd/engine/diag"
)

// wantDuration is how a message names the type of a time.Duration.
const wantDuration = `a duration such as "2m" or "500ms"`

// special fills the types that are not what their kind says. It gives false for
// all others.
func (dec *decoder) special(dst reflect.Value, src any) bool {
	switch into := dst.Addr().Interface().(type) {
	case *time.Duration:
		text, ok := src.(string)
		length, err := time.ParseDuration(text)
		if !ok || err != nil {
			dec.mistyped(wantDuration)
			return true
		}
		*into = length
	case *time.Time:
		when, ok := src.(time.Time)
		if !ok {
			dec.mistyped("a date")
			return true
		}
		*into = when
	case *Strings:
		if one, ok := src.(string); ok {
			*into = Strings{one}
			return true
		}
		if _, ok := src.([]any); !ok {
			dec.mistyped("a string or an array of strings")
			return true
		}
		dec.array(dst, src, nil)
	default:
		return false
	}
	return true
}

func (dec *decoder) scalar(dst reflect.Value, src any) {
	switch dst.Kind() {
	case reflect.String:
		if v, ok := src.(string); ok {
			dst.SetString(v)
			return
		}
		dec.mistyped("a string")
	case reflect.Bool:
		if v, ok := src.(bool); ok {
			dst.SetBool(v)
			return
		}
		dec.mistyped("a boolean")
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if v, ok := src.(int64); !ok {
			dec.mistyped("an integer")
		} else if dec.fits(dst.OverflowInt(v)) {
			dst.SetInt(v)
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if v, ok := src.(int64); !ok {
			dec.mistyped("an integer")
		} else if dec.fits(v < 0 || dst.OverflowUint(uint64(v))) {
			dst.SetUint(uint64(v))
		}
	case reflect.Float32, reflect.Float64:
		dec.float(dst, src)
	default:
		dec.unsupported(dst)
	}
}

func (dec *decoder) float(dst reflect.Value, src any) {
	switch v := src.(type) {
	case float64:
		dst.SetFloat(v)
	case int64:
		dst.SetFloat(float64(v))
	default:
		dec.mistyped("a number")
	}
}

// fits reports a number that its field cannot hold.
func (dec *decoder) fits(overflow bool) bool {
	if overflow {
		dec.report(diag.New(diag.KeyValue, "%s is out of range: %v", dec.doc.Name(dec.path...), dec.doc.Value(dec.path...)).
			At(dec.doc.Place(dec.path...)))
	}
	return !overflow
}
