//go:build cgo

#include "libvips.h"

int exp_loader(const char *name) {
	GType type = vips_type_find("VipsForeignLoad", name);
	VipsOperationClass *class = type ? VIPS_OPERATION_CLASS(g_type_class_ref(type)) : NULL;

	if (!class)
		return 0;
	return class->flags & VIPS_OPERATION_BLOCKED ? 1 : 2;
}

void exp_allow(const char *name) { vips_operation_block_set(name, FALSE); }

int exp_copy_memory(VipsImage *in, VipsImage **out) { return !(*out = vips_image_copy_memory(in)); }

int exp_header(VipsImage *in, VipsImage **out, VipsInterpretation space, double per_mm) {
	return vips_copy(in, out, "interpretation", space, "xres", per_mm, "yres", per_mm, NULL);
}

// exp_strip removes every field but, where asked, the profile, and libvips' mark
// of an image whose rows come in order, on which its operations rely.
int exp_strip(VipsImage *in, VipsImage **out, gboolean profile, gboolean sequential) {
	char **fields;

	if (vips_copy(in, out, NULL))
		return 1;
	if (!(fields = vips_image_get_fields(*out)))
		return 1;
	for (int i = 0; fields[i]; i++) {
		if (profile && !strcmp(fields[i], VIPS_META_ICC_NAME))
			continue;
		if (sequential && !strcmp(fields[i], VIPS_META_SEQUENTIAL))
			continue;
		vips_image_remove(*out, fields[i]);
	}
	g_strfreev(fields);
	return 0;
}

// exp_resize brings from_width by from_height pixels, of which in holds the whole
// ones, to the size; the part of a pixel is the last one's colour. The result may
// be larger or smaller by what libvips rounds.
//
// It marks its input as one whose rows come in order. libvips then keeps the rows
// that two strips of the result share; without the mark, which pixels in memory do
// not have, it computes them for each strip again.
int exp_resize(VipsImage *in, VipsImage **out, int width, int height, double from_width, double from_height, VipsKernel kernel) {
	VipsObject *context = VIPS_OBJECT(vips_image_new());
	VipsImage **t = (VipsImage **) vips_object_local_array(context, 2);
	int w = VIPS_MAX(in->Xsize, (int) ceil(from_width)), h = VIPS_MAX(in->Ysize, (int) ceil(from_height));
	int result = vips_embed(in, &t[0], 0, 0, w, h, "extend", VIPS_EXTEND_COPY, NULL) || vips_copy(t[0], &t[1], NULL);

	if (!result) {
		vips_image_set_int(t[1], VIPS_META_SEQUENTIAL, 1);
		result = vips_resize(t[1], out, width / from_width, "vscale", height / from_height, "kernel", kernel, NULL);
	}
	g_object_unref(context);
	return result;
}

// exp_affine works on premultiplied pixels; what no pixel covers is transparent.
// libvips counts from pixel centres at whole numbers.
int exp_affine(VipsImage *in, VipsImage **out, const double *m, double dx, double dy,
               int left, int top, int width, int height, const char *interpolator) {
	VipsInterpolate *interpolate = vips_interpolate_new(interpolator);
	VipsArrayInt *area;
	int result;

	if (!interpolate)
		return 1;
	area = vips_array_int_newv(4, left, top, width, height);
	result = vips_affine(in, out, m[0], m[1], m[2], m[3], "oarea", area, "interpolate", interpolate,
		"odx", dx + (m[0] + m[1] - 1) / 2, "ody", dy + (m[2] + m[3] - 1) / 2,
		"extend", VIPS_EXTEND_BACKGROUND, "premultiplied", TRUE, NULL);
	vips_area_unref(VIPS_AREA(area));
	g_object_unref(interpolate);
	return result;
}

// exp_embed fills with ink, one number a band; without ink with zeros.
int exp_embed(VipsImage *in, VipsImage **out, int x, int y, int width, int height, const double *ink, int n) {
	VipsArrayDouble *background;
	int result;

	if (n == 0)
		return vips_embed(in, out, x, y, width, height, "extend", VIPS_EXTEND_BLACK, NULL);
	background = vips_array_double_new(ink, n);
	result = vips_embed(in, out, x, y, width, height, "extend", VIPS_EXTEND_BACKGROUND, "background", background, NULL);
	vips_area_unref(VIPS_AREA(background));
	return result;
}

int exp_flatten(VipsImage *in, VipsImage **out, const double *ink, int n) {
	VipsArrayDouble *background = vips_array_double_new(ink, n);
	int result = vips_flatten(in, out, "background", background, NULL);

	vips_area_unref(VIPS_AREA(background));
	return result;
}

// exp_sharpen convolves with -1 around centre, divided so that flat areas stay
// as they are. libvips extends the edges by copying. The result is float: the
// integer convolution approximates its mask.
int exp_sharpen(VipsImage *in, VipsImage **out, double centre) {
	VipsImage *mask = vips_image_new_matrixv(3, 3, -1.0, -1.0, -1.0, -1.0, centre, -1.0, -1.0, -1.0, -1.0);
	int result;

	if (!mask)
		return 1;
	vips_image_set_double(mask, "scale", centre - 8);
	result = vips_conv(in, out, mask, "precision", VIPS_PRECISION_FLOAT, NULL);
	g_object_unref(mask);
	return result;
}

int exp_bands(VipsImage *in, VipsImage **out, int first, int n) {
	return vips_extract_band(in, out, first, "n", n, NULL);
}

int exp_clear(VipsImage *in, VipsImage **out) {
	VipsImage *zero;
	int result;

	if (vips_linear1(in, &zero, 0, 0, NULL))
		return 1;
	result = vips_cast(zero, out, in->BandFmt, NULL);
	g_object_unref(zero);
	return result;
}

int exp_premultiply(VipsImage *in, VipsImage **out) { return vips_premultiply(in, out, NULL); }

int exp_unpremultiply(VipsImage *in, VipsImage **out, VipsBandFormat format) {
	VipsImage *plain;
	int result;

	if (vips_unpremultiply(in, &plain, NULL))
		return 1;
	result = exp_round(plain, out, format);
	g_object_unref(plain);
	return result;
}

// exp_round casts with rounding; vips_cast alone cuts off.
int exp_round(VipsImage *in, VipsImage **out, VipsBandFormat format) {
	VipsImage *half;
	int result;

	if (in->BandFmt != VIPS_FORMAT_FLOAT && in->BandFmt != VIPS_FORMAT_DOUBLE)
		return vips_cast(in, out, format, NULL);
	if (format == VIPS_FORMAT_UCHAR)
		return vips_linear1(in, out, 1, 0.5, "uchar", TRUE, NULL);
	if (vips_linear1(in, &half, 1, 0.5, NULL))
		return 1;
	result = vips_cast(half, out, format, NULL);
	g_object_unref(half);
	return result;
}

// exp_to8 keeps the high byte of 16 bits.
int exp_to8(VipsImage *in, VipsImage **out) {
	return vips_cast(in, out, VIPS_FORMAT_UCHAR, "shift", in->BandFmt == VIPS_FORMAT_USHORT, NULL);
}

gboolean exp_profile_fits(VipsImage *in, const void *data, size_t size) {
	return vips_icc_is_compatible_profile(in, data, size);
}

// exp_rgb_to_gray weighs the stored values by Rec. 601 (is-protocol A-20).
int exp_rgb_to_gray(VipsImage *in, VipsImage **out) {
	VipsObject *context = VIPS_OBJECT(vips_image_new());
	VipsImage **t = (VipsImage **) vips_object_local_array(context, 3);
	int result = !(t[0] = vips_image_new_matrixv(3, 1, 0.299, 0.587, 0.114)) || vips_recomb(in, &t[1], t[0], NULL) ||
		exp_round(t[1], &t[2], VIPS_FORMAT_UCHAR) ||
		vips_copy(t[2], out, "interpretation", VIPS_INTERPRETATION_B_W, NULL);

	g_object_unref(context);
	return result;
}

// exp_rgb_to_cmyk is the inverse of R = (1-C)(1-K) (is-protocol 7.5) with as much
// black as there can be; libvips divides by zero to zero.
int exp_rgb_to_cmyk(VipsImage *in, VipsImage **out) {
	VipsObject *context = VIPS_OBJECT(vips_image_new());
	VipsImage **t = (VipsImage **) vips_object_local_array(context, 9);
	int result = vips_extract_band(in, &t[0], 0, NULL) || vips_extract_band(in, &t[1], 1, NULL) ||
		vips_extract_band(in, &t[2], 2, NULL) || vips_bandrank(t, &t[3], 3, "index", 2, NULL) ||
		vips_subtract(t[3], in, &t[4], NULL) || vips_divide(t[4], t[3], &t[5], NULL) ||
		vips_linear1(t[5], &t[6], 255, 0.5, "uchar", TRUE, NULL) || vips_invert(t[3], &t[7], NULL) ||
		vips_bandjoin2(t[6], t[7], &t[8], NULL) || vips_copy(t[8], out, "interpretation", VIPS_INTERPRETATION_CMYK, NULL);

	g_object_unref(context);
	return result;
}

int exp_cmyk_to_rgb(VipsImage *in, VipsImage **out) {
	VipsObject *context = VIPS_OBJECT(vips_image_new());
	VipsImage **t = (VipsImage **) vips_object_local_array(context, 5);
	int result = vips_invert(in, &t[0], NULL) || vips_extract_band(t[0], &t[1], 0, "n", 3, NULL) ||
		vips_extract_band(t[0], &t[2], 3, NULL) || vips_multiply(t[1], t[2], &t[3], NULL) ||
		vips_linear1(t[3], &t[4], 1.0 / 255, 0.5, "uchar", TRUE, NULL) ||
		vips_copy(t[4], out, "interpretation", VIPS_INTERPRETATION_sRGB, NULL);

	g_object_unref(context);
	return result;
}

// exp_webpsave writes straight to a file, because that has to be mended after
// (see webp.go).
int exp_webpsave(VipsImage *in, const char *path, int q, gboolean lossless, int effort) {
	return vips_webpsave(in, path, "Q", q, "lossless", lossless, "effort", effort, "strip", TRUE, NULL);
}

// exp_tiffsave writes straight to a file: libtiff seeks back, so a stream would
// hold the whole file in memory. Q counts for JPEG compression alone.
int exp_tiffsave(VipsImage *in, const char *path, VipsForeignTiffCompression compression, int q, gboolean bare) {
	return vips_tiffsave(in, path, "compression", compression, "Q", q, "predictor", VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL,
		"resunit", VIPS_FOREIGN_TIFF_RESUNIT_INCH, "strip", bare, NULL);
}

// exp_heifsave writes 8 bits. The chroma of lossy pictures is sub-sampled: the
// format's second quality value counts for nothing (r-is-http-fmt).
int exp_heifsave(VipsImage *in, const char *path, gboolean av1, int q, gboolean lossless) {
	return vips_heifsave(in, path, "compression", av1 ? VIPS_FOREIGN_HEIF_COMPRESSION_AV1 : VIPS_FOREIGN_HEIF_COMPRESSION_HEVC,
		"Q", q, "lossless", lossless, "bitdepth", 8, "effort", 4, "strip", TRUE,
		"subsample_mode", lossless ? VIPS_FOREIGN_SUBSAMPLE_OFF : VIPS_FOREIGN_SUBSAMPLE_ON, NULL);
}

// exp_heif_trial encodes a small black picture.
int exp_heif_trial(gboolean av1) {
	VipsImage *black;
	void *data = NULL;
	size_t size;
	int result;

	if (vips_black(&black, 16, 16, "bands", 3, NULL))
		return 1;
	result = vips_heifsave_buffer(black, &data, &size,
		"compression", av1 ? VIPS_FOREIGN_HEIF_COMPRESSION_AV1 : VIPS_FOREIGN_HEIF_COMPRESSION_HEVC,
		"bitdepth", 8, "effort", 0, "strip", TRUE, NULL);
	g_free(data);
	g_object_unref(black);
	return result;
}

// exp_jp2ksave writes tiles, so that a whole picture need not be in memory.
int exp_jp2ksave(VipsImage *in, const char *path, int q, gboolean lossless) {
	return vips_jp2ksave(in, path, "Q", q, "lossless", lossless, "strip", TRUE,
		"subsample_mode", VIPS_FOREIGN_SUBSAMPLE_OFF, NULL);
}

const void *exp_xmp(VipsImage *in, size_t *size) {
	const void *data;

	if (!vips_image_get_typeof(in, VIPS_META_XMP_NAME) || vips_image_get_blob(in, VIPS_META_XMP_NAME, &data, size))
		return NULL;
	return data;
}

int exp_set_blob(VipsImage *in, VipsImage **out, const char *name, const void *data, size_t size) {
	if (vips_copy(in, out, NULL))
		return 1;
	vips_image_set_blob_copy(*out, name, data, size);
	return 0;
}

// exp_rows computes whole rows and copies them, without gaps.
int exp_rows(VipsRegion *region, int top, int rows, void *into) {
	VipsRect area = { 0, top, region->im->Xsize, rows };
	size_t line = VIPS_IMAGE_SIZEOF_LINE(region->im);

	if (vips_region_prepare(region, &area))
		return 1;
	for (int y = 0; y < rows; y++)
		memcpy((char *) into + y * line, VIPS_REGION_ADDR(region, 0, top + y), line);
	return 0;
}
