package front

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/exportd/exportd/engine/diag"
)

// Problem is the body of every error (RFC 9457, application/problem+json).
type Problem struct {
	Type   string `json:"type"` // "about:blank": the code says it all
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	// Code is the stable one, with what to do; Diags are all that was found, the
	// first of them being the one above.
	Code  diag.Code `json:"code"`
	Hint  string    `json:"hint,omitempty"`
	Diags diag.List `json:"diags,omitempty"`
}

// fail answers with an error.
func fail(w http.ResponseWriter, err error) {
	found := diag.All(err, diag.InternalError)
	status := http.StatusInternalServerError
	var large *http.MaxBytesError
	switch d := first(found); {
	case errors.As(err, &large):
		status = http.StatusRequestEntityTooLarge
		found = diag.List{diag.New(diag.FileSize, "the request has more than %d bytes", large.Limit)}
	case d.Code == diag.JobUnknown:
		status = http.StatusNotFound
	case d.Code == diag.JobState:
		status = http.StatusConflict
	case d.Code.Entry().Class == diag.Input:
		status = http.StatusUnprocessableEntity
	case d.Code.Entry().Class == diag.Environment:
		status = http.StatusServiceUnavailable
	}
	refuse(w, status, found)
}

// first is the first error of a list.
func first(found diag.List) *diag.Diag {
	for _, d := range found {
		if d.Severity() == diag.Error {
			return d
		}
	}
	return found[0]
}

// refuse answers with a status and what was found.
func refuse(w http.ResponseWriter, status int, found diag.List) {
	d := first(found)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(Problem{ // a client that is gone hears nothing
		Type: "about:blank", Title: d.Code.Entry().Title, Status: status, Detail: d.Error(), Code: d.Code, Hint: d.Mend(), Diags: found,
	})
}

// reply answers with a document.
func reply(w http.ResponseWriter, status int, doc any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(doc) // a client that is gone hears nothing
}
