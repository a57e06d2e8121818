package resolve

import (
	"context"
	"slices"
	"strings"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// Catalog knows assets by their handles. It is safe for concurrent use.
type Catalog interface {
	// Resolve gives one answer a handle, in order. An error is about the catalog
	// as a whole.
	Resolve(ctx context.Context, who Caller, handles []asset.Handle) ([]Answer, error)
	// Open gives the bytes of an asset that the catalog resolved, perhaps in
	// another process. Its errors, and those of reading, are diags of the asset.
	Open(ctx context.Context, a *asset.Asset) (asset.Source, error)
	// Check asks whether the catalog can be used at all: its credentials, its
	// columns, its originals.
	Check(ctx context.Context) error
	Close() error
}

// Answer is what a catalog says to one handle: an asset, or why there is none.
type Answer struct {
	Asset *asset.Asset
	Err   *diag.Diag
}

// Caller is who asks. The zero value is local use: it may read everything.
type Caller struct {
	Company string   `toml:"company" json:"company,omitempty"`
	User    string   `toml:"user" json:"user,omitempty"`
	Roles   []string `toml:"roles" json:"roles,omitempty"`
}

// sees reports whether the caller may know that an asset exists. An asset
// without a company is everybody's.
func (c Caller) sees(company string) bool {
	return c.Company == "" || company == "" || company == c.Company
}

// reads reports whether the caller is among an asset's readers: users by name,
// roles as "role:X". No readers means everybody of the company.
func (c Caller) reads(readers []string) bool {
	if c.Company == "" || len(readers) == 0 {
		return true
	}
	return slices.ContainsFunc(readers, func(reader string) bool {
		if role, ok := strings.CutPrefix(reader, "role:"); ok {
			return slices.Contains(c.Roles, role)
		}
		return c.User != "" && reader == c.User
	})
}

// unknown is the answer to a handle that names nothing the caller may know of.
func unknown(h asset.Handle, hint string) *diag.Diag {
	if hint == "" {
		hint = "check the handle"
	}
	return diag.New(diag.AssetUnknown, "no asset has the handle %q", h.Short()).WithHint("%s", hint)
}
