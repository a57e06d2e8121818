package front

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/exportd/exportd/cmd/exportd/internal/daemon"
)

// metrics gives the figures of the daemon in Prometheus' text format.
func (f *Front) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(gauges{f.cfg.Jobs}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// gauges asks the daemon when it is asked.
type gauges struct{ jobs Jobs }

// Describe says nothing: what there is depends on the daemon's jobs.
func (gauges) Describe(chan<- *prometheus.Desc) {}

// Collect gives the figures of now.
func (g gauges) Collect(to chan<- prometheus.Metric) {
	s := g.jobs.Stats()
	one := func(name, help string, value float64) {
		to <- prometheus.MustNewConstMetric(prometheus.NewDesc(name, help, nil, nil), prometheus.GaugeValue, value)
	}
	by := prometheus.NewDesc("exportd_jobs", "Jobs by state.", []string{"state"}, nil)
	for _, state := range daemon.States() {
		to <- prometheus.MustNewConstMetric(by, prometheus.GaugeValue, float64(s.Jobs[state]), string(state))
	}
	one("exportd_units_out", "Units that are offered or in the hands of workers.", float64(s.Units))
	one("exportd_workers", "Local workers that live.", float64(s.Workers))
}
