// Package photoshop reads and writes the paths that Photoshop embeds in pictures:
// image resource blocks 2000 to 2997 (a path each) and 2999 (the name of the
// clipping path). It reads them out of the APP13 segments of a JPEG or tag 34377
// of a TIFF, is pure Go, trusts no length, and gives what it could read of damaged
// data: a broken path must not cost the picture.
package photoshop
