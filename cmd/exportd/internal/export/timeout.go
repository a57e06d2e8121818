package export

import (
	"time"

	"github.com/exportd/exportd/engine/plan"
)

// timeouts lists the stages of a plan that do not leave it to limits.time how
// long an item may be in them.
func timeouts(p *plan.Plan) map[string]time.Duration {
	found := map[string]time.Duration{}
	for _, st := range p.Stages {
		if d := p.TimeoutOf(st); d > 0 {
			found[st.Name] = d
		}
	}
	return found
}
