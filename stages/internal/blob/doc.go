// Package blob reads and writes objects in S3 and in what speaks its protocol
// (MinIO, Ceph, R2, Google's interoperable API). It is the only importer of the
// library behind it, aws-sdk-go-v2/service/s3: 3 MB and 15 modules, against the
// 17 MB and 110 of gocloud.dev, whose other providers nobody asked for.
//
// A bucket is named by a URL:
//
//	s3://BUCKET[/PREFIX][?region=eu-central-1][&endpoint=http://127.0.0.1:9000]
//
// Keys are below the prefix. Credentials never are part of the URL. Errors are of
// one of six kinds, which errors.Is tells apart, or trouble of the network that
// [Retryable] reports. Requests that failed in a way that may pass are sent again
// by the library, a few times; what has been read of an object goes on where it
// broke off.
package blob
