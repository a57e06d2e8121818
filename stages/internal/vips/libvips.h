// What govips lacks, or does otherwise than exportd needs. Every function gives
// 0 for success and leaves its words in libvips' error buffer.
#ifndef EXPORTD_LIBVIPS_H
#define EXPORTD_LIBVIPS_H

#include <stdlib.h>
#include <vips/vips.h>

// Loaders: 0 absent, 1 blocked, 2 on.
int exp_loader(const char *name);
void exp_allow(const char *name);

int exp_copy_memory(VipsImage *in, VipsImage **out);
int exp_header(VipsImage *in, VipsImage **out, VipsInterpretation space, double per_mm);
int exp_strip(VipsImage *in, VipsImage **out, gboolean profile, gboolean sequential);

int exp_resize(VipsImage *in, VipsImage **out, int width, int height, double from_width, double from_height, VipsKernel kernel);
int exp_affine(VipsImage *in, VipsImage **out, const double *matrix, double dx, double dy,
               int left, int top, int width, int height, const char *interpolator);
int exp_embed(VipsImage *in, VipsImage **out, int x, int y, int width, int height, const double *ink, int n);
int exp_flatten(VipsImage *in, VipsImage **out, const double *ink, int n);
int exp_sharpen(VipsImage *in, VipsImage **out, double centre);
int exp_bands(VipsImage *in, VipsImage **out, int first, int n);
int exp_clear(VipsImage *in, VipsImage **out);

int exp_premultiply(VipsImage *in, VipsImage **out);
int exp_unpremultiply(VipsImage *in, VipsImage **out, VipsBandFormat format);
int exp_round(VipsImage *in, VipsImage **out, VipsBandFormat format);
int exp_to8(VipsImage *in, VipsImage **out);

int exp_under(VipsImage *in, VipsImage **out, const double *ink, int n, double alpha);
int exp_fade(VipsImage *in, VipsImage **out, double keep);
int exp_warp(VipsImage *in, VipsImage **out, const double *m, int width, int height, int over, const char *interpolator);

gboolean exp_profile_fits(VipsImage *in, const void *data, size_t size);
int exp_rgb_to_gray(VipsImage *in, VipsImage **out);
int exp_rgb_to_cmyk(VipsImage *in, VipsImage **out);
int exp_cmyk_to_rgb(VipsImage *in, VipsImage **out);

int exp_webpsave(VipsImage *in, const char *path, int q, gboolean lossless, int effort);
int exp_tiffsave(VipsImage *in, const char *path, VipsForeignTiffCompression compression, int q, gboolean bare);
int exp_heifsave(VipsImage *in, const char *path, gboolean av1, int q, gboolean lossless);
int exp_heif_trial(gboolean av1);
int exp_jp2ksave(VipsImage *in, const char *path, int q, gboolean lossless);

int exp_rows(VipsRegion *region, int top, int rows, void *into);

const void *exp_xmp(VipsImage *in, size_t *size);
int exp_set_blob(VipsImage *in, VipsImage **out, const char *name, const void *data, size_t size);

// Colour and filters: filter.c.

// ExpPoints are the operations on one pixel at a time, in this order. A step
// whose switch is 0 is left out.
typedef struct {
	int tone; // brightness and contrast
	unsigned char tones[256];
	double hue;        // degrees
	double saturation; // factor, 1 leaves out
	int balance;
	unsigned char balances[3][256];
	int colorize;
	unsigned char ramp[3][256]; // by luminance
	int invert;
	double noise; // levels: the largest of uniform, the deviation of gaussian
	int gaussian, mono;
	guint64 seed;
} ExpPoints;

// bands is the number of colour bands; what follows them is left alone.
int exp_points(VipsImage *in, VipsImage **out, const ExpPoints *points, int bands);
int exp_grow(VipsImage *in, VipsImage **out, int radius, int bands, gboolean mask);
int exp_blur(VipsImage *in, VipsImage **out, double sigma_x, double sigma_y);
int exp_usm(VipsImage *in, VipsImage **out, double sigma_x, double sigma_y, double amount, double threshold, gboolean mono);
int exp_histogram(VipsImage *in, int bands, guint64 *counts);
int exp_icc(VipsImage *in, VipsImage **out, const char *from, const char *to, VipsIntent intent, gboolean black_point, int depth);
int exp_dither(VipsImage *in, VipsImage **out);
int exp_set_profile(VipsImage *in, VipsImage **out, const char *profile);

#endif
