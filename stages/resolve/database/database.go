package database

import (
	"context"
	"database/sql"
	"slices"
	"sync"
	"time"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/secret"
	"github.com/exportd/exportd/stages/resolve"
)

// Config describes a database.
type Config struct {
	Driver string       // sqlite, postgres
	DSN    secret.Value // the path of a file, relative to Dir, which is absolute; an URL or key=value of libpq
	Dir    string
	// Query has :handles once: in (:handles), in (select value from
	// json_each(:handles)) or = any(:handles).
	Query string
	// Columns are the fields by the query's names for them; see [resolve.NewNaming].
	Columns map[string]string
}

// The bounds of the pool, of a query, and of the handles in one.
const (
	connections  = 4
	queryTime    = time.Minute
	handlesAtOne = 1000
)

// Database is an open database.
type Database struct {
	pool    *sql.DB
	dialect dialect
	dsn     secret.Value
	query   string
	naming  *resolve.Naming

	mu        sync.Mutex
	statement *sql.Stmt
	names     []string // the columns of the query
	columns   *resolve.Columns
}

var _ resolve.Records = (*Database)(nil)

// Drivers lists the drivers that there are.
func Drivers() []string { return []string{sqlite.name, postgres.name} }

// CheckQuery finds what can be found wrong in a driver and a query without the
// database.
func CheckQuery(driver, query string) error {
	d, err := dialectOf(driver)
	if err == nil {
		_, err = d.rewrite(query)
	}
	return err
}

func dialectOf(driver string) (dialect, error) {
	i := slices.IndexFunc(dialects, func(d dialect) bool { return d.name == driver })
	if i < 0 {
		return dialect{}, diag.New(diag.KeyValue, "catalog.driver is %q", driver).
			WithHint("%s", diag.DidYouMean(driver, Drivers(), "there are sqlite and postgres"))
	}
	return dialects[i], nil
}

// New makes a pool of connections. It connects to nothing yet.
func New(cfg Config) (*Database, error) {
	own, err := dialectOf(cfg.Driver)
	if err != nil {
		return nil, err
	}
	d := &Database{dialect: own, dsn: cfg.DSN}
	if d.naming, err = resolve.NewNaming(cfg.Columns); err != nil {
		return nil, err
	}
	if d.query, err = d.dialect.rewrite(cfg.Query); err != nil {
		return nil, err
	}
	if d.pool, err = d.dialect.open(cfg); err != nil {
		return nil, err
	}
	d.pool.SetMaxOpenConns(connections)
	d.pool.SetMaxIdleConns(connections)
	d.pool.SetConnMaxIdleTime(time.Minute)
	return d, nil
}

// Check asks for no handle at all, which shows whether the query can be asked and
// what columns it has. It waits for nothing.
func (d *Database) Check(ctx context.Context) error {
	_, err := d.ask(ctx, nil)
	return d.failed(ctx, err)
}

// Close closes the connections.
func (d *Database) Close() error { return d.pool.Close() }

// Lookup asks for the records of the handles.
func (d *Database) Lookup(ctx context.Context, handles []asset.Handle) ([]resolve.Row, error) {
	var all []resolve.Row
	for some := range slices.Chunk(handles, handlesAtOne) {
		var rows []resolve.Row
		err := patiently(ctx, d.connected, func() (err error) {
			rows, err = d.ask(ctx, some)
			return err
		})
		if err != nil {
			return nil, d.failed(ctx, err)
		}
		all = append(all, rows...)
	}
	return all, nil
}

// connected reports whether the database has ever answered.
func (d *Database) connected() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.statement != nil
}

// ask runs the query once.
func (d *Database) ask(ctx context.Context, handles []asset.Handle) ([]resolve.Row, error) {
	ctx, cancel := context.WithTimeout(ctx, queryTime)
	defer cancel()
	statement, err := d.prepared(ctx)
	if err != nil {
		return nil, err
	}
	value, err := d.dialect.bind(handles)
	if err != nil {
		return nil, err
	}
	rows, err := statement.QueryContext(ctx, value)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	columns, width, err := d.columnsOf(rows)
	if err != nil {
		return nil, err
	}
	out := make([]resolve.Row, 0, len(handles))
	values, targets := make([]any, width), make([]any, width)
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		row := columns.Row(values)
		if row.Handle == "" {
			return nil, diag.New(diag.CatalogColumn, "the catalog's query gave a row whose handle is NULL or empty").
				WithHint("add to the query: and … is not null")
		}
		out = append(out, row)
	}
	return out, rows.Err()
}

// prepared prepares the statement the first time. The pool prepares it again on
// each connection.
func (d *Database) prepared(ctx context.Context) (*sql.Stmt, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.statement != nil {
		return d.statement, nil
	}
	statement, err := d.pool.PrepareContext(ctx, d.query)
	if err != nil {
		return nil, err
	}
	d.statement = statement
	return statement, nil
}

// columnsOf reads the columns of an answer, which are the same as before but for
// a table that was altered meanwhile.
func (d *Database) columnsOf(rows *sql.Rows) (*resolve.Columns, int, error) {
	names, err := rows.Columns()
	if err != nil {
		return nil, 0, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.columns == nil || !slices.Equal(names, d.names) {
		columns, err := d.naming.Columns(names)
		if err != nil {
			return nil, 0, err
		}
		d.columns, d.names = columns, names
	}
	return d.columns, len(names), nil
}
