package blob

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// The kinds of errors.
var (
	ErrNotFound = errors.New("no such object")
	ErrNoBucket = errors.New("no such bucket")
	// ErrCredentials are keys that the server does not know, or that are wrong or
	// have expired: nothing can be done with them.
	ErrCredentials = errors.New("the credentials are refused")
	// ErrDenied are rights that do not suffice for this object. Where the keys may
	// not list, S3 says so too of an object that is not there.
	ErrDenied = errors.New("access denied")
	// ErrExists is an object that is there although it must not be; see
	// [PutOptions.IfAbsent].
	ErrExists = errors.New("the object exists")
	// ErrChanged is an object that is no longer the one that was asked for; see
	// [ReadOptions.ETag].
	ErrChanged = errors.New("the object has changed")
)

// Error is a request that was not answered as hoped. Its message names neither
// credentials nor the signed URL.
type Error struct {
	Op, Key string
	Status  int    // of HTTP; 0 when there was no answer
	Code    string // S3's, such as SlowDown; "" when it gave none
	kind    error  // one of the kinds, or nil
	cause   error
}

func (e *Error) Error() string {
	what := e.Op
	if e.Key != "" {
		what = fmt.Sprintf("%s %q", e.Op, e.Key)
	}
	switch {
	case e.kind != nil && e.Code != "":
		return fmt.Sprintf("%s: %s (%s)", what, e.kind, e.Code)
	case e.kind != nil:
		return fmt.Sprintf("%s: %s", what, e.kind)
	case e.Status != 0:
		return fmt.Sprintf("%s: the server answered %d %s %s", what, e.Status, http.StatusText(e.Status), e.Code)
	}
	return fmt.Sprintf("%s: %s", what, root(e.cause))
}

// Unwrap gives the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.kind == nil {
		return []error{e.cause}
	}
	return []error{e.kind, e.cause}
}

// Retryable reports whether the same request may succeed later: the network
// failed, or the server was busy or broken.
func Retryable(err error) bool {
	var e *Error
	if !errors.As(err, &e) || errors.Is(err, context.Canceled) {
		return false
	}
	return e.kind == nil && (e.Status == 0 || e.Status == http.StatusRequestTimeout || e.Status == http.StatusTooManyRequests || e.Status >= 500)
}

// badKeys are S3's codes for credentials that are no good at all.
var badKeys = []string{"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "TokenRefreshRequired", "InvalidSecurity"}

// failed makes an Error of what the library gives; nil stays nil.
func (b *Bucket) failed(op, key string, err error) error {
	if err == nil {
		return nil
	}
	e := &Error{Op: op, Key: key, cause: err}
	var answer *awshttp.ResponseError
	if errors.As(err, &answer) {
		e.Status = answer.HTTPStatusCode()
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		e.Code = api.ErrorCode()
	}
	switch {
	case e.Code == "NoSuchBucket":
		e.kind = ErrNoBucket
	case e.Status == http.StatusNotFound:
		e.kind = ErrNotFound
	case e.Status == http.StatusUnauthorized, slices.Contains(badKeys, e.Code):
		e.kind = ErrCredentials
	case e.Status == http.StatusForbidden:
		e.kind = ErrDenied
	case e.Status == http.StatusPreconditionFailed, e.Status == http.StatusConflict && e.Code == "ConditionalRequestConflict":
		e.kind = ErrExists
	}
	return e
}

// root is the innermost cause, without the layers of the library around it.
func root(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
