package front

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/exportd/exportd/cmd/exportd/internal/daemon"
	"github.com/exportd/exportd/engine/diag"
)

const unixScheme = "unix:"

func cutUnix(at string) (path string, ok bool) { return strings.CutPrefix(at, unixScheme) }

// Client talks to a daemon.
type Client struct {
	http *http.Client
	base string
	at   string
}

// NewClient makes a client for an address of [Config].Listen.
func NewClient(at string) (*Client, error) {
	path, ok := cutUnix(at)
	if !ok {
		return nil, diag.New(diag.NotBuilt, "the client reaches Unix sockets only, not %q", at)
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}
	return &Client{http: &http.Client{Transport: &http.Transport{DialContext: dial}}, base: "http://exportd", at: at}, nil
}

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Order is a job to submit.
type Order struct {
	Job      []byte // JSON or TOML
	Handles  string // a file; "" when they stand in the job
	Pipeline daemon.Pipeline
	Priority int
}

// Submit hands a job in.
func (c *Client) Submit(ctx context.Context, o Order) (s Submitted, err error) {
	query := url.Values{"pipeline": {o.Pipeline.Name}, "priority": {strconv.Itoa(o.Priority)}}
	read, write := io.Pipe()
	form := multipart.NewWriter(write)
	sent := make(chan error, 1)
	go func() {
		err := errors.Join(o.write(form), form.Close())
		sent <- err
		write.CloseWithError(err)
	}()
	err = c.do(ctx, http.MethodPost, "/v1/jobs?"+query.Encode(), form.FormDataContentType(), read, &s)
	_ = read.Close() // ends the writer where the daemon has not read all
	if e := <-sent; err == nil && e != nil {
		err = e
	}
	return s, err
}

// write writes the parts in their order.
func (o Order) write(to *multipart.Writer) error {
	parts := []struct {
		name string
		from io.Reader
	}{{partJob, bytes.NewReader(o.Job)}}
	if o.Pipeline.Text != nil {
		parts = append(parts, struct {
			name string
			from io.Reader
		}{partPipeline, bytes.NewReader(o.Pipeline.Text)})
	}
	if o.Handles != "" {
		f, err := os.Open(o.Handles)
		if err != nil {
			return diag.New(diag.FileRead, "read the handle file: %w", err)
		}
		defer f.Close()
		parts = append(parts, struct {
			name string
			from io.Reader
		}{partHandles, f})
	}
	for _, p := range parts {
		w, err := to.CreateFormFile(p.name, p.name)
		if err != nil {
			return err
		}
		if _, err := io.Copy(w, p.from); err != nil {
			return err
		}
	}
	return nil
}

// List gives a part of the jobs.
func (c *Client) List(ctx context.Context, states []string, before string, limit int) (p Page, err error) {
	query := url.Values{}
	if len(states) > 0 {
		query.Set("state", strings.Join(states, ","))
	}
	if before != "" {
		query.Set("before", before)
	}
	if limit > 0 {
		query.Set("limit", strconv.Itoa(limit))
	}
	err = c.do(ctx, http.MethodGet, "/v1/jobs?"+query.Encode(), "", nil, &p)
	return p, err
}

// Job gives one job.
func (c *Client) Job(ctx context.Context, id string) (r daemon.Record, err error) {
	err = c.do(ctx, http.MethodGet, "/v1/jobs/"+url.PathEscape(id), "", nil, &r)
	return r, err
}

// Do does stop, pause, resume or retry.
func (c *Client) Do(ctx context.Context, id, verb string) (r daemon.Record, err error) {
	err = c.do(ctx, http.MethodPost, "/v1/jobs/"+url.PathEscape(id)+"/"+verb, "", nil, &r)
	return r, err
}

// Delete removes a job, and what it delivered if files is set.
func (c *Client) Delete(ctx context.Context, id string, files bool) error {
	return c.do(ctx, http.MethodDelete, "/v1/jobs/"+url.PathEscape(id)+"?files="+strconv.FormatBool(files), "", nil, nil)
}

// Logs gives a part of a job's log.
func (c *Client) Logs(ctx context.Context, id string, offset int64) (l Logs, err error) {
	err = c.do(ctx, http.MethodGet, "/v1/jobs/"+url.PathEscape(id)+"/logs?offset="+strconv.FormatInt(offset, 10), "", nil, &l)
	return l, err
}

// Follow gives the lines of a job's log as they come, until the job is over.
func (c *Client) Follow(ctx context.Context, id string, offset int64, yield func(line []byte) error) error {
	r, err := c.request(ctx, http.MethodGet, "/v1/jobs/"+url.PathEscape(id)+"/logs?offset="+strconv.FormatInt(offset, 10), "", nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "text/event-stream")
	answer, err := c.send(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 4<<20)
	end := false
	for lines.Scan() {
		switch text := lines.Text(); {
		case text == "event: end":
			end = true
		case end && strings.HasPrefix(text, "data:"):
			return nil
		case strings.HasPrefix(text, "data: "):
			if err := yield([]byte(strings.TrimPrefix(text, "data: "))); err != nil {
				return err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return diag.New(diag.Daemon, "the log broke off: %w", err)
	}
	return diag.New(diag.Daemon, "the log broke off: the daemon has ended").WithHint("call it again once the daemon is back")
}

func (c *Client) request(ctx context.Context, method, path, kind string, body io.Reader) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	return r, nil
}

// do asks and decodes the answer.
func (c *Client) do(ctx context.Context, method, path, kind string, body io.Reader, into any) error {
	r, err := c.request(ctx, method, path, kind, body)
	if err != nil {
		return err
	}
	answer, err := c.send(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if into == nil {
		return nil
	}
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		return diag.New(diag.Daemon, "the daemon's answer: %w", err)
	}
	return nil
}

// send gives an answer that is none of an error.
func (c *Client) send(r *http.Request) (*http.Response, error) {
	answer, err := c.http.Do(r)
	if err != nil {
		if r.Context().Err() != nil {
			return nil, r.Context().Err()
		}
		return nil, diag.New(diag.Daemon, "no daemon answers at %s: %w", c.at, cause(err)).WithHint("start one with exportd serve, or check daemon.listen")
	}
	if answer.StatusCode < 300 {
		return answer, nil
	}
	defer answer.Body.Close()
	var p Problem
	if err := json.NewDecoder(io.LimitReader(answer.Body, 4<<20)).Decode(&p); err != nil || p.Code == "" {
		return nil, diag.New(diag.Daemon, "the daemon answers %s", answer.Status)
	}
	if len(p.Diags) > 0 {
		return nil, p.Diags
	}
	return nil, diag.New(p.Code, "%s", p.Detail).WithHint("%s", p.Hint)
}

// cause takes the request out of an error of the client.
func cause(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return fmt.Errorf("ask the daemon: %w", err)
}
