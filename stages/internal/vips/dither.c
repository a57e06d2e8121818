//go:build cgo

// Error diffusion of colours that were converted to 16 bits (r-icc).

#include <string.h>

#include "libvips.h"

// spread rounds one row to 8 bits, from left to right, and hands what is lost on to
// the pixels that come: 7/16 to the right, 3/16, 5/16 and 1/16 to the row below
// (Floyd and Steinberg). here and below have a pixel before and behind the row.
static void spread(const unsigned short *p, unsigned char *q, int width, int bands, double *here, double *below) {
	memset(below, 0, sizeof(double) * (size_t) (width + 2) * bands);
	for (int i = 0; i < width * bands; i++) {
		int at = i + bands;
		double wanted = p[i] / 257.0 + here[at], lost;
		double rounded = wanted <= 0 ? 0 : wanted >= 255 ? 255 : (int) (wanted + 0.5);

		q[i] = (unsigned char) rounded;
		// What a full or an empty pixel cannot show is not made up for elsewhere.
		lost = wanted < 0 || wanted > 255 ? 0 : wanted - rounded;
		here[at + bands] += lost * 7 / 16;
		below[at - bands] += lost * 3 / 16;
		below[at] += lost * 5 / 16;
		below[at + bands] += lost * 1 / 16;
	}
}

// exp_dither gives 8 bits for 16, as an image in memory.
int exp_dither(VipsImage *in, VipsImage **out) {
	VipsImage *memory = vips_image_copy_memory(in);
	size_t bytes;
	double *here, *below;
	int result;

	if (!memory)
		return 1;
	*out = vips_image_new_memory();
	result = memory->BandFmt != VIPS_FORMAT_USHORT || vips_image_pipelinev(*out, VIPS_DEMAND_STYLE_ANY, memory, NULL);
	(*out)->BandFmt = VIPS_FORMAT_UCHAR;
	if (result || vips_image_write_prepare(*out)) {
		g_object_unref(memory);
		return 1;
	}
	bytes = sizeof(double) * (size_t) (memory->Xsize + 2) * memory->Bands;
	here = g_malloc0(bytes);
	below = g_malloc0(bytes);
	for (int y = 0; y < memory->Ysize; y++) {
		spread((unsigned short *) VIPS_IMAGE_ADDR(memory, 0, y), VIPS_IMAGE_ADDR(*out, 0, y), memory->Xsize, memory->Bands, here, below);
		VIPS_SWAP(double *, here, below);
	}
	g_free(here);
	g_free(below);
	g_object_unref(memory);
	return 0;
}
