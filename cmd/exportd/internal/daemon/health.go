package daemon

import (
	"runtime"
	"time"

	"github.com/exportd/exportd/engine/diag"
)

// stuck is how long work may stand still before the daemon calls itself not ready.
const stuck = 5 * time.Minute

// ready is behind [Daemon.Ready].
func (d *Daemon) ready() error {
	if err := d.queue.Healthy(); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range d.records {
		if r.State == Running && time.Since(d.finished) > stuck && time.Since(r.Started) > stuck {
			return diag.New(diag.Daemon, "nothing was finished for %s, and jobs are waiting", time.Since(d.finished).Round(time.Second)).
				WithHint("see exportd jobs ls and the trouble of its jobs")
		}
	}
	return nil
}

// Stats are figures of a daemon at one time.
type Stats struct {
	Jobs    map[State]int
	Units   int // that are out
	Workers int // local ones that live
}

// Stats counts.
func (d *Daemon) Stats() Stats {
	s := Stats{Jobs: map[State]int{}, Units: d.fair.held(), Workers: d.hands.count()}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range d.records {
		s.Jobs[r.State]++
	}
	return s
}

// images is how many images a local worker has at once.
func (d *Daemon) images() int {
	return Images(d.Config.Config.Daemon.Images, d.Config.Config.Daemon.Workers)
}

// Images shares the cores out among workers, where the configuration does not say
// how many images each has at once.
func Images(configured, workers int) int {
	if configured > 0 {
		return configured
	}
	return max(runtime.NumCPU()/max(workers, 1), 1)
}
