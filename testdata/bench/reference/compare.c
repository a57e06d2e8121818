// How close two pictures are: PSNR over all bands, SSIM of the luminance (Wang
// et al. 2004: a gaussian window of sigma 1.5, K1 = 0.01, K2 = 0.03).
#include "reference.h"

#include <math.h>

// rgb opens a picture as 8-bit sRGB without alpha.
static int rgb(const char *path, VipsImage **t, VipsImage **out) {
	if (!(t[0] = vips_image_new_from_file(path, NULL)) || vips_colourspace(t[0], &t[1], VIPS_INTERPRETATION_sRGB, NULL))
		return 1;
	return vips_extract_band(t[1], out, 0, "n", 3, NULL);
}

static int mean(VipsImage *in, VipsImage **out) { return vips_gaussblur(in, out, 1.5, "precision", VIPS_PRECISION_FLOAT, NULL); }

// product_mean is the mean of a times b in each window.
static int product_mean(VipsImage *a, VipsImage *b, VipsImage **t, VipsImage **out) {
	return vips_multiply(a, b, t, NULL) || mean(*t, out);
}

static int ssim(VipsImage *a, VipsImage *b, VipsImage **t, double *result) {
	const double c1 = 0.01 * 255 * 0.01 * 255, c2 = 0.03 * 255 * 0.03 * 255;

	// 0, 1: luminance; 2, 3: means; 4..6: means of squares and product
	if (vips_colourspace(a, &t[20], VIPS_INTERPRETATION_B_W, NULL) || vips_colourspace(b, &t[21], VIPS_INTERPRETATION_B_W, NULL) ||
		vips_cast(t[20], &t[0], VIPS_FORMAT_FLOAT, NULL) || vips_cast(t[21], &t[1], VIPS_FORMAT_FLOAT, NULL) ||
		mean(t[0], &t[2]) || mean(t[1], &t[3]) || product_mean(t[0], t[0], &t[22], &t[4]) ||
		product_mean(t[1], t[1], &t[23], &t[5]) || product_mean(t[0], t[1], &t[24], &t[6]))
		return 1;
	// 7..9: squares and product of the means
	if (vips_multiply(t[2], t[2], &t[7], NULL) || vips_multiply(t[3], t[3], &t[8], NULL) || vips_multiply(t[2], t[3], &t[9], NULL))
		return 1;
	// 10: covariance; 11: sum of variances; then (2 m1 m2 + c1)(2 cov + c2) by its counterpart
	if (vips_subtract(t[6], t[9], &t[10], NULL) || vips_add(t[4], t[5], &t[25], NULL) || vips_add(t[7], t[8], &t[26], NULL) ||
		vips_subtract(t[25], t[26], &t[11], NULL) || vips_linear1(t[9], &t[12], 2, c1, NULL) || vips_linear1(t[10], &t[13], 2, c2, NULL) ||
		vips_linear1(t[26], &t[14], 1, c1, NULL) || vips_linear1(t[11], &t[15], 1, c2, NULL) ||
		vips_multiply(t[12], t[13], &t[16], NULL) || vips_multiply(t[14], t[15], &t[17], NULL) ||
		vips_divide(t[16], t[17], &t[18], NULL))
		return 1;
	return vips_avg(t[18], result, NULL);
}

static int psnr(VipsImage *a, VipsImage *b, VipsImage **t, double *result) {
	double error;

	if (vips_subtract(a, b, &t[0], NULL) || vips_multiply(t[0], t[0], &t[1], NULL) || vips_avg(t[1], &error, NULL))
		return 1;
	*result = error == 0 ? 99 : 10 * log10(255 * 255 / error);
	return 0;
}

// truth is the original, decoded whole, in sRGB, upright and resized at once.
static int truth(const char *original, int width, int height, gboolean sharpened, VipsImage **t, VipsImage **out) {
	if (!(t[0] = vips_image_new_from_file(original, "access", VIPS_ACCESS_SEQUENTIAL, NULL)) || !(t[1] = vips_image_copy_memory(t[0])) ||
		vips_autorot(t[1], &t[2], NULL) || to_srgb(t[2], &t[3]) ||
		vips_resize(t[3], &t[4], (double) width / t[3]->Xsize, "vscale", (double) height / t[3]->Ysize, NULL) ||
		vips_colourspace(t[4], &t[5], VIPS_INTERPRETATION_sRGB, NULL) || vips_extract_band(t[5], &t[6], 0, "n", 3, NULL))
		return 1;
	if (!sharpened)
		return vips_copy(t[6], out, NULL);
	return sharpen(t[6], &t[7], &t[8], VIPS_PRECISION_FLOAT) || vips_cast(t[8], out, VIPS_FORMAT_UCHAR, NULL);
}

// compare prints the size of what was made, and how close it is to the truth of
// the same size.
int compare(gboolean sharpened, const char *original, const char *made) {
	VipsObject *scope = VIPS_OBJECT(vips_image_new());
	VipsImage **t = (VipsImage **) vips_object_local_array(scope, 2 * SLOTS);
	double decibel, similarity;
	int result = rgb(made, t, &t[2]) || truth(original, t[2]->Xsize, t[2]->Ysize, sharpened, t + 40, &t[3]) ||
		psnr(t[2], t[3], t + 6, &decibel) || ssim(t[2], t[3], t + 10, &similarity);

	if (!result)
		printf("%d %d %.4f %.6f\n", t[2]->Xsize, t[2]->Ysize, decibel, similarity);
	g_object_unref(scope);
	return result;
}
