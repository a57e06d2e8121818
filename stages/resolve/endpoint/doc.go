// Package endpoint keeps the records of a catalog behind a web service.
//
// For a list of handles exportd sends
//
//	POST URL
//	Authorization: Bearer TOKEN
//	Content-Type: application/json
//
//	{"handles": ["acme/1", "acme/2"], "cursor": "…"}
//
// and expects 200 with
//
//	{"assets": [{"handle": "acme/1", "file": "2026/quad.png", …}], "next": "…"}
//
// An asset that the service does not list is unknown. Where next is not empty the
// same handles are sent again with it as the cursor, until a page has none.
package endpoint
