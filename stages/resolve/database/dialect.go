package database

import (
	"database/sql"
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the driver of the name sqlite

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
)

// dialect is what differs between databases.
type dialect struct {
	name string
	// wraps are the functions that take :handles as it is; parameter stands for
	// it, and list for the whole of "in (:handles)".
	wraps           []string
	parameter, list string
	brackets        bool // [name] quotes a name
	dollars         bool // $$ quotes a text
	bind            func([]asset.Handle) (any, error)
	open            func(Config) (*sql.DB, error)
}

var (
	sqlite = dialect{
		name: "sqlite", wraps: []string{"json_each"}, parameter: "?1", list: "in (select value from json_each(?1))", brackets: true,
		bind: asJSON, open: openSQLite,
	}
	postgres = dialect{
		name: "postgres", wraps: []string{"any", "unnest"}, parameter: "$1", list: "= any($1)", dollars: true,
		bind: asArray, open: openPostgres,
	}
	dialects = []dialect{sqlite, postgres}
)

func asJSON(handles []asset.Handle) (any, error) {
	if handles == nil {
		return "[]", nil
	}
	text, err := json.Marshal(handles)
	return string(text), err
}

func asArray(handles []asset.Handle) (any, error) {
	texts := make([]string, len(handles))
	for i, h := range handles {
		texts[i] = string(h)
	}
	return texts, nil
}

// openSQLite opens a file that is there. Nothing is written to it.
func openSQLite(cfg Config) (*sql.DB, error) {
	path := cfg.DSN.Reveal()
	if strings.Contains(path, "://") || strings.Contains(path, "password=") { // another database's, with its password
		return nil, diag.New(diag.KeyValue, "catalog.dsn is no path of an SQLite file").
			WithHint("write the path, or driver = \"postgres\"")
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(cfg.Dir, path)
	}
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no file")
	}
	if err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return nil, diag.New(diag.CatalogRoot, "the catalog's database %s: %w", path, err).
			WithHint("check catalog.dsn in the configuration: the path of an SQLite file")
	}
	address := url.URL{Scheme: "file", Path: path, RawQuery: "mode=rw&_pragma=query_only(1)&_pragma=busy_timeout(10000)"}
	return sql.Open("sqlite", address.String())
}

// openPostgres reads an address as libpq does: URL or key=value, the rest from
// PGHOST, PGPASSFILE and the like.
func openPostgres(cfg Config) (*sql.DB, error) {
	c, err := pgx.ParseConfig(cfg.DSN.Reveal())
	if err != nil { // whose message repeats the address
		return nil, diag.New(diag.KeyValue, "catalog.dsn is no address of a PostgreSQL database").
			WithHint("write postgres://USER:PASSWORD@HOST/DATABASE, or keep it in a file: dsn = \"file:PATH\"")
	}
	c.RuntimeParams["default_transaction_read_only"] = "on"
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "exportd"
	}
	return stdlib.OpenDB(*c), nil
}
