// Package encode is the kind that turns a picture into bytes. The format and its
// options came with the picture, from the transform before. Here the pixels are
// computed, row by row, into a scratch file that deliver takes over.
package encode
