// Package servertest starts the servers that scenarios of catalogs talk to.
package servertest

import (
	"testing"

	"github.com/exportd/exportd/stages/internal/blob/blobtest"
	"github.com/exportd/exportd/stages/resolve/database/postgrestest"
)

// Servers are a PostgreSQL, an S3 server, and a web service of records.
type Servers struct {
	postgres *postgrestest.Server
	s3       *blobtest.Server
	service  *service
}

// Start starts them; they end with the test.
func Start(t testing.TB) *Servers {
	t.Helper()
	return &Servers{postgres: postgrestest.Start(t), s3: blobtest.Start(t), service: startService(t)}
}

// Env says where they are, and with what they open: DSN and its PASSWORD; S3, the
// folder whose folders are buckets, ENDPOINT, ACCESS_KEY and SECRET_KEY; SERVICE
// with its TOKEN, which gives the records in the file SERVICE_FILE.
func (s *Servers) Env() map[string]string {
	return map[string]string{
		"DSN": s.postgres.DSN("postgres"), "PASSWORD": postgrestest.Password,
		"S3": s.s3.Dir, "ENDPOINT": s.s3.Endpoint, "AWS_ENDPOINT_URL_S3": s.s3.Endpoint,
		"ACCESS_KEY": blobtest.AccessKey, "SECRET_KEY": blobtest.SecretKey,
		"SERVICE": s.service.server.URL, "TOKEN": token, "SERVICE_FILE": s.service.file,
	}
}
