package config

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/exportd/exportd/engine/asset"
	"github.com/exportd/exportd/engine/diag"
	"github.com/exportd/exportd/engine/secret"
	"github.com/exportd/exportd/stages/resolve"
	"github.com/exportd/exportd/stages/resolve/database"
	"github.com/exportd/exportd/stages/resolve/endpoint"
	"github.com/exportd/exportd/stages/resolve/manifest"
)

// Catalog says where handles resolve. Paths are absolute, secrets are references.
type Catalog struct {
	Kind     string
	Root     string // a folder, or the URL of a bucket
	Records  map[string]resolve.RecordConfig
	Sidecars bool // dir

	File      string            // jsonl, csv
	Separator string            // csv
	Columns   map[string]string // jsonl, csv, sql, http: what they call a field
	Driver    string            // sql
	DSN       secret.Value      // sql
	Query     string            // sql
	URL       string            // http
	Token     secret.Value      // http
	Timeout   time.Duration     // http

	CacheDir   string // of originals in a bucket
	CacheBytes int64

	credentials Credentials
	dir         string // of the configuration, for references and relative paths
}

// FolderCatalog is a folder as a catalog, without any record.
func FolderCatalog(dir string) Catalog { return Catalog{Kind: kindDir, Root: dir} }

// String names the catalog for people; it holds no secret.
func (c Catalog) String() string {
	switch {
	case c.File != "":
		return fmt.Sprintf("%s %s, originals in %s", c.Kind, c.File, c.Root)
	case c.Kind == kindDir:
		return fmt.Sprintf("%s %s, %d records", c.Kind, c.Root, len(c.Records))
	}
	return fmt.Sprintf("%s, originals in %s", strings.TrimSpace(c.Kind+" "+c.Driver), c.Root)
}

// Open opens the catalog. The caller closes it.
func (c Catalog) Open() (resolve.Catalog, error) {
	cfg, err := c.originals()
	if err != nil {
		return nil, err
	}
	originals, err := resolve.OpenOriginals(cfg)
	if err != nil {
		return nil, err
	}
	catalog, err := c.on(originals)
	if err != nil {
		_ = originals.Close()
		return nil, err
	}
	return catalog, nil
}

// on makes the catalog of opened originals.
func (c Catalog) on(originals resolve.Originals) (resolve.Catalog, error) {
	if c.Kind == kindDir {
		return resolve.NewDir(resolve.DirConfig{Originals: originals, Records: c.Records, Sidecars: c.Sidecars})
	}
	records, err := c.records()
	if err != nil {
		return nil, err
	}
	return resolve.NewTable(records, originals), nil
}

// records opens the records of a catalog that keeps them.
func (c Catalog) records() (resolve.Records, error) {
	switch c.Kind {
	case kindJSONL:
		return manifest.New(manifest.Config{File: c.File, Columns: c.Columns})
	case kindCSV:
		separator, _ := utf8.DecodeRuneInString(cmp.Or(c.Separator, ","))
		return manifest.New(manifest.Config{File: c.File, Separator: separator, Columns: c.Columns})
	case kindSQL:
		dsn, err := secret.Read(c.DSN.Reveal(), c.dir)
		if err != nil {
			return nil, unfollowed("catalog.dsn", err)
		}
		return database.New(database.Config{Driver: c.Driver, DSN: dsn, Dir: c.dir, Query: c.Query, Columns: c.Columns})
	case kindHTTP:
		token, err := secret.Read(c.Token.Reveal(), c.dir)
		if err != nil {
			return nil, unfollowed("catalog.token", err)
		}
		return endpoint.New(endpoint.Config{URL: c.URL, Token: token, Timeout: c.Timeout, Columns: c.Columns})
	}
	return nil, diag.New(diag.KeyValue, "there is no catalog of the kind %q", c.Kind)
}

func (c Catalog) originals() (resolve.OriginalsConfig, error) {
	cfg := resolve.OriginalsConfig{Root: c.Root, CacheDir: c.CacheDir, CacheBytes: c.CacheBytes}
	if !resolve.InBucket(c.Root) {
		return cfg, nil
	}
	var err error
	cfg.Credentials, err = c.credentials.For(c.Root)
	return cfg, err
}

// HandleOf gives the handle of a file of this machine, where handles are paths
// and the file lies below the root.
func (c Catalog) HandleOf(file string) (asset.Handle, bool, error) {
	if c.Kind != kindDir || resolve.InBucket(c.Root) {
		return "", false, nil
	}
	catalog, err := c.Open()
	if err != nil {
		return "", false, err
	}
	defer catalog.Close()
	dir, ok := catalog.(*resolve.Dir)
	if !ok {
		return "", false, nil
	}
	handle, ok := dir.HandleOf(file)
	return handle, ok, nil
}

// setup is what the pixel child needs to open originals. It goes through a pipe
// and nowhere else: it holds secrets. The child resolves nothing, so that it need
// not know the database, and what breaks out of a codec cannot ask it.
type setup struct {
	Root         string
	CacheDir     string
	CacheBytes   int64
	AccessKey    string
	SecretKey    string
	SessionToken string
}

// Setup encodes what [OpenSetup] needs.
func (c Catalog) Setup() (json.RawMessage, error) {
	cfg, err := c.originals()
	if err != nil {
		return nil, err
	}
	return json.Marshal(setup{
		Root: cfg.Root, CacheDir: cfg.CacheDir, CacheBytes: cfg.CacheBytes, AccessKey: cfg.Credentials.AccessKey,
		SecretKey: cfg.Credentials.SecretKey.Reveal(), SessionToken: cfg.Credentials.SessionToken.Reveal(),
	})
}

// OpenSetup opens the originals of a catalog by what Setup has given.
func OpenSetup(text []byte) (resolve.Originals, error) {
	var s setup
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("read the catalog's setup: %w", err)
	}
	return resolve.OpenOriginals(resolve.OriginalsConfig{
		Root: s.Root, CacheDir: s.CacheDir, CacheBytes: s.CacheBytes,
		Credentials: resolve.Credentials{AccessKey: s.AccessKey, SecretKey: secret.New(s.SecretKey), SessionToken: secret.New(s.SessionToken)},
	})
}
