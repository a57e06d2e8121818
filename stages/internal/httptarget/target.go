package httptarget

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/filename"
	"github.com/exportd/exportd/engine/secret"
	"github.com/exportd/exportd/stages/deliver/target"
	"github.com/exportd/exportd/stages/internal/outbound"
)

// Config describes a target.
type Config struct {
	URL       *url.URL // https
	Hook      bool     // POST to the URL itself
	Job       string   // job.id: begins the idempotency keys
	Overwrite bool     // what is there with other bytes
	Parallel  int      // connections kept
	Policy    outbound.Policy
	CAFile    string
	User      string
	// Password, Token and SigningKey are asked for when the target is first used.
	Password, Token, SigningKey func() (secret.Value, error)
}

// Target is a receiver. It is safe for concurrent use.
type Target struct {
	cfg Config
	now func() time.Time

	mu       sync.Mutex
	client   *http.Client
	password secret.Value
	token    secret.Value
	signing  secret.Value
}

var _ target.Target = (*Target)(nil)

// New makes a target and connects to nothing.
func New(cfg Config) *Target { return &Target{cfg: cfg, now: time.Now} }

// patience bounds a request where the caller has no deadline.
const patience = 10 * time.Minute

// open makes the client and reads the secrets.
func (t *Target) open() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.client != nil {
		return nil
	}
	for _, s := range []struct {
		read func() (secret.Value, error)
		to   *secret.Value
	}{{t.cfg.Password, &t.password}, {t.cfg.Token, &t.token}, {t.cfg.SigningKey, &t.signing}} {
		var err error
		if *s.to, err = s.read(); err != nil {
			return err
		}
	}
	var roots []byte
	if t.cfg.CAFile != "" {
		var err error
		if roots, err = os.ReadFile(t.cfg.CAFile); err != nil {
			return diag.New(diag.TargetDenied, "ca_file: %w", err)
		}
	}
	client, err := t.cfg.Policy.Client(roots, t.cfg.Parallel)
	if err != nil {
		return diag.New(diag.TargetDenied, "ca_file: %w", err)
	}
	t.client = client
	return nil
}

// Where names the receiver, without what follows its path.
func (t *Target) Where() string { return t.cfg.URL.Scheme + "://" + t.cfg.URL.Host + t.cfg.URL.Path }

// body is what a request carries.
type body struct {
	name, sha256 string
	size         int64
	open         func() (io.ReadCloser, error)
	overwrite    bool
}

// Prepare sends the file: a receiver has no side where it would be hidden.
func (t *Target) Prepare(ctx context.Context, f target.File) error {
	if err := target.CheckName(f.Name); err != nil {
		return err
	}
	return t.deliver(ctx, body{
		name: f.Name, sha256: f.SHA256, size: f.Size, overwrite: t.cfg.Overwrite,
		open: func() (io.ReadCloser, error) { return os.Open(f.Temp) },
	})
}

// Commit has nothing left to do.
func (t *Target) Commit(ctx context.Context, files []target.File) []error {
	errs := make([]error, len(files))
	for i, f := range files {
		if errs[i] = ctx.Err(); errs[i] == nil {
			errs[i] = target.CheckName(f.Name)
		}
	}
	return errs
}

// deliver sends one file and understands the answer.
func (t *Target) deliver(ctx context.Context, b body) error {
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	if err := t.open(); err != nil {
		return err
	}
	status, err := t.send(ctx, b)
	if err == nil && status == http.StatusPreconditionFailed && !t.cfg.Hook {
		return t.compare(ctx, b)
	}
	return t.refused(ctx, b.name, status, err)
}

// send makes one request. What the receiver says besides its status is of no
// use; a little of it is read so that the connection can be kept.
func (t *Target) send(ctx context.Context, b body) (status int, err error) {
	content, err := b.open()
	if err != nil {
		return 0, target.Refused(b.name, err)
	}
	defer content.Close()
	r, err := t.request(ctx, b, content)
	if err != nil {
		return 0, err
	}
	answer, err := t.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 4<<10))
	return answer.StatusCode, nil
}

// compare looks at what a PUT has found at its place: an earlier attempt whose
// answer was lost, or something else.
func (t *Target) compare(ctx context.Context, b body) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, t.place(b.name).String(), nil)
	if err != nil {
		return err
	}
	t.authorize(r)
	answer, err := t.client.Do(r)
	if err != nil {
		return t.refused(ctx, b.name, 0, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return conflict(b.name, "and the receiver does not let it be read")
	}
	hash := sha256.New()
	n, err := io.Copy(hash, io.LimitReader(answer.Body, b.size+1))
	switch {
	case err != nil:
		return t.refused(ctx, b.name, 0, err)
	case n != b.size || hex.EncodeToString(hash.Sum(nil)) != b.sha256:
		return conflict(b.name, "with other bytes")
	}
	return nil
}

func conflict(name, how string) error {
	return diag.New(diag.Target, "%s is there already, %s", name, how).
		WithHint("remove it, deliver below another address, or pass --fresh to overwrite what this job delivers")
}

// Finish sends the sum and the signature of the manifest, then the manifest.
func (t *Target) Finish(ctx context.Context, m target.Manifest) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, c := range target.Companions("", m) {
		sum := sha256.Sum256(c.Content)
		b := body{name: c.Name, sha256: hex.EncodeToString(sum[:]), size: int64(len(c.Content)), overwrite: true}
		b.open = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(c.Content)), nil }
		if err := t.deliver(ctx, b); err != nil {
			return err
		}
	}
	info, err := os.Stat(m.File)
	if err != nil {
		return target.Refused(filename.Manifest, err)
	}
	return t.deliver(ctx, body{
		name: filename.Manifest, sha256: m.SHA256, size: info.Size(), overwrite: true,
		open: func() (io.ReadCloser, error) { return os.Open(m.File) },
	})
}

// Close lets go of idle connections.
func (t *Target) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.client != nil {
		t.client.CloseIdleConnections()
		t.client = nil
	}
	return nil
}

// refused says what a failure or a status means; nil where the file was taken.
func (t *Target) refused(ctx context.Context, what string, status int, err error) error {
	var known *diag.Diag
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &known):
		return known
	case errors.Is(err, outbound.ErrRefused):
		return diag.New(diag.TargetDenied, "%s: %w", t.Where(), err).
			WithHint(`deliver to a public address, or allow the network: [targets."https://HOST"] allow_private = ["10.1.0.0/16"]`)
	case err != nil:
		return diag.New(diag.Target, "%s to %s: %w", what, t.Where(), stripped(err)).
			WithHint("check the receiver; with retry = { … } at the stage, what may pass is tried again").Again(true)
	case status/100 == 2:
		return nil
	}
	d := diag.New(diag.Target, "%s to %s: the receiver answered %d %s", what, t.Where(), status, http.StatusText(status))
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return diag.New(diag.TargetDenied, "%s", d.Message).WithHint("check the credentials for this address; see [targets] in stages/deliver/README.md")
	case http.StatusInsufficientStorage:
		return diag.New(diag.TargetFull, "%s", d.Message)
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return d.Again(true)
	}
	return d.Again(status >= 500)
}

// stripped takes the URL out of a client's error: it may hold a query that is
// nobody's business.
func stripped(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// place gives the URL of a file.
func (t *Target) place(name string) *url.URL {
	u := *t.cfg.URL
	if !t.cfg.Hook {
		u.Path = strings.TrimSuffix(u.Path, "/") + "/" + name
		u.RawPath = ""
	}
	return &u
}
