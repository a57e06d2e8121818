package front

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/exportd/exportd/cmd/exportd/internal/daemon"
	"github.com/exportd/exportd/engine/diag"
)

// Submitted is the answer to an accepted job.
type Submitted struct {
	daemon.Record
	Warnings diag.List `json:"warnings"`
}

// Page is a part of the list of jobs, the newest first. Next, where it is given,
// is the before of the next part.
type Page struct {
	Jobs []daemon.Record `json:"jobs"`
	Next string          `json:"next,omitempty"`
}

// The size of a part of a list.
const (
	usualPage = 100
	maxPage   = 1000
)

func (f *Front) submit(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxBody)
	s, err := submission(r)
	if err != nil {
		fail(w, err)
		return
	}
	record, notes, err := f.cfg.Jobs.Submit(r.Context(), s)
	if err != nil {
		fail(w, err)
		return
	}
	w.Header().Set("Location", "/v1/jobs/"+record.ID)
	reply(w, http.StatusCreated, Submitted{record, slices.Concat(diag.List{}, notes)})
}

func (f *Front) list(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	filter := daemon.Filter{Before: query.Get("before"), Limit: usualPage}
	if text := query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > maxPage {
			fail(w, diag.New(diag.Usage, "limit is %q, allowed are 1 to %d", text, maxPage))
			return
		}
		filter.Limit = n
	}
	if text := query.Get("state"); text != "" {
		for name := range strings.SplitSeq(text, ",") {
			s := daemon.State(strings.ToUpper(name))
			if !slices.Contains(daemon.States(), s) {
				fail(w, diag.New(diag.Usage, "no state is named %q", name))
				return
			}
			filter.States = append(filter.States, s)
		}
	}
	page := Page{Jobs: f.cfg.Jobs.List(filter)}
	if len(page.Jobs) == filter.Limit {
		page.Next = page.Jobs[len(page.Jobs)-1].ID
	}
	if page.Jobs == nil {
		page.Jobs = []daemon.Record{}
	}
	reply(w, http.StatusOK, page)
}

func (f *Front) show(w http.ResponseWriter, r *http.Request) {
	record, err := f.cfg.Jobs.Job(r.PathValue("id"))
	if err != nil {
		fail(w, err)
		return
	}
	reply(w, http.StatusOK, record)
}

// verb makes the handler of something that is done to a job.
func (f *Front) verb(do func(context.Context, string) (daemon.Record, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		record, err := do(r.Context(), r.PathValue("id"))
		if err != nil {
			fail(w, err)
			return
		}
		reply(w, http.StatusAccepted, record)
	}
}

func (f *Front) remove(w http.ResponseWriter, r *http.Request) {
	if err := f.cfg.Jobs.Delete(r.Context(), r.PathValue("id"), r.URL.Query().Get("files") == "true"); err != nil {
		fail(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
