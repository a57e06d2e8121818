package database

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/exportd/exportd/engine/diag"
)

// How often a query is asked again when the database does not answer: some times
// where it has never answered, long enough for a restart where it has.
const (
	triesFirst = 3
	triesLater = 12
	waitFirst  = 100 * time.Millisecond
	waitMost   = 5 * time.Second
)

// patiently calls f until it succeeds, fails for good, or has been tried enough.
func patiently(ctx context.Context, connected func() bool, f func() error) error {
	for try := 1; ; try++ {
		err := f()
		most := triesFirst
		if connected() {
			most = triesLater
		}
		if err == nil || !passing(err) || try >= most || ctx.Err() != nil {
			return err
		}
		wait := min(waitFirst<<(try-1), waitMost)
		select {
		case <-time.After(wait/2 + rand.N(wait)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// passing reports whether an error may be gone the next time: the connection, a
// database that stops or starts, one that is busy.
func passing(err error) bool {
	var pg *pgconn.PgError
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &pg):
		switch pg.Code[:min(2, len(pg.Code))] {
		case "08", "53", "57", "40":
			return pg.Code != "57014" // a query that took too long
		}
		return false
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &network), diag.Transient(err):
		return true
	}
	text := err.Error()
	return strings.Contains(text, "conn closed") || strings.Contains(text, "SQLITE_BUSY") || strings.Contains(text, "database is locked")
}

// failed makes a diag of what the database says, without what is secret.
func (d *Database) failed(ctx context.Context, err error) error {
	var found *diag.Diag
	switch {
	case err == nil || errors.As(err, &found):
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	}
	code, mend := diag.CatalogRoot, "check catalog.dsn and catalog.query in the configuration; the same command goes on where it was"
	var pg *pgconn.PgError
	text := err.Error()
	if errors.As(err, &pg) {
		text = pg.Message + " (" + pg.Code + ")"
		switch {
		case strings.HasPrefix(pg.Code, "28"):
			code, mend = diag.CatalogAuth, "check the user and the password in catalog.dsn"
		case pg.Code == "42501":
			code, mend = diag.CatalogAuth, "let the user of catalog.dsn read what catalog.query names"
		case pg.Code == "3D000":
			mend = "check the name of the database in catalog.dsn"
		case pg.Code == "25006":
			mend = "a catalog's query must only read"
		case strings.HasPrefix(pg.Code, "42"):
			mend = "mend catalog.query"
		}
	} else if errors.Is(err, context.DeadlineExceeded) {
		text = "it did not answer within " + queryTime.String()
	} else if i := strings.LastIndex(text, "failed to connect to"); i >= 0 {
		text = strings.Join(strings.Fields(text[i:]), " ")
	}
	return diag.New(code, "the catalog's %s database: %s", d.dialect.name, d.dsn.Strip(text)).WithHint("%s", mend)
}
