// Package budget bounds how many pixels are in flight at once.
//
// libvips computes pixels late, so what an image costs is not known to the Go
// runtime and no channel bounds it. A [Budget] does: whoever is about to decode
// takes the image's pixels from it and gives them back when the last encoder
// that reads them is done. It is a queue: nobody overtakes, so that a large
// image is not starved by small ones and a run takes its items in job order.
package budget
