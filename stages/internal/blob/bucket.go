package blob

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/exportd/exportd/engine/secret"
)

// Scheme begins the URL of a bucket.
const Scheme = "s3://"

// attempts is how often the library sends a request.
const attempts = 5

// The bounds of a connection. What is read is bounded by stall alone, since
// nobody knows how large an object is.
const (
	dialTimeout   = 10 * time.Second
	headerTimeout = time.Minute
	connections   = 64
)

// Credentials open a bucket. The zero value takes AWS_ACCESS_KEY_ID,
// AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN from the environment, and where
// they are not set asks without a signature, as public buckets allow.
type Credentials struct {
	AccessKey    string
	SecretKey    secret.Value
	SessionToken secret.Value
}

// Bucket is an open bucket, or the part of one below a prefix. It is safe for
// concurrent use.
type Bucket struct {
	client    *s3.Client
	transport *http.Transport
	name      string
	prefix    string // "" or ends in a slash
	address   string
}

// Is reports whether an address names a bucket.
func Is(address string) bool { return strings.HasPrefix(address, Scheme) }

// Open makes a bucket ready. It asks the server nothing: see [Bucket.Check].
func Open(address string, c Credentials) (*Bucket, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return nil, fmt.Errorf("the bucket's address is no URL") // the parser's error would repeat it
	case u.Scheme != "s3" || u.Host == "":
		return nil, fmt.Errorf("the bucket's address must be %sBUCKET/PREFIX", Scheme)
	case u.User != nil:
		return nil, fmt.Errorf("the bucket's address holds credentials, which belong into the configuration")
	}
	query := u.Query()
	for name := range query {
		if name != "region" && name != "endpoint" {
			return nil, fmt.Errorf("the bucket's address has an unknown option %q: there are region and endpoint", name)
		}
	}
	endpoint := first(query.Get("endpoint"), os.Getenv("AWS_ENDPOINT_URL_S3"), os.Getenv("AWS_ENDPOINT_URL"))
	if e, err := url.Parse(endpoint); endpoint != "" && (err != nil || e.Scheme != "http" && e.Scheme != "https" || e.Host == "" || e.User != nil) {
		return nil, fmt.Errorf("the endpoint of a bucket must be http://HOST or https://HOST")
	}
	prefix := strings.Trim(u.Path, "/")
	if prefix != "" {
		prefix += "/"
	}
	b := &Bucket{name: u.Host, prefix: prefix, address: Scheme + u.Host + "/" + prefix, transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSHandshakeTimeout:   dialTimeout,
		ResponseHeaderTimeout: headerTimeout,
		MaxIdleConnsPerHost:   connections,
		IdleConnTimeout:       time.Minute,
		ForceAttemptHTTP2:     true,
	}}
	b.client = s3.New(b.options(endpoint, first(query.Get("region"), os.Getenv("AWS_REGION"), "us-east-1"), c))
	return b, nil
}

func (b *Bucket) options(endpoint, region string, c Credentials) s3.Options {
	o := s3.Options{
		Region: region, RetryMaxAttempts: attempts, HTTPClient: &http.Client{Transport: b.transport},
		// Only what is asked for: servers that are not Amazon's know no more.
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
		Credentials:                c.provider(),
	}
	if endpoint != "" {
		o.BaseEndpoint, o.UsePathStyle = aws.String(endpoint), true
	}
	return o
}

func (c Credentials) provider() aws.CredentialsProvider {
	access, key, token := c.AccessKey, c.SecretKey.Reveal(), c.SessionToken.Reveal()
	if access == "" {
		access, key, token = os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), os.Getenv("AWS_SESSION_TOKEN")
	}
	if access == "" {
		return aws.AnonymousCredentials{}
	}
	return credentials.NewStaticCredentialsProvider(access, key, token)
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// Address names the bucket and the prefix, for messages.
func (b *Bucket) Address() string { return b.address }

// Check asks whether the bucket is there and may be read.
func (b *Bucket) Check(ctx context.Context) error {
	for _, err := range b.List(ctx, "") {
		return err
	}
	return nil
}

// Close lets go of idle connections.
func (b *Bucket) Close() error {
	b.transport.CloseIdleConnections()
	return nil
}

func (b *Bucket) key(key string) *string { return aws.String(b.prefix + key) }
