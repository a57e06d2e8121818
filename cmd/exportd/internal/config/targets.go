package config

import (
	"maps"
	"net/netip"
	"slices"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/stage"
	"github.com/exportd/exportd/stages/deliver"
	"github.com/exportd/exportd/stages/deliver/target"
)

// targets reads [targets."ADDRESS"]: how to reach what an address begins with.
// The keys of buckets are those of [credentials], for originals come from there too.
func (r *reader) targets(c *Config) (err error) {
	var found diag.List
	for _, address := range slices.Sorted(maps.Keys(r.file.Targets)) {
		s := r.file.Targets[address]
		s.Dir = r.dir
		r.file.Targets[address] = s
		wrong := func(key, format string, args ...any) {
			found.Add(diag.New(diag.KeyValue, format, args...).At(r.doc.Place("targets", address, key)))
		}
		if _, err := deliver.Locate(stage.Env{Root: r.dir}, address); err != nil {
			found.Add(diag.New(diag.KeyValue, "targets.%q is no address: %w", address, err).At(r.doc.Place("targets", address)).
				WithHint("write the beginning of an address, as s3://BUCKET or sftp://HOST"))
		}
		if s.Parallel < 0 || s.Parallel > target.MaxParallel {
			wrong("parallel", "parallel is %d, allowed are 1 to %d", s.Parallel, target.MaxParallel)
		}
		if s.Rate < 0 {
			wrong("rate", "rate is %v, it must be more than 0", s.Rate)
		}
		for _, network := range s.AllowPrivate {
			if _, err := netip.ParsePrefix(network); err != nil {
				wrong("allow_private", "%q is no network, as 10.1.0.0/16", network)
			}
		}
	}
	if len(found) > 0 {
		return found.Err()
	}
	all := maps.Clone(r.file.Targets)
	for address, keys := range r.file.Credentials {
		s := all[address]
		s.AccessKey, s.SecretKey, s.SessionToken, s.Dir = keys.AccessKey, keys.SecretKey, keys.SessionToken, r.dir
		if all == nil {
			all = map[string]target.Settings{}
		}
		all[address] = s
	}
	c.Targets, err = target.Encode(all)
	return err
}
