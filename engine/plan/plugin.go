package plan

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/exportd/exportd/engine/modifier"
)

// Plugin is a plugin that a plan may run, pinned by its sum.
type Plugin struct {
	Name     string
	Version  string
	Sum      string // sha256:…; "" for one that runs unlocked
	Encoders []Encoder
}

// Encoder is an encoder of a plugin, as far as a plan depends on it.
type Encoder struct {
	Name    string
	Format  string // the token of fmt= that it answers to; "" for none
	Ext     string // of its files, without the dot
	Alpha   bool
	Profile bool
	Types   []modifier.PixelType
}

// String writes an encoder in one line, as plans keep it:
// "qoi ext=qoi types=rgb,gray fmt=qoi alpha profile".
func (e Encoder) String() string {
	types := make([]string, len(e.Types))
	for i, t := range e.Types {
		types[i] = string(t)
	}
	line := fmt.Sprintf("%s ext=%s types=%s", e.Name, e.Ext, strings.Join(types, ","))
	if e.Format != "" {
		line += " fmt=" + e.Format
	}
	if e.Alpha {
		line += " alpha"
	}
	if e.Profile {
		line += " profile"
	}
	return line
}

// ParseEncoder undoes [Encoder.String]. What it does not know it leaves out.
func ParseEncoder(line string) Encoder {
	var e Encoder
	for i, word := range strings.Fields(line) {
		key, value, _ := strings.Cut(word, "=")
		switch {
		case i == 0:
			e.Name = word
		case key == "ext":
			e.Ext = value
		case key == "fmt":
			e.Format = value
		case key == "alpha":
			e.Alpha = true
		case key == "profile":
			e.Profile = true
		case key == "types":
			for t := range strings.SplitSeq(value, ",") {
				e.Types = append(e.Types, modifier.PixelType(t))
			}
		}
	}
	return e
}

// Token is the short name of what the encoder writes.
func (e Encoder) Token() string { return cmp.Or(e.Format, e.Name) }

// Encoder finds an encoder of a plugin.
func (p *Plan) Encoder(plugin, encoder string) (Encoder, bool) {
	for _, pl := range p.Plugins {
		for _, e := range pl.Encoders {
			if pl.Name == plugin && e.Name == encoder {
				return e, true
			}
		}
	}
	return Encoder{}, false
}

// Foreign lists the tokens of fmt= that the plan's plugins answer to.
func (p *Plan) Foreign() []modifier.Foreign {
	var all []modifier.Foreign
	for _, pl := range p.Plugins {
		for _, e := range pl.Encoders {
			if e.Format != "" {
				all = append(all, modifier.Foreign{Token: e.Format, Encoder: pl.Name + "/" + e.Name, Ext: e.Ext, Alpha: e.Alpha, Profile: e.Profile, Types: e.Types})
			}
		}
	}
	return all
}
