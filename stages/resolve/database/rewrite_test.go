package database

import (
	"strings"
	"testing"

	"github.com/exportd/exportd/engine/diag"
)

func TestQueriesAreRewrittenOnce(t *testing.T) {
	for _, c := range []struct {
		behaviour string
		dialect   dialect
		query     string
		want      string // "" = refused
		why       string
	}{
		{"the plain form", sqlite, "select a from t where a in (:handles)", "select a from t where a in (select value from json_each(?1))", ""},
		{"the plain form", postgres, "select a from t where a in (:handles)", "select a from t where a = any($1)", ""},
		{"space and case", postgres, "select a from t where a IN\n ( :handles ) order by a", "select a from t where a = any($1) order by a", ""},
		{"SQLite's own form", sqlite, "where a in (select value from json_each(:handles))", "where a in (select value from json_each(?1))", ""},
		{"PostgreSQL's own form", postgres, "where a = ANY (:handles)", "where a = ANY ($1)", ""},
		{"with a cast", postgres, "where a = any(:handles::text[])", "where a = any($1::text[])", ""},
		{"unnest", postgres, "from unnest(:handles) h join t on a = h", "from unnest($1) h join t on a = h", ""},
		{"a text that looks so", postgres, "select ':handles''', a in (:handles)", "select ':handles''', a = any($1)", ""},
		{"a name that looks so", sqlite, "select \":handles\", [:handles], `:handles`, a in (:handles)", "select \":handles\", [:handles], `:handles`, a in (select value from json_each(?1))", ""},
		{"comments", postgres, "-- :handles\n/* :handles /* */ :handles */ a in (:handles)", "-- :handles\n/* :handles /* */ :handles */ a = any($1)", ""},
		{"a text between dollars", postgres, "select $x$ :handles $$ $x$, a in (:handles)", "select $x$ :handles $$ $x$, a = any($1)", ""},
		{"an escaped quote", postgres, `select E'\':handles', a in (:handles)`, `select E'\':handles', a = any($1)`, ""},
		{"a cast", postgres, "select b::handles, a in (:handles)", "select b::handles, a = any($1)", ""},
		{"a semicolon at the end", postgres, "select a in (:handles); -- the end", "select a = any($1); -- the end", ""},
		{"none", sqlite, "select a from t", "", "has no :handles"},
		{"another name", sqlite, "select a from t where a in (:handle)", "", "has no :handles"},
		{"a longer name", sqlite, "select a from t where a in (:handles_2)", "", "has no :handles"},
		{"two", postgres, "a in (:handles) or b in (:handles)", "", "more than once"},
		{"not in", postgres, "a not in (:handles)", "", "all but the handles"},
		{"equal", postgres, "a = :handles", "", "where no list"},
		{"in a list", postgres, "a in ('x', :handles)", "", "where no list"},
		{"before others", postgres, "a in (:handles, 'x')", "", "where no list"},
		{"in a text alone", postgres, "a in (':handles')", "", "has no :handles"},
		{"two statements", postgres, "select a in (:handles); drop table t", "", "more than one statement"},
		{"any in SQLite", sqlite, "a = any(:handles)", "", "where no list"},
		{"nothing", sqlite, "", "", "has no :handles"},
	} {
		got, err := c.dialect.rewrite(c.query)
		d := diag.From(err, "")
		switch {
		case c.want != "" && (err != nil || got != c.want):
			t.Errorf("%s, %s: %q, %v", c.dialect.name, c.behaviour, got, err)
		case c.want == "" && (d == nil || d.Code != diag.KeyValue || d.Hint == "" || !strings.Contains(d.Message, c.why)):
			t.Errorf("%s, %s: %q, %v", c.dialect.name, c.behaviour, got, err)
		}
	}
}

func FuzzRewrite(f *testing.F) {
	for _, query := range []string{"select a in (:handles)", "E'\\", "$a$", "/*/", "::", "'", "a = any(:handles)", "[", "--", "-- \n;"} {
		f.Add(query, true)
		f.Add(query, false)
	}
	f.Fuzz(func(t *testing.T, query string, pg bool) {
		d := sqlite
		if pg {
			d = postgres
		}
		got, err := d.rewrite(query)
		if err == nil && !strings.Contains(got, d.parameter) {
			t.Errorf("%q became %q", query, got)
		}
	})
}
