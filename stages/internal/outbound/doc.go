// Package outbound connects to servers of the public internet and to nothing
// else, unless a network is allowed by name: what an address leads to is decided
// by others, and must not be this machine or its neighbours (reliability S13).
//
// A name is resolved once, every address it has is checked, and one of those that
// were checked is dialled: a name that changes in between changes nothing.
// Redirects go the same way. No proxy is used, for it would do the dialling.
package outbound
