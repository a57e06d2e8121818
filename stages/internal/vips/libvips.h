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

int exp_resize(VipsImage *in, VipsImage **out, int width, int height, VipsKernel kernel);
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

gboolean exp_profile_fits(VipsImage *in, const void *data, size_t size);
int exp_icc_srgb(VipsImage *in, VipsImage **out, gboolean embedded);
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
int exp_set_xmp(VipsImage *in, VipsImage **out, const void *data, size_t size);

#endif
