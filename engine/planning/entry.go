package planning

import (
	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// Entry is one line of assets.ndjson.
type Entry struct {
	Seq    int          `json:"seq"`
	Handle asset.Handle `json:"handle"`
	Asset  *asset.Asset `json:"asset,omitempty"` // nil when it did not resolve
	// Code, Message and Hint say why it did not resolve.
	Code    diag.Code `json:"code,omitempty"`
	Message string    `json:"message,omitempty"`
	Hint    string    `json:"hint,omitempty"`
	Files   []File    `json:"files,omitempty"`

	reached []string   // the stages that the asset may come to
	refused *diag.Diag // why a branch can leave no file
}

// Reached lists the stages that the asset may come to, in the order of the walk.
// It is known where the entry was planned, not where it was read from a file.
func (e Entry) Reached() []string { return e.reached }

// Refused says why one of the branches can leave no file: its commands cannot be
// interpreted. As with [Entry.Reached], it is not kept in files.
func (e Entry) Refused() *diag.Diag { return e.refused }

// File is a file that the asset may leave at a target.
type File struct {
	Stage     string `json:"stage"` // the deliver stage
	Rendition string `json:"rendition,omitempty"`
	Name      string `json:"name"`             // below the target's root, slash-separated
	Format    string `json:"format,omitempty"` // effective fmt; "" for originals
	// Wanted is the name that the pipeline gives, where another file has it
	// already and Name is numbered.
	Wanted string `json:"wanted,omitempty"`
}

// Names gives the files' names by asset.NameKey, as items carry them.
func (e Entry) Names() map[string]string {
	names := make(map[string]string, len(e.Files))
	for _, f := range e.Files {
		names[asset.NameKey(f.Stage, f.Rendition)] = f.Name
	}
	return names
}

// Diag gives the reason of an entry that did not resolve, nil for the others.
func (e Entry) Diag() *diag.Diag {
	if e.Code == "" {
		return nil
	}
	d := diag.New(e.Code, "%s", e.Message)
	d.Hint = e.Hint
	return d
}
