package main

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver named sqlite

	"github.com/exportd/exportd/plugins/sdk"
)

// prefix is what a macro's name has before that of the preset.
const prefix = "preset-"

// presets reads a database, which may be changed while it runs: exportd keeps an
// answer for as long as one job is planned.
type presets struct {
	db    *sql.DB
	query string
}

// Configure opens the database for reading.
func (p *presets) Configure(ctx context.Context, config sdk.Params) error {
	var c struct{ Database, Query string }
	if err := config.Decode(&c); err != nil {
		return err
	}
	if c.Database == "" {
		return nil // only described, or tested: it has no presets
	}
	if !filepath.IsAbs(c.Database) {
		return sdk.ParamError("/database", "database is %q, want an absolute path", c.Database)
	}
	file := url.URL{Scheme: "file", Path: c.Database, RawQuery: "mode=ro"}
	db, err := sql.Open("sqlite", file.String())
	if err != nil {
		return sdk.ParamError("/database", "%v", err)
	}
	statement, err := db.PrepareContext(ctx, c.Query)
	if err != nil {
		_ = db.Close()
		return sdk.ParamError("/query", "the database %s: %v", c.Database, err).WithHint("check the path and the query against the table")
	}
	_ = statement.Close()
	p.db, p.query = db, c.Query
	return nil
}

// Expand gives the commands of a row.
func (p *presets) Expand(ctx context.Context, call *sdk.MacroCall) (sdk.Commands, error) {
	if p.db == nil {
		return nil, sdk.NoMacro(call.Name)
	}
	var modifier string
	err := p.db.QueryRowContext(ctx, p.query, strings.ToLower(call.Name)[len(prefix):]).Scan(&modifier)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, sdk.NoMacro(call.Name)
	case err != nil && ctx.Err() == nil:
		return nil, sdk.Unavailable(time.Second, "the table of presets: %v", err)
	case err != nil:
		return nil, err
	}
	return commands(modifier)
}

// commands reads a modifier as it is written in a URL: name=value pairs between
// ampersands, $name$ for another macro.
func commands(modifier string) (sdk.Commands, error) {
	var out sdk.Commands
	for segment := range strings.SplitSeq(modifier, "&") {
		segment = strings.TrimSpace(segment)
		name, value, pair := strings.Cut(segment, "=")
		switch {
		case segment == "":
		case pair:
			plain, err := url.PathUnescape(value)
			if err != nil {
				return nil, sdk.Unsupported("the preset has the command %q: %v", segment, err)
			}
			out = append(out, sdk.Command{Name: name, Value: plain})
		case len(segment) > 2 && strings.HasPrefix(segment, "$") && strings.HasSuffix(segment, "$"):
			out = append(out, sdk.Command{Macro: strings.Trim(segment, "$")})
		default:
			out = append(out, sdk.Command{Name: segment})
		}
	}
	return out, nil
}
