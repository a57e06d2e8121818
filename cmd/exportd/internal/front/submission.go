package front

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"

	"github.com/exportd/exportd/cmd/exportd/internal/daemon"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/job"
)

// The parts of a submission in several parts, in this order. Handles come last:
// they are stored as they arrive.
const (
	partJob      = "job"      // TOML or JSON
	partPipeline = "pipeline" // its text
	partHandles  = "handles"  // one a line
)

// maxPipeline bounds a pipeline's text, in bytes.
const maxPipeline = 1 << 20

// submission reads a request: a job alone, or in parts. The query names the
// pipeline, "default" when it is silent, and the priority.
func submission(r *http.Request) (s daemon.Submission, err error) {
	query := r.URL.Query()
	s.Pipeline.Name = "default"
	if name := query.Get("pipeline"); name != "" {
		s.Pipeline.Name = name
	}
	if text := query.Get("priority"); text != "" {
		if s.Priority, err = strconv.Atoi(text); err != nil || s.Priority < -10 || s.Priority > 10 {
			return s, diag.New(diag.Usage, "priority is %q, allowed are -10 to 10", text)
		}
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && kind == "multipart/form-data" {
		return parts(s, multipart.NewReader(r.Body, params["boundary"]))
	}
	s.Job, err = whole(r.Body, job.MaxBytes, "a job")
	return s, err
}

// parts reads the parts up to the handles.
func parts(s daemon.Submission, in *multipart.Reader) (daemon.Submission, error) {
	for {
		part, err := in.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return s, malformed(err)
		}
		switch part.FormName() {
		case partJob:
			s.Job, err = whole(part, job.MaxBytes, "a job")
		case partPipeline:
			s.Pipeline.Text, err = whole(part, maxPipeline, "a pipeline")
		case partHandles:
			s.Handles = part
		default:
			err = diag.New(diag.KeyUnknown, "a part named %q", part.FormName()).WithHint("the parts are job, pipeline and handles, in this order")
		}
		if err != nil {
			return s, err
		}
		if s.Handles != nil {
			break
		}
	}
	if s.Job == nil {
		return s, diag.New(diag.KeyMissing, "the request has no job").WithHint("the part named job comes first")
	}
	return s, nil
}

// whole reads a text of a bounded size.
func whole(from io.Reader, most int64, what string) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(from, most+1))
	if err != nil {
		return nil, malformed(err)
	}
	if int64(len(text)) > most {
		return nil, diag.New(diag.FileSize, "%s has at most %d bytes", what, most)
	}
	return text, nil
}

func malformed(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return err
	}
	return fmt.Errorf("%w", diag.New(diag.Usage, "read the request: %w", err))
}
