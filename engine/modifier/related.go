package modifier

import "strings"

// asset reads the name of another asset.
func asset(value string) (string, *fault) {
	value = strings.TrimSpace(value)
	if bracket(value) >= 0 {
		return "", unsupported("a nested request in the place of an asset is not built")
	}
	if _, err := ParseObject(value); err != nil {
		return "", wrong("an asset of the catalog", "%v", err)
	}
	return value, nil
}

// setMask reads mask= (r-mask). Whether the object exists is for planning to
// say, which asks the catalog.
func setMask(r *resolver, i int, _ args) (f *fault) {
	r.set.Mask.Object, f = asset(r.commands[i].Value)
	return f
}

// setSrc reads src= (r-src), likewise. What lands on layer 0 takes the place of
// the asset that the job names.
func setSrc(r *resolver, i int, _ args) (f *fault) {
	r.set.Src, f = asset(r.commands[i].Value)
	return f
}

// setDefaultImage reads defaultImage= (r-is-http-defaultimage); empty switches the
// stand-in off.
func setDefaultImage(r *resolver, i int, _ args) (f *fault) {
	if strings.TrimSpace(r.commands[i].Value) == "" {
		r.set.DefaultImage = ""
		return nil
	}
	r.set.DefaultImage, f = asset(r.commands[i].Value)
	return f
}

// WithObject gives the name of an asset in which $object$ stands for the asset of
// the request (is-protocol 2.3).
func WithObject(name, handle string) string {
	const reference = "$" + object + "$"
	for at := 0; ; {
		i := strings.Index(strings.ToLower(name[at:]), reference)
		if i < 0 {
			return name
		}
		name = name[:at+i] + handle + name[at+i+len(reference):]
		at += i + len(handle)
	}
}

// retained are what a default image leaves of a request (r-is-http-defaultimage).
// It never changes.
var retained = map[string]bool{"wid": true, "hei": true, "fmt": true, "qlt": true}

// Retained are the commands of a request that stay where a default image replaces
// the whole of it: wid, hei, fmt and qlt, and the variables that its own record may
// refer to.
func (p Program) Retained() Program {
	var kept Program
	for _, c := range p {
		if _, ok := c.variable(); ok || retained[c.Name] {
			kept = append(kept, c)
		}
	}
	return kept
}
