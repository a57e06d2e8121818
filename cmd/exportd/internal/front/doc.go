// Package front is the HTTP door of the daemon: /v1 in JSON, with errors as
// problem+json (RFC 9457) that carry a code of exportd; /livez, /readyz and
// /metrics; and the client that `exportd jobs` is made of.
//
// A Unix socket is open to whoever may open its file: the daemon's own user, who
// may do everything. What is asked of the daemon is asked of [Jobs].
package front
