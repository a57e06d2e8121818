// Package vips is the pixel side of exportd: the only importer of govips and the
// only cgo of the project. It opens a source, renders what a modifier asks of it,
// and encodes the reply.
//
// An [Image] is lazy. [Open] reads a header, [Image.Render] builds a chain of
// libvips operations, and the pixels are computed when [Image.Encode] pulls
// them, from the top to the bottom. What needs its pixels in another order
// (turning, flipping upside down) is put behind the resize and a copy in memory,
// so that memory grows with the reply and not with the source.
//
// The package decides for itself what went wrong: a source that cannot be
// decoded is E-IMAGE-CORRUPT because reading it failed, never because of what
// libvips says about it. libvips' text is only a detail of the message.
//
// Without cgo every call answers E-NO-LIBVIPS.
package vips
