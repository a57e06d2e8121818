package planning

import (
	"slices"

	"github.com/exportd/exportd/engine/plan"
)

// Branch is a way through a plan that ends in a file.
type Branch struct {
	Stage     string // the deliver stage
	Rendition string // the last transform on the way, "" for originals
	To        string // the target's address
}

// Branches lists every way through the plan that ends in a file: by the order of
// the deliver stages, then of the transforms. It is the order of a manifest's
// lines within an asset.
func Branches(p *plan.Plan) []Branch {
	renditions := map[string][]string{}
	var out []Branch
	for _, st := range p.Stages {
		var own []string
		for _, f := range st.From {
			for _, r := range renditions[f] {
				if !slices.Contains(own, r) {
					own = append(own, r)
				}
			}
		}
		if len(st.From) == 0 {
			own = []string{""}
		}
		if _, ok := st.Params["modifier"]; ok {
			own = []string{st.Name}
		}
		renditions[st.Name] = own
		if _, ok := st.Params["to"]; !ok || len(st.From) == 0 { // a dead letter's files are no rendition
			continue
		}
		for _, r := range own {
			out = append(out, Branch{Stage: st.Name, Rendition: r, To: target(st)})
		}
	}
	return out
}
