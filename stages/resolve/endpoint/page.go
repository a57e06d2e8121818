package endpoint

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// The bounds of a page: its bytes, how often it is asked for, and how long is
// waited between.
const (
	maxPage  = 64 << 20
	maxTries = 6
	maxWait  = 10 * time.Second
)

// question is the body of a request, answer that of a reply.
type question struct {
	Handles []asset.Handle `json:"handles"`
	Cursor  string         `json:"cursor,omitempty"`
}

type answer struct {
	Assets []map[string]any `json:"assets"`
	Next   string           `json:"next"`
}

// passing is trouble that may be gone the next time.
type passing struct {
	error
	after time.Duration // what the service asks for; 0 = nothing
}

func (p passing) Unwrap() error { return p.error }

// page asks for one page until it comes, or fails for good.
func (e *Endpoint) page(ctx context.Context, handles []asset.Handle, cursor string) (answer, error) {
	body, err := json.Marshal(question{handles, cursor})
	if err != nil {
		return answer{}, err
	}
	for try := 1; ; try++ {
		a, err := e.ask(ctx, body)
		var p passing
		if err == nil || !errors.As(err, &p) || try == maxTries || ctx.Err() != nil {
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			return a, err
		}
		wait := e.pause << (try - 1)
		wait = min(max(wait/2+rand.N(wait), p.after), maxWait)
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return answer{}, ctx.Err()
		}
	}
}

// ask sends one request.
func (e *Endpoint) ask(ctx context.Context, body []byte) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return answer{}, e.broken("it cannot be asked")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "exportd")
	if !e.token.Empty() {
		request.Header.Set("Authorization", "Bearer "+e.token.Reveal())
	}
	response, err := e.client.Do(request)
	if err != nil {
		return answer{}, passing{error: e.broken("%s", plain(err))}
	}
	defer response.Body.Close()
	if err := e.judge(response); err != nil {
		return answer{}, err
	}
	return e.read(response.Body)
}

// plain strips an error of the method and the URL before it.
func plain(err error) error {
	var u *url.Error
	if !errors.As(err, &u) {
		return err
	}
	if u.Timeout() {
		return errors.New("it did not answer in time (catalog.timeout)")
	}
	return u.Err
}

// judge decides by the status of a reply.
func (e *Endpoint) judge(r *http.Response) error {
	status := fmt.Sprintf("%d %s", r.StatusCode, http.StatusText(r.StatusCode))
	switch {
	case r.StatusCode == http.StatusOK:
		return nil
	case r.StatusCode == http.StatusUnauthorized, r.StatusCode == http.StatusForbidden:
		return diag.New(diag.CatalogAuth, "the catalog's service %s answers %s", e.address(), status).WithHint("check catalog.token in the configuration")
	case r.StatusCode == http.StatusTooManyRequests, r.StatusCode == http.StatusRequestTimeout, r.StatusCode >= 500 && r.StatusCode != http.StatusNotImplemented:
		return passing{e.broken("it answers %s", status), retryAfter(r.Header.Get("Retry-After"))}
	case r.StatusCode >= 300 && r.StatusCode < 400:
		return e.broken("it answers %s; redirects are not followed", status).WithHint("write the final address in catalog.url")
	}
	said, err := io.ReadAll(io.LimitReader(r.Body, 200))
	if err != nil || len(bytes.TrimSpace(said)) == 0 {
		return e.broken("it answers %s", status)
	}
	return e.broken("it answers %s: %q", status, said)
}

// retryAfter reads the header: seconds, or a time.
func retryAfter(text string) time.Duration {
	if seconds, err := strconv.Atoi(text); err == nil && seconds > 0 {
		return min(time.Duration(seconds)*time.Second, maxWait)
	}
	if at, err := http.ParseTime(text); err == nil {
		return time.Until(at)
	}
	return 0
}

// read reads a page. One that breaks off is asked for again.
func (e *Endpoint) read(body io.Reader) (answer, error) {
	text, err := io.ReadAll(io.LimitReader(body, maxPage+1))
	switch {
	case err != nil:
		return answer{}, passing{error: e.broken("its answer broke off: %s", plain(err))}
	case len(text) > maxPage:
		return answer{}, e.broken("its answer has more than %d bytes", maxPage)
	}
	return e.parse(text)
}

func (e *Endpoint) parse(text []byte) (answer, error) {
	var a answer
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&a); err != nil {
		return answer{}, e.broken("its answer is not the JSON that is expected: %s", err)
	}
	if a.Assets == nil {
		return answer{}, e.broken(`its answer has no list "assets"`)
	}
	for i, values := range a.Assets {
		if values == nil {
			return answer{}, e.broken("assets[%d] is null", i)
		}
	}
	return a, nil
}
