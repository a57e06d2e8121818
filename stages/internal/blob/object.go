package blob

import (
	"context"
	"iter"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Attributes are what a server says of an object.
type Attributes struct {
	Size     int64
	ETag     string // without quotes; changes with the bytes
	Modified time.Time
	SHA256   string // base64, where it was put with one and the server keeps it
	Metadata map[string]string
}

// Object is one line of a listing.
type Object struct {
	Key  string // below the bucket's prefix
	Size int64
	ETag string
}

// Attributes asks for an object without reading it.
func (b *Bucket) Attributes(ctx context.Context, key string) (Attributes, error) {
	out, err := b.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.name, Key: b.key(key)})
	if err != nil {
		return Attributes{}, b.failed("look up", key, err)
	}
	return Attributes{
		Size: aws.ToInt64(out.ContentLength), ETag: bare(out.ETag), Modified: aws.ToTime(out.LastModified),
		SHA256: aws.ToString(out.ChecksumSHA256), Metadata: out.Metadata,
	}, nil
}

// List walks over the objects whose keys begin with prefix, in the order of
// their keys. An error ends it.
func (b *Bucket) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{
			Bucket: &b.name, Prefix: b.key(prefix),
			EncodingType: types.EncodingTypeUrl, // XML cannot hold every key
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(Object{}, b.failed("list", prefix, err))
				return
			}
			for _, o := range page.Contents {
				key := aws.ToString(o.Key)
				if plain, err := url.QueryUnescape(key); err == nil && page.EncodingType == types.EncodingTypeUrl {
					key = plain
				}
				if !yield(Object{Key: strings.TrimPrefix(key, b.prefix), Size: aws.ToInt64(o.Size), ETag: bare(o.ETag)}, nil) {
					return
				}
			}
		}
	}
}

// Delete removes an object. One that is not there is removed already.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	_, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.name, Key: b.key(key)})
	return b.failed("remove", key, err)
}

// bare strips an ETag of its quotes.
func bare(etag *string) string { return strings.Trim(aws.ToString(etag), `"`) }

func quoted(etag string) *string {
	if etag == "" {
		return nil
	}
	return aws.String(`"` + etag + `"`)
}
