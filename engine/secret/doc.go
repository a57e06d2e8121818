// Package secret holds what must never be printed: passwords, keys, tokens and
// addresses that contain one. A [Value] shows as "[redacted]" however it is
// formatted, logged or encoded; [Value.Reveal] is the one way to its text, so
// that a search for that word finds every place where a secret leaves.
//
// A configuration names a secret by a reference, which [Read] follows:
//
//	env:NAME    the environment variable NAME
//	file:PATH   the first line of a file, relative to the configuration
//	text        the secret itself
package secret
