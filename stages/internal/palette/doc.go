// Package palette finds the colours of a png8 or gif and maps pixels to them
// (is-protocol 6 quantize, r-is-http-quantize): an adaptive palette by boxes of
// least variance with a few rounds of refinement, the web and mac palettes, and
// Floyd-Steinberg diffusion. The same pixels always give the same bytes,
// whatever quantiser libvips was built with.
package palette
