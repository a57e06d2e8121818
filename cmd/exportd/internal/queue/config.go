package queue

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// Config says where the queue is.
type Config struct {
	// URL names the servers of a cluster, comma-separated; "" for the server
	// inside this process.
	URL string
	// Dir is the embedded server's folder. It must be on a local disk.
	Dir string
	// Socket is the Unix socket at which local workers find the embedded server.
	Socket string
	// MaxStore bounds the embedded server's disk, in bytes; 0 is 8 GiB, and never
	// more than half of what is free.
	MaxStore int64
	// Hold is how long a claim holds without a sign of life, 1 s at least; 0 is 30 s.
	Hold time.Duration
	// Replicas is in how many servers of a cluster everything lies: 1, 3 or 5; 0
	// is 3 for a cluster.
	Replicas int
	// Credentials is a NATS credentials file, CA a file of certificates to trust,
	// Cert and Key a client certificate; each may be "".
	Credentials, CA, Cert, Key string
	// Name tells this process from others in the servers' lists and in claims.
	Name string
	// Log hears what the embedded server has to say; nil for nobody.
	Log *slog.Logger
}

// The bounds of messages, in bytes.
const (
	MaxUnit = 64 << 10  // a unit, as the scheduler cuts it
	MaxPage = 256 << 10 // a page of results, as workers cut it
	maxWork = 256 << 10
	maxSize = 1 << 20 // the servers' own bound
)

const (
	defaultHold  = 30 * time.Second
	defaultStore = 8 << 30
	maxMemory    = 64 << 20
	dedupe       = 2 * time.Minute
	claimTTL     = 7 * 24 * time.Hour
	patience     = 10 * time.Second // for an answer of the server
)

// Validate fills in defaults and refuses what cannot work.
func (c *Config) Validate() error {
	if c.Hold == 0 {
		c.Hold = defaultHold
	}
	if c.Replicas == 0 {
		c.Replicas = 1
		if c.URL != "" {
			c.Replicas = 3
		}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	var found []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			found = append(found, fmt.Errorf(format, args...))
		}
	}
	check(c.URL != "" || c.Dir != "" || c.Socket != "", "a queue needs a URL, a folder or a socket")
	check(c.Hold >= time.Second, "hold is %s, at least 1s is needed", c.Hold)
	check(c.Replicas == 1 || c.Replicas == 3 || c.Replicas == 5, "replicas is %d, allowed are 1, 3 and 5", c.Replicas)
	check((c.Cert == "") == (c.Key == ""), "a client certificate needs both cert and key")
	for u := range strings.SplitSeq(c.URL, ",") {
		scheme, _, ok := strings.Cut(strings.TrimSpace(u), "://")
		check(c.URL == "" || ok && (scheme == "nats" || scheme == "tls"), "the URL %q is neither nats:// nor tls://", u)
	}
	return errors.Join(found...)
}
