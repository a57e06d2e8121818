// Package transform is the kind that makes a picture what an Image Serving
// modifier asks for: cropped, turned, scaled, in its colours and on its canvas.
// What the result is encoded as travels with the picture, to encode.
package transform
