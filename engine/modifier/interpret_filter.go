package modifier

import (
	"hash/fnv"
	"math"
	"strings"

	"github.com/exportd/exportd/engine/diag"
)

// filterSetters are the interpreters of is-protocol 7.4. It never changes.
var filterSetters = map[string]setter{
	"op_brightness":   adjust("-100..100", 100, func(f *Filters) *int { return &f.Brightness }),
	"op_contrast":     adjust("-100..100", 100, func(f *Filters) *int { return &f.Contrast }),
	"op_saturation":   adjust("-100..100", 100, func(f *Filters) *int { return &f.Saturation }),
	"op_hue":          adjust("-180..180", 180, func(f *Filters) *int { return &f.Hue }),
	"op_grow":         adjust("-100..100", 100, func(f *Filters) *int { return &f.Grow }),
	"op_growMask":     adjust("-100..100", 100, func(f *Filters) *int { return &f.GrowMask }),
	"op_growMaskR":    adjust("-100..100", 100, func(f *Filters) *int { return &f.GrowMaskR }),
	"op_invert":       toggle(func(f *Filters) *bool { return &f.Invert }),
	"op_sharpen":      toggle(func(f *Filters) *bool { return &f.Sharpen }),
	"op_colorbalance": setBalance, "op_colorize": setColorize, "op_noise": setNoise, "op_blur": setBlur,
	"op_usm":  unsharp(func(f *Filters) *USM { return &f.USM }),
	"op_usmR": unsharp(func(f *Filters) *USM { return &f.USMR }),
}

// clamped reads a number for command i. One outside lo..hi is brought into the
// range with a warning (A-4: adjustments are clamped, structure is not).
func (r *resolver) clamped(i int, text string, lo, hi float64, allowed string) (float64, *fault) {
	v, f := number(text, -coordLimit, coordLimit, allowed)
	if f != nil {
		return 0, f
	}
	in := min(max(v, lo), hi)
	if in != v {
		c := r.commands[i]
		r.note(i, "used", diag.New(diag.CommandClamped, "%s (%s): %s is brought to %g; allowed: %s", c.written(), c.Origin, text, in, allowed))
	}
	return in, nil
}

// clampedInt is clamped for whole numbers, halves up.
func (r *resolver) clampedInt(i int, text string, lo, hi int, allowed string) (int, *fault) {
	v, f := r.clamped(i, text, float64(lo), float64(hi), allowed)
	return int(math.Floor(v + 0.5)), f
}

// filters are those that command i speaks of: at comp the composite's, in layer=0
// the picture's own (is-protocol 4). op_growMask and its kin have the picture's
// mask in both.
func (r *resolver) filters(i int) *Filters {
	if r.scopes[i] == scopeBase && !strings.HasPrefix(r.commands[i].Name, "op_growMask") {
		return &r.set.Base.Filters
	}
	return &r.set.Filters
}

// adjust makes the setter of a command with one whole number in -limit..limit.
func adjust(allowed string, limit int, field func(*Filters) *int) setter {
	return func(r *resolver, i int, a args) *fault {
		text, f := a.one(allowed)
		if f != nil {
			return f
		}
		v, f := r.clampedInt(i, text, -limit, limit, allowed)
		if f == nil {
			*field(r.filters(i)) = v
		}
		return f
	}
}

func setBalance(r *resolver, i int, a args) *fault {
	const allowed = "red,green,blue, each -100..100"
	if len(a) != 3 {
		return wrong(allowed, "%d of 3 numbers are given", len(a))
	}
	var balance [3]int
	for n, text := range a {
		v, f := r.clampedInt(i, text, -100, 100, allowed)
		if f != nil {
			return f
		}
		balance[n] = v
	}
	r.filters(i).Balance = balance
	return nil
}

// setColorize reads rgb[,norm|off[,contrast]]. The colour has commas of its own
// when it is written in decimals, so it ends where a word stands: behind an rgb
// colour only norm or off can follow (r-op-colorize).
func setColorize(r *resolver, i int, a args) *fault {
	const allowed = "an rgb colour[,norm|off[,contrast 0..100]]"
	at := len(a)
	for n, text := range a {
		if strings.EqualFold(text, "norm") || strings.EqualFold(text, "off") {
			at = n
			break
		}
	}
	c, f := colour(strings.Join(a[:at], ","))
	switch {
	case f != nil && at == len(a) && len(a) == 2:
		return keyword(a[1], "norm", "off")
	case f != nil:
		return f
	case c.Space != SpaceRGB:
		return wrong(allowed, "the colour is %s", c.Space)
	case len(a)-at > 2:
		return wrong(allowed, "%d arguments follow the colour", len(a)-at)
	}
	made := &Colorize{Color: c.RGB(), Norm: at == len(a) || strings.EqualFold(a[at], "norm")}
	if len(a)-at == 2 {
		if made.Contrast, f = r.clamped(i, a[at+1], 0, 100, allowed); f != nil {
			return f
		}
	}
	r.filters(i).Colorize = made
	return nil
}

// toggle makes the setter of a command that is on or off.
func toggle(field func(*Filters) *bool) setter {
	return func(r *resolver, i int, a args) *fault {
		text, f := a.one("0 or 1")
		if f == nil {
			*field(r.filters(i)), f = flag(text)
		}
		return f
	}
}

func setNoise(r *resolver, i int, a args) *fault {
	const allowed = "0..100[,uniform|gaussian[,0|1]]"
	if len(a) > 3 {
		return wrong(allowed, "%d arguments are given", len(a))
	}
	var noise Noise
	var f *fault
	if noise.Amount, f = r.clampedInt(i, a[0], 0, 100, allowed); f != nil {
		return f
	}
	if len(a) > 1 {
		switch strings.ToLower(a[1]) {
		case "uniform":
		case "gaussian":
			noise.Gaussian = true
		default:
			return keyword(a[1], "uniform", "gaussian")
		}
	}
	if len(a) > 2 {
		if noise.Mono, f = flag(a[2]); f != nil {
			return f
		}
	}
	if noise.Amount > 0 {
		noise.Seed = r.seed()
	}
	r.filters(i).Noise = noise
	return nil
}

// seed is made of all commands, overridden ones too: it is only to be the same
// for the same request.
func (r *resolver) seed() uint64 {
	h := fnv.New64a()
	for _, c := range r.commands {
		_, _ = h.Write([]byte(c.Text))
		_, _ = h.Write([]byte{'&'})
	}
	return h.Sum64()
}

func setBlur(r *resolver, i int, a args) *fault {
	const allowed = "a radius of 0..100 pixels"
	text, f := a.one(allowed)
	if f != nil {
		return f
	}
	r.filters(i).Blur, f = r.clamped(i, text, 0, 100, allowed)
	return f
}

// unsharp makes the setter of op_usm and op_usmR. What is left out is 0, as the
// pages' default op_usm=0,0,0,0 has it: an amount without a radius does nothing,
// which is worth a warning.
func unsharp(field func(*Filters) *USM) setter {
	return func(r *resolver, i int, a args) *fault {
		const allowed = "amount 0..5[,radius 0..250[,threshold 0..255[,0|1]]]"
		if len(a) > 4 {
			return wrong(allowed, "%d arguments are given", len(a))
		}
		var u USM
		var f *fault
		if u.Amount, f = r.clamped(i, a[0], 0, 5, allowed); f != nil {
			return f
		}
		if len(a) > 1 {
			if u.Radius, f = r.clamped(i, a[1], 0, 250, allowed); f != nil {
				return f
			}
		}
		if len(a) > 2 {
			if u.Threshold, f = r.clampedInt(i, a[2], 0, 255, allowed); f != nil {
				return f
			}
		}
		if len(a) > 3 {
			if u.Mono, f = flag(a[3]); f != nil {
				return f
			}
		}
		if u.Amount > 0 && u.Radius == 0 {
			c := r.commands[i]
			r.note(i, "ignored: the radius is 0", diag.New(diag.CommandNoEffect, "%s (%s) has no effect: its radius is 0", c.written(), c.Origin))
		}
		*field(r.filters(i)) = u
		return nil
	}
}
