package blob

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"
)

// PutOptions say how an object is written.
type PutOptions struct {
	// IfAbsent writes only where no object is ([ErrExists]), on servers that know
	// If-None-Match; see [Bucket.Conditional].
	IfAbsent    bool
	SHA256      string // lower-case hex of the bytes; the server checks it where it can. "" = not sent
	ContentType string
	Metadata    map[string]string
}

// An object of more than one part is sent in parts: so large, so many, and so
// many at once (S3 allows 10,000 parts of 5 MiB to 5 GiB).
const (
	partSize    = 16 << 20
	maxParts    = 10_000
	partsAtOnce = 4
)

// Put writes an object of size bytes. It appears whole or not at all.
func (b *Bucket) Put(ctx context.Context, key string, body io.ReaderAt, size int64, o PutOptions) (Attributes, error) {
	if size > partSize {
		return b.putParts(ctx, key, body, size, o)
	}
	in := &s3.PutObjectInput{
		Bucket: &b.name, Key: b.key(key), Body: io.NewSectionReader(body, 0, size), ContentLength: &size,
		ContentType: text(o.ContentType), Metadata: o.Metadata, IfNoneMatch: o.condition(),
	}
	if o.SHA256 != "" {
		sum, err := hex.DecodeString(o.SHA256)
		if err != nil {
			return Attributes{}, fmt.Errorf("the SHA-256 of %q: %w", key, err)
		}
		in.ChecksumSHA256 = aws.String(base64.StdEncoding.EncodeToString(sum))
	}
	out, err := b.client.PutObject(ctx, in)
	if err != nil {
		return Attributes{}, b.failed("write", key, err)
	}
	return Attributes{Size: size, ETag: bare(out.ETag), SHA256: aws.ToString(out.ChecksumSHA256), Metadata: o.Metadata}, nil
}

func (b *Bucket) putParts(ctx context.Context, key string, body io.ReaderAt, size int64, o PutOptions) (Attributes, error) {
	created, err := b.client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{
		Bucket: &b.name, Key: b.key(key), ContentType: text(o.ContentType), Metadata: o.Metadata,
	})
	if err != nil {
		return Attributes{}, b.failed("write", key, err)
	}
	parts, err := b.sendParts(ctx, key, created.UploadId, body, size)
	if err == nil {
		var out *s3.CompleteMultipartUploadOutput
		out, err = b.client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
			Bucket: &b.name, Key: b.key(key), UploadId: created.UploadId, IfNoneMatch: o.condition(),
			MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
		})
		if err == nil {
			return Attributes{Size: size, ETag: bare(out.ETag), Metadata: o.Metadata}, nil
		}
	}
	// The parts cost money until somebody removes them. What the server does not
	// hear here, its own rules for old uploads take care of.
	_, _ = b.client.AbortMultipartUpload(context.WithoutCancel(ctx), &s3.AbortMultipartUploadInput{Bucket: &b.name, Key: b.key(key), UploadId: created.UploadId})
	return Attributes{}, b.failed("write", key, err)
}

// sendParts sends the parts, some at once.
func (b *Bucket) sendParts(ctx context.Context, key string, upload *string, body io.ReaderAt, size int64) ([]types.CompletedPart, error) {
	length := max(partSize, (size+maxParts-1)/maxParts)
	parts := make([]types.CompletedPart, (size+length-1)/length)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(partsAtOnce)
	for i := range parts {
		group.Go(func() error {
			from := int64(i) * length
			n := min(length, size-from)
			number := aws.Int32(int32(i + 1)) // at most maxParts
			out, err := b.client.UploadPart(ctx, &s3.UploadPartInput{
				Bucket: &b.name, Key: b.key(key), UploadId: upload, PartNumber: number,
				Body: io.NewSectionReader(body, from, n), ContentLength: &n,
			})
			if err != nil {
				return err
			}
			parts[i] = types.CompletedPart{ETag: out.ETag, PartNumber: number}
			return nil
		})
	}
	return parts, group.Wait()
}

func (o PutOptions) condition() *string {
	if !o.IfAbsent {
		return nil
	}
	return aws.String("*")
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
