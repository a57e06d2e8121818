package queue

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"github.com/exportd/exportd/engine/diag"
)

// Queue is an open connection to the queue. It is safe for concurrent use.
type Queue struct {
	cfg    Config
	server *embedded // nil when the server is elsewhere
	bridge *bridge
	conn   *nats.Conn
	js     jetstream.JetStream

	work, result, dead jetstream.Stream
	claims, jobs       jetstream.KeyValue
	plans              jetstream.KeyValue
}

// Open opens the queue for a daemon: it starts the embedded server where there is
// no URL, and makes what is stored there.
func Open(ctx context.Context, cfg Config) (*Queue, error) {
	if err := cfg.Validate(); err != nil {
		return nil, diag.New(diag.KeyValue, "the queue: %w", err)
	}
	q := &Queue{cfg: cfg}
	if err := q.open(ctx); err != nil {
		return nil, errors.Join(err, q.Close())
	}
	return q, nil
}

func (q *Queue) open(ctx context.Context) (err error) {
	if q.cfg.URL == "" {
		if q.server, err = startServer(q.cfg); err != nil {
			return err
		}
		if q.bridge, err = newBridge(q.cfg.Socket, q.server.server); err != nil {
			return err
		}
	}
	if err := q.connect(); err != nil {
		return err
	}
	return q.make(ctx)
}

// Dial connects a worker to the queue of a daemon: at its URL, or through the
// socket of an embedded server.
func Dial(ctx context.Context, cfg Config) (*Queue, error) {
	if err := cfg.Validate(); err != nil {
		return nil, diag.New(diag.KeyValue, "the queue: %w", err)
	}
	q := &Queue{cfg: cfg}
	err := q.connect()
	if err == nil {
		err = q.bind(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, q.Close())
	}
	return q, nil
}

// connect makes the connection. Once made it never gives up: a server that is
// restarted is found again.
func (q *Queue) connect() error {
	options := []nats.Option{
		nats.Name(q.cfg.Name), nats.MaxReconnects(-1), nats.ReconnectWait(200 * time.Millisecond), nats.ReconnectJitter(100*time.Millisecond, 300*time.Millisecond),
		nats.Timeout(5 * time.Second),
	}
	url := q.cfg.URL
	switch {
	case q.server != nil:
		options = append(options, nats.InProcessServer(q.server.server))
	case url == "":
		url = "nats://embedded"
		options = append(options, nats.SetCustomDialer(socketDialer(q.cfg.Socket)), nats.SkipHostLookup())
	default:
		more, err := q.security()
		if err != nil {
			return err
		}
		options = append(options, more...)
	}
	conn, err := nats.Connect(url, options...)
	if err != nil {
		return diag.New(diag.Queue, "connect to the queue: %w", err).WithHint("check that the daemon runs, or queue.url")
	}
	q.conn = conn
	q.js, err = jetstream.New(conn, jetstream.WithDefaultTimeout(patience))
	return err
}

// security gives the options of a connection to a cluster.
func (q *Queue) security() ([]nats.Option, error) {
	var options []nats.Option
	if q.cfg.Credentials != "" {
		options = append(options, nats.UserCredentials(q.cfg.Credentials))
	}
	if q.cfg.CA == "" && q.cfg.Cert == "" {
		return options, nil
	}
	t := &tls.Config{MinVersion: tls.VersionTLS12}
	if q.cfg.CA != "" {
		pem, err := os.ReadFile(q.cfg.CA)
		if err != nil {
			return nil, diag.New(diag.Queue, "read queue.ca: %w", err)
		}
		t.RootCAs = x509.NewCertPool()
		if !t.RootCAs.AppendCertsFromPEM(pem) {
			return nil, diag.New(diag.Queue, "queue.ca holds no certificate: %s", q.cfg.CA)
		}
	}
	if q.cfg.Cert != "" {
		pair, err := tls.LoadX509KeyPair(q.cfg.Cert, q.cfg.Key)
		if err != nil {
			return nil, diag.New(diag.Queue, "read queue.cert and queue.key: %w", err)
		}
		t.Certificates = []tls.Certificate{pair}
	}
	return append(options, nats.Secure(t)), nil
}

// streams lists what is stored.
func (q *Queue) streams() []jetstream.StreamConfig {
	kv := func(bucket string, history int64, ttl time.Duration) jetstream.StreamConfig {
		// As the client makes a bucket, but every read is answered by the leader: a
		// claim must not be read from a server that lags behind.
		return jetstream.StreamConfig{
			Name: "KV_" + bucket, Subjects: []string{"$KV." + bucket + ".>"}, MaxMsgsPerSubject: history, MaxAge: ttl,
			Discard: jetstream.DiscardNew, AllowRollup: true, DenyDelete: true, MaxMsgSize: maxSize,
		}
	}
	all := []jetstream.StreamConfig{
		{Name: "WORK", Subjects: []string{"work.*.*"}, Retention: jetstream.WorkQueuePolicy, Discard: jetstream.DiscardNew, MaxMsgSize: maxWork},
		{Name: "RESULT", Subjects: []string{"result.*.*"}, Discard: jetstream.DiscardNew, MaxMsgSize: maxSize},
		{Name: "DEAD", Subjects: []string{"dead.*.*"}, MaxMsgsPerSubject: 1, MaxMsgSize: maxSize},
		kv("CLAIM", 1, claimTTL), kv("JOB", 8, 0), kv("PLAN", 1, 0),
	}
	for i := range all {
		all[i].Storage, all[i].Replicas, all[i].Duplicates = jetstream.FileStorage, q.cfg.Replicas, dedupe
	}
	return all
}

// make makes what is not there yet, all at once, because each waits for the disk.
func (q *Queue) make(ctx context.Context) error {
	g, gctx := errgroup.WithContext(ctx)
	for _, cfg := range q.streams() {
		g.Go(func() error {
			if _, err := q.js.CreateOrUpdateStream(gctx, cfg); err != nil {
				return q.failed("make the stream "+cfg.Name, err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return q.bind(ctx)
}

// bind finds the streams.
func (q *Queue) bind(ctx context.Context) error {
	for name, to := range map[string]*jetstream.Stream{"WORK": &q.work, "RESULT": &q.result, "DEAD": &q.dead} {
		s, err := q.js.Stream(ctx, name)
		if err != nil {
			return q.failed("find the stream "+name, err)
		}
		*to = s
	}
	for name, to := range map[string]*jetstream.KeyValue{"CLAIM": &q.claims, "JOB": &q.jobs, "PLAN": &q.plans} {
		kv, err := q.js.KeyValue(ctx, name)
		if err != nil {
			return q.failed("find the bucket "+name, err)
		}
		*to = kv
	}
	return nil
}

// Close lets go of the queue; an embedded server ends.
func (q *Queue) Close() error {
	if q.conn != nil {
		q.conn.Close()
	}
	var errs []error
	if q.bridge != nil {
		errs = append(errs, q.bridge.stop())
	}
	if q.server != nil {
		errs = append(errs, q.server.stop())
	}
	return errors.Join(errs...)
}

// Healthy says whether the queue can store, with the reason when it cannot.
func (q *Queue) Healthy() error {
	switch {
	case q.server != nil && !q.server.server.JetStreamEnabled():
		return diag.New(diag.QueueFull, "the queue stopped storing: its disk is full or broken").WithHint("make room, then restart the daemon")
	case !q.conn.IsConnected():
		return diag.New(diag.Queue, "no connection to the queue")
	}
	return nil
}

// Hold is how long a claim holds without a sign of life.
func (q *Queue) Hold() time.Duration { return q.cfg.Hold }

// failed gives an error of the server its code.
func (q *Queue) failed(doing string, err error) error {
	var api *jetstream.APIError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, nats.ErrConnectionClosed):
		return fmt.Errorf("%s: %w", doing, err)
	case errors.As(err, &api) && (api.ErrorCode == insufficientResources || api.ErrorCode == storageExceeded || api.ErrorCode == maxBytesReached):
		return diag.New(diag.QueueFull, "%s: %w", doing, err).WithHint("make room on the queue's disk, or raise queue.max_store")
	}
	return diag.New(diag.Queue, "%s: %w", doing, err)
}

// Codes of the server that the client has no names for.
const (
	insufficientResources jetstream.ErrorCode = 10023
	storageExceeded       jetstream.ErrorCode = 10047
	maxBytesReached       jetstream.ErrorCode = 10077
)
