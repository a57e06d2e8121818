package asset

import "github.com/exportd/exportd/engine/diag"

// Related is another asset that the commands of one name, such as a mask. It is
// resolved while the job is planned, with the rights of the job's caller, so that
// workers need no catalog but for the bytes.
type Related struct {
	Asset *Asset `json:"asset,omitempty"` // nil when it did not resolve
	// Code, Message and Hint say why it did not.
	Code    diag.Code `json:"code,omitempty"`
	Message string    `json:"message,omitempty"`
	Hint    string    `json:"hint,omitempty"`
}

// StandIn says what stands in for an asset that is missing
// (r-is-http-defaultimage).
type StandIn struct {
	// Object is the name that the command or the attribute gives.
	Object string `json:"object"`
	// Only says that it replaces the picture alone, not the whole request.
	Only bool `json:"only,omitempty"`
}

// Get gives the asset, or why there is none.
func (r Related) Get() (*Asset, error) {
	if r.Code == "" {
		return r.Asset, nil
	}
	d := diag.New(r.Code, "%s", r.Message)
	d.Hint = r.Hint
	return nil, d
}
