package database_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/secret"
	"github.com/exportd/exportd/stages/resolve"
	"github.com/exportd/exportd/stages/resolve/catalogtest"
	"github.com/exportd/exportd/stages/resolve/database"
	"github.com/exportd/exportd/stages/resolve/database/postgrestest"
)

const columns = `handle, file, type, sub_type, company, readers, modifier, postmodifier, anchor, resolution, print_resolution, path, mask_path`

// fill makes the table of a fixture. Empty fields are NULL.
func fill(t testing.TB, db *sql.DB, f catalogtest.Fixture, readers string, parameter func(int) string, list func([]string) any) {
	t.Helper()
	must := func(query string, args ...any) {
		t.Helper()
		if _, err := db.Exec(query, args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	must(`create table assets (handle text not null, file text, type text, sub_type text, company text, readers ` + readers +
		`, modifier text, postmodifier text, anchor text, resolution real, print_resolution numeric, path text, mask_path text)`)
	var places []string
	for i := range 13 {
		places = append(places, parameter(i+1))
	}
	null := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	number := func(f float64) any {
		if f == 0 {
			return nil
		}
		return f
	}
	for _, r := range f.Rows {
		must(`insert into assets (`+columns+`) values (`+strings.Join(places, ",")+`)`,
			string(r.Handle), null(r.File), null(string(r.Type)), null(r.SubType), null(r.Company), list(r.Readers), null(r.Modifier), null(r.PostModifier),
			null(r.Anchor), number(r.Resolution), number(r.PrintResolution), null(r.Path), null(r.MaskPath))
	}
}

func open(t testing.TB, root string, cfg database.Config) resolve.Catalog {
	t.Helper()
	d, err := database.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	originals, err := resolve.OpenOriginals(resolve.OriginalsConfig{Root: root})
	if err != nil {
		t.Fatal(err)
	}
	return resolve.NewTable(d, originals)
}

// sqliteFile makes a database file.
func sqliteFile(t testing.TB, make func(*sql.DB)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "my assets #1?.db")
	db, err := sql.Open("sqlite", "file:"+strings.NewReplacer("#", "%23", "?", "%3f", " ", "%20").Replace(path))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	make(db)
	return path
}

func TestSQLiteIsACatalog(t *testing.T) {
	defer goleak.VerifyNone(t)
	catalogtest.Run(t, catalogtest.Kind{Open: func(t *testing.T, f catalogtest.Fixture) resolve.Catalog {
		path := sqliteFile(t, func(db *sql.DB) {
			fill(t, db, f, "text", func(int) string { return "?" }, func(l []string) any {
				if l == nil {
					return nil
				}
				return `["` + strings.Join(l, `","`) + `"]`
			})
		})
		return open(t, f.Root, database.Config{Driver: "sqlite", DSN: secret.New(filepath.Base(path)), Dir: filepath.Dir(path), Query: "select " + columns + " from assets where handle in (:handles)"})
	}})
}

func TestPostgreSQLIsACatalog(t *testing.T) {
	s := postgrestest.Start(t)
	catalogtest.Run(t, catalogtest.Kind{Open: func(t *testing.T, f catalogtest.Fixture) resolve.Catalog {
		db, err := sql.Open("pgx", s.DSN("postgres"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		fill(t, db, f, "text[]", func(i int) string { return fmt.Sprintf("$%d", i) }, func(l []string) any {
			if l == nil {
				return nil
			}
			return l
		})
		return open(t, f.Root, database.Config{Driver: "postgres", DSN: secret.New(s.DSN("postgres")), Query: "select " + columns + " from assets where handle = any(:handles)"})
	}})
}

// one asks a database for one handle.
func one(t testing.TB, d *database.Database, h asset.Handle) ([]resolve.Row, *diag.Diag) {
	t.Helper()
	rows, err := d.Lookup(context.Background(), []asset.Handle{h})
	return rows, diag.From(err, "")
}

func TestDatabasesThatCannotBeUsed(t *testing.T) {
	s := postgrestest.Start(t)
	s.Exec(t, "create table assets (handle text, file text, n int)", "insert into assets values ('a', 'a.png', 1), (null, 'b.png', 2)",
		"create user poor password 'poor-secret'")
	dsn := s.DSN("postgres")
	file := sqliteFile(t, func(db *sql.DB) {
		if _, err := db.Exec("create table assets (handle text, file text)"); err != nil {
			t.Fatal(err)
		}
	})
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	const good = "select handle, file from assets where handle in (:handles)"
	for _, c := range []struct {
		behaviour, driver, dsn, query string
		code                          diag.Code
		message, mend                 string
	}{
		{"a wrong password", "postgres", strings.Replace(dsn, postgrestest.Password, "guessed-wrong", 1), good, diag.CatalogAuth, "password authentication failed", "the user and the password"},
		{"an unknown user", "postgres", strings.Replace(dsn, "//postgres:", "//nobody:", 1), good, diag.CatalogAuth, "password authentication failed", ""},
		{"no right to read", "postgres", strings.Replace(dsn, "postgres:"+postgrestest.Password, "poor:poor-secret", 1), good, diag.CatalogAuth, "permission denied", "let the user"},
		{"no such database", "postgres", s.DSN("nothing"), good, diag.CatalogRoot, `"nothing" does not exist`, "the name of the database"},
		{"nobody there", "postgres", "postgres://a:hidden-word@127.0.0.1:1/x", good, diag.CatalogRoot, "refused", "catalog.dsn"},
		{"no address", "postgres", "postgres://a:hidden-word@:99999999/x?y", good, diag.KeyValue, "no address", "postgres://USER"},
		{"no such table", "postgres", dsn, strings.Replace(good, "assets", "asets", 1), diag.CatalogRoot, `"asets" does not exist`, "mend catalog.query"},
		{"no such column", "postgres", dsn, "select handle, fiel from assets where handle in (:handles)", diag.CatalogRoot, `"fiel" does not exist`, "mend catalog.query"},
		{"an unknown column", "postgres", dsn, "select handle, file, n from assets where handle in (:handles)", diag.CatalogColumn, `"n"`, "catalog.columns"},
		{"a missing column", "postgres", dsn, "select handle from assets where handle in (:handles)", diag.CatalogColumn, `no column "file"`, "as file"},
		{"a NULL handle", "postgres", dsn, "select handle, file from assets where file in (:handles)", diag.CatalogColumn, "NULL or empty", "is not null"},
		{"a query that writes", "postgres", dsn, "delete from assets where handle in (:handles) returning handle, file", diag.CatalogRoot, "read-only", "only read"},
		{"no file", "sqlite", "/nowhere/assets.db", good, diag.CatalogRoot, "no such file", "catalog.dsn"},
		{"a folder", "sqlite", filepath.Dir(file), good, diag.CatalogRoot, "no file", ""},
		{"an address of PostgreSQL", "sqlite", dsn, good, diag.KeyValue, "no path", `driver = "postgres"`},
		{"no database", "sqlite", "database_test.go", good, diag.CatalogRoot, "not a database", ""},
		{"no such table in SQLite", "sqlite", file, strings.Replace(good, "assets", "asets", 1), diag.CatalogRoot, "no such table", ""},
		{"a query that writes SQLite", "sqlite", file, "delete from assets where handle in (:handles) returning handle, file", diag.CatalogRoot, "readonly", ""},
		{"no such driver", "postgress", dsn, good, diag.KeyValue, "postgress", `did you mean "postgres"`},
	} {
		d, err := database.New(database.Config{Driver: c.driver, DSN: secret.New(c.dsn), Dir: here, Query: c.query})
		if err == nil {
			if err = d.Check(t.Context()); err == nil {
				_, got := one(t, d, "b.png")
				if got != nil {
					err = got
				}
			}
			d.Close()
		}
		got := diag.From(err, "")
		if got == nil || got.Code != c.code || !strings.Contains(got.Message, c.message) || !strings.Contains(got.Mend(), c.mend) {
			t.Errorf("%s: %#v", c.behaviour, got)
			continue
		}
		for _, word := range []string{"guessed-wrong", "hidden-word", "poor-secret", postgrestest.Password} {
			if strings.Contains(got.Message+got.Hint+fmt.Sprintf("%+v", err), word) {
				t.Errorf("%s shows a password: %v", c.behaviour, err)
			}
		}
	}
}

func TestHandlesOfOtherTypes(t *testing.T) {
	s := postgrestest.Start(t)
	s.Exec(t, "create table n (id bigint, u uuid, at timestamptz, who jsonb)",
		`insert into n values (7, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '2026-01-02 03:04:05Z', '["ann", "role:x"]')`)
	for query, handle := range map[string]asset.Handle{
		"select id as handle, 'f' as file, at as etag, who as readers from n where id::text = any(:handles)": "7",
		"select u as handle, 'f' as file, who as readers from n where u in (:handles)":                       "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
	} {
		d, err := database.New(database.Config{Driver: "postgres", DSN: secret.New(s.DSN("postgres")), Query: query})
		if err != nil {
			t.Fatal(err)
		}
		rows, got := one(t, d, handle)
		if got != nil || len(rows) != 1 || rows[0].Wrong != nil || rows[0].Handle != handle || len(rows[0].Readers) != 2 {
			t.Errorf("%s: %+v, %v", query, rows, got)
		}
		d.Close()
	}
}

// TestARestartIsWaitedFor stops the server in the middle of a job, and starts it
// again a while later.
func TestARestartIsWaitedFor(t *testing.T) {
	s := postgrestest.Start(t)
	s.Exec(t, "create table assets (handle text primary key, file text)", "insert into assets select 'h' || n, 'f' || n from generate_series(1, 1000) n")
	d, err := database.New(database.Config{Driver: "postgres", DSN: secret.New(s.DSN("postgres")), Query: "select handle, file from assets where handle in (:handles)"})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for round := range 2 {
		if rows, err := one(t, d, "h1"); err != nil || len(rows) != 1 {
			t.Fatal(round, rows, err)
		}
		s.Down(t)
		up := make(chan struct{})
		go func() {
			defer close(up)
			time.Sleep(time.Second)
			s.Up(t)
		}()
		rows, err := one(t, d, "h2")
		<-up
		if err != nil || len(rows) != 1 || rows[0].File != "f2" {
			t.Errorf("round %d: %v, %v", round, rows, err)
		}
	}
	s.Down(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if _, err := d.Lookup(ctx, []asset.Handle{"h3"}); err == nil {
		t.Error("it answers without a server")
	}
}

// BenchmarkResolve resolves 100,000 handles of a table of 100,000, files and all,
// in batches of 256 as a run does. client-cpu-s is the time of this process, user
// and system, for all of them.
func BenchmarkResolve(b *testing.B) {
	const assets, batch = 100_000, 256
	root := b.TempDir()
	for i := range 1000 {
		if err := os.WriteFile(filepath.Join(root, fmt.Sprintf("%d.png", i)), []byte(catalogtest.PNG), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	const insert = "insert into assets with recursive n(i) as (select 0 union all select i + 1 from n where i < 99999) select 'acme/asset-' || i, 'Image', (i % 1000) || '.png', 'acme' from n"
	const query = "select handle, type, file, company from assets where handle in (:handles)"
	const table = "create table assets (handle text primary key, type text, file text, company text)"
	s := postgrestest.Start(b)
	s.Exec(b, table, "insert into assets select 'acme/asset-' || i, 'Image', (i % 1000) || '.png', 'acme' from generate_series(0, 99999) i", "analyze")
	file := sqliteFile(b, func(db *sql.DB) {
		for _, statement := range []string{table, insert} {
			if _, err := db.Exec(statement); err != nil {
				b.Fatal(err)
			}
		}
	})
	handles := make([]asset.Handle, assets)
	for i := range handles {
		handles[i] = asset.Handle(fmt.Sprintf("acme/asset-%d", (i*7919)%assets))
	}
	for _, cfg := range []database.Config{
		{Driver: "postgres", DSN: secret.New(s.DSN("postgres")), Query: query}, {Driver: "sqlite", DSN: secret.New(file), Query: query},
	} {
		b.Run(cfg.Driver, func(b *testing.B) {
			catalog := open(b, root, cfg)
			defer catalog.Close()
			var spent time.Duration
			for b.Loop() {
				before := cpu(b)
				for i := 0; i < assets; i += batch {
					answers, err := catalog.Resolve(context.Background(), resolve.Caller{Company: "acme"}, handles[i:min(i+batch, assets)])
					if err != nil {
						b.Fatal(err)
					}
					for _, a := range answers {
						if a.Err != nil {
							b.Fatal(a.Err)
						}
					}
				}
				spent += cpu(b) - before
			}
			b.ReportMetric(spent.Seconds()/float64(b.N), "client-cpu-s")
		})
	}
}

func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
