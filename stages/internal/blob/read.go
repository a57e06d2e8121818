package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// ReadOptions say what of an object is read.
type ReadOptions struct {
	Offset int64  // from where
	Length int64  // at most so many bytes; 0 = to the end
	ETag   string // of the object that is meant; another one is [ErrChanged]. "" = whatever is there
}

// How a body that breaks off is taken up again: so often without a byte in
// between, and after so long without one.
const (
	resumes = 5
	stall   = time.Minute
	pause   = 200 * time.Millisecond
)

// Reader reads an object. When the connection breaks it goes on where it was,
// with the same object or not at all.
type Reader struct {
	Attributes

	bucket *Bucket
	ctx    context.Context
	cancel context.CancelFunc
	timer  *time.Timer
	key    string
	offset int64
	end    int64 // behind the last byte
	body   io.ReadCloser
	broken int // breaks since the last byte
}

// NewReader opens an object. The caller closes the reader; ctx bounds it until
// then.
func (b *Bucket) NewReader(ctx context.Context, key string, o ReadOptions) (*Reader, error) {
	r := &Reader{bucket: b, key: key, offset: o.Offset, end: o.Offset + o.Length}
	r.ctx, r.cancel = context.WithCancel(ctx)
	r.timer = time.AfterFunc(stall, r.cancel)
	out, err := b.get(r.ctx, key, o)
	if err != nil {
		r.stop()
		return nil, err
	}
	r.body = out.Body
	r.Attributes = Attributes{Size: aws.ToInt64(out.ContentLength), ETag: bare(out.ETag), Modified: aws.ToTime(out.LastModified), Metadata: out.Metadata}
	if total, ok := totalOf(aws.ToString(out.ContentRange)); ok {
		r.Size = total
	}
	if o.Length == 0 || r.end > r.Size {
		r.end = r.Size
	}
	return r, nil
}

func (b *Bucket) get(ctx context.Context, key string, o ReadOptions) (*s3.GetObjectOutput, error) {
	in := &s3.GetObjectInput{Bucket: &b.name, Key: b.key(key), IfMatch: quoted(o.ETag)}
	switch {
	case o.Length > 0:
		in.Range = aws.String(fmt.Sprintf("bytes=%d-%d", o.Offset, o.Offset+o.Length-1))
	case o.Offset > 0:
		in.Range = aws.String(fmt.Sprintf("bytes=%d-", o.Offset))
	}
	out, err := b.client.GetObject(ctx, in)
	if err == nil {
		if found := bare(out.ETag); o.ETag != "" && found != o.ETag { // a server that does not know If-Match
			_ = out.Body.Close()
			return nil, &Error{Op: "read", Key: key, kind: ErrChanged, cause: fmt.Errorf("its ETag is %s, not %s", found, o.ETag)}
		}
		return out, nil
	}
	err = b.failed("read", key, err)
	var e *Error
	if errors.As(err, &e) && (e.Status == http.StatusPreconditionFailed || o.ETag != "" && e.Status == http.StatusRequestedRangeNotSatisfiable) {
		e.kind = ErrChanged
	}
	return nil, err
}

// totalOf reads the size of the whole object off a Content-Range.
func totalOf(header string) (total int64, ok bool) {
	var from, to int64
	n, err := fmt.Sscanf(header, "bytes %d-%d/%d", &from, &to, &total)
	return total, n == 3 && err == nil
}

// Read reads on. A body that ends before the object does is broken too.
func (r *Reader) Read(p []byte) (int, error) {
	for {
		if r.offset >= r.end {
			return 0, io.EOF
		}
		if int64(len(p)) > r.end-r.offset {
			p = p[:r.end-r.offset]
		}
		r.timer.Reset(stall)
		n, err := r.body.Read(p)
		if n > 0 {
			r.offset += int64(n)
			r.broken = 0
			return n, nil
		}
		if err == nil {
			continue
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if err := r.resume(err); err != nil {
			return 0, err
		}
	}
}

// resume opens the object again behind what was read.
func (r *Reader) resume(why error) error {
	for {
		if r.ctx.Err() != nil || r.broken >= resumes {
			return &Error{Op: "read", Key: r.key, cause: fmt.Errorf("broken off after %d of %d bytes: %w", r.offset, r.Size, why)}
		}
		r.broken++
		_ = r.body.Close()
		select {
		case <-r.ctx.Done():
			continue
		case <-time.After(pause << r.broken):
		}
		r.timer.Reset(stall)
		out, err := r.bucket.get(r.ctx, r.key, ReadOptions{Offset: r.offset, Length: r.end - r.offset, ETag: r.ETag})
		if err == nil {
			r.body = out.Body
			return nil
		}
		if !Retryable(err) {
			return err
		}
		why = err
	}
}

// Close ends the connection, unless all was read.
func (r *Reader) Close() error {
	defer r.stop()
	return r.body.Close()
}

func (r *Reader) stop() {
	r.timer.Stop()
	r.cancel()
}
