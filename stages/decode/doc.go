// Package decode is the kind that opens an asset as a picture. It checks what the
// bytes are and what they would cost before any pixel is touched, and loads no
// more pixels than the transforms behind it need. The pixels themselves are
// decoded when encode pulls them, or here when several transforms share them.
package decode
