// Package httptarget delivers files over HTTPS: as PUT below an address, or as
// POST to a webhook.
//
// A receiver decides what it makes of a request, so every request says enough to
// be understood twice:
//
//	Idempotency-Key: JOB/NAME/SHA256     the same for every attempt at a file
//	If-None-Match: *                     of PUT, unless the run overwrites
//	Content-Digest: sha-256=:BASE64:     RFC 9530
//	Exportd-Name: NAME                   percent-encoded
//	Exportd-Signature: t=UNIX,v1=HEX     where a signing key is configured
//
// The signature is the HMAC-SHA256 of "UNIX.METHOD.PATH.NAME.SHA256" with the
// key: a receiver that also looks at the time is safe from requests that somebody
// has kept.
//
// What a PUT finds there already is compared where the receiver lets it be read.
// The manifest comes last, its sum before it. The receiver is not asked what it
// holds: the journal of the run says what it has taken.
package httptarget
