//go:build cgo

#include "libvips.h"

// exp_under puts a colour of alpha (0..1) behind the picture. The last band of in
// is its alpha; ink has one number for each of the others.
int exp_under(VipsImage *in, VipsImage **out, const double *ink, int n, double alpha) {
	VipsObject *context = VIPS_OBJECT(vips_image_new());
	VipsImage **t = (VipsImage **) vips_object_local_array(context, 5);
	double full = in->Type == VIPS_INTERPRETATION_RGB16 || in->Type == VIPS_INTERPRETATION_GREY16 ? 65535 : 255;
	double scale[5], offset[5];
	int result = 1;

	if (n <= 4) {
		for (int i = 0; i <= n; i++) {
			offset[i] = alpha * (i < n ? ink[i] : full);
			scale[i] = -offset[i] / full;
		}
		result = vips_premultiply(in, &t[0], NULL) || vips_extract_band(in, &t[1], n, NULL) ||
			vips_linear(t[1], &t[2], scale, offset, n + 1, NULL) || vips_add(t[0], t[2], &t[3], NULL) ||
			vips_copy(t[3], &t[4], "interpretation", in->Type, NULL) || exp_unpremultiply(t[4], out, in->BandFmt);
	}
	g_object_unref(context);
	return result;
}

// exp_fade multiplies the last band, alpha, by keep.
int exp_fade(VipsImage *in, VipsImage **out, double keep) {
	double scale[5], offset[5] = {0};
	VipsImage *t;
	int result;

	if (in->Bands > 5)
		return 1;
	for (int i = 0; i < in->Bands; i++)
		scale[i] = i == in->Bands - 1 ? keep : 1;
	if (vips_linear(in, &t, scale, offset, in->Bands, NULL))
		return 1;
	result = exp_round(t, out, in->BandFmt);
	g_object_unref(t);
	return result;
}

// exp_warp samples premultiplied pixels by a homography, over times as dense as
// the reply of width by height, and averages. What no pixel covers, or what lies
// behind the horizon, is transparent: the picture gets a clear border of a pixel,
// and those samples are sent outside.
int exp_warp(VipsImage *in, VipsImage **out, const double *m, int width, int height, int over, const char *interpolator) {
	VipsObject *context = VIPS_OBJECT(vips_image_new());
	VipsImage **t = (VipsImage **) vips_object_local_array(context, 14);
	VipsInterpolate *interpolate = vips_interpolate_new(interpolator);
	double one[1] = {1}, away[2] = {-10, -10}, border[2] = {1, 1}, scale[2] = {1, 1};
	int result = !interpolate || vips_xyz(&t[0], width * over, height * over, NULL) ||
		vips_bandjoin_const(t[0], &t[1], one, 1, NULL) || vips_cast(t[1], &t[2], VIPS_FORMAT_DOUBLE, NULL) ||
		!(t[3] = vips_image_new_matrix_from_array(3, 3, m, 9)) || vips_recomb(t[2], &t[4], t[3], NULL) ||
		vips_extract_band(t[4], &t[5], 0, "n", 2, NULL) || vips_extract_band(t[4], &t[6], 2, NULL) ||
		vips_divide(t[5], t[6], &t[7], NULL) || vips_linear(t[7], &t[8], scale, border, 2, NULL) ||
		vips_moreeq_const1(t[6], &t[9], 1e-9, NULL) ||
		!(t[10] = vips_image_new_from_image(t[8], away, 2)) || vips_ifthenelse(t[9], t[8], t[10], &t[11], NULL) ||
		vips_embed(in, &t[12], 1, 1, in->Xsize + 2, in->Ysize + 2, NULL);

	if (!result)
		result = vips_mapim(t[12], over > 1 ? &t[13] : out, t[11], "interpolate", interpolate,
			"extend", VIPS_EXTEND_BACKGROUND, "premultiplied", TRUE, NULL) ||
			(over > 1 && vips_shrink(t[13], out, over, over, NULL));
	if (interpolate)
		g_object_unref(interpolate);
	g_object_unref(context);
	return result;
}
