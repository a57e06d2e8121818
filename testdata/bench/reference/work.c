// The workloads, each as directly as libvips allows.
#include "reference.h"

#include <math.h>
#include <stdlib.h>

#define ANY 10000000 // a height that never limits

static const struct {
	int width;
	gboolean webp;
} sizes[] = { { 2000, FALSE }, { 1200, TRUE }, { 800, FALSE }, { 400, TRUE }, { 150, FALSE } };

#define SIZES ((int) (sizeof sizes / sizeof sizes[0]))

static int save_jpeg(VipsImage *in, int q, const char *folder, const char *name, const char *suffix) {
	char path[2048];

	g_snprintf(path, sizeof path, "%s/%s%s.jpg", folder, name, suffix);
	return vips_jpegsave(in, path, "Q", q, "strip", TRUE, NULL);
}

static int save_rendition(VipsImage *in, int i, const char *folder, const char *name) {
	char path[2048];
	char suffix[32];

	g_snprintf(suffix, sizeof suffix, "-w%d", sizes[i].width);
	if (!sizes[i].webp)
		return save_jpeg(in, 85, folder, name, suffix);
	g_snprintf(path, sizeof path, "%s/%s%s.webp", folder, name, suffix);
	return vips_webpsave(in, path, "Q", 80, "strip", TRUE, NULL);
}

// open_shrunk loads no more pixels than width needs.
static int open_shrunk(const char *file, int width, VipsImage **head, VipsImage **out) {
	int shrink = 8;

	if (vips_jpegload(file, head, NULL))
		return 1;
	while (shrink > 1 && (*head)->Xsize / shrink < width)
		shrink /= 2;
	return vips_jpegload(file, out, "shrink", shrink, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
}

// to_srgb converts what carries a profile.
int to_srgb(VipsImage *in, VipsImage **out) {
	if (vips_image_get_typeof(in, VIPS_META_ICC_NAME))
		return vips_icc_transform(in, out, "srgb", "embedded", TRUE, NULL);
	return vips_copy(in, out, NULL);
}

// thumbnail resizes while it loads, and converts what carries a profile.
static int thumbnail(VipsImage **t, const char *file, int width, VipsImage **out) {
	return vips_thumbnail(file, &t[0], width, "height", ANY, NULL) || to_srgb(t[0], out);
}

// sharpen is op_sharpen: 16 in the middle of eight times -1.
int sharpen(VipsImage *in, VipsImage **mask, VipsImage **out, VipsPrecision precision) {
	if (!(*mask = vips_image_new_matrixv(3, 3, -1., -1., -1., -1., 16., -1., -1., -1., -1.)))
		return 1;
	vips_image_set_double(*mask, "scale", 8);
	return vips_conv(in, out, *mask, "precision", precision, NULL);
}

WORK(web) { return thumbnail(t, file, 1000, &t[1]) || save_jpeg(t[1], 85, folder, name, ""); }

// web_profile takes every picture through a profile, also those without one; what
// libvips assumes then is not sRGB, so their colours move.
WORK(web_profile) {
	return vips_thumbnail(file, &t[0], 1000, "height", ANY, "export_profile", "srgb", NULL) ||
		save_jpeg(t[0], 85, folder, name, "");
}

WORK(web_shrink) {
	return open_shrunk(file, 1000, &t[0], &t[1]) ||
		vips_thumbnail_image(t[1], &t[2], 1000, "height", ANY, NULL) || to_srgb(t[2], &t[3]) ||
		save_jpeg(t[3], 85, folder, name, "");
}

WORK(web_sharpen) {
	return thumbnail(t, file, 1000, &t[1]) || sharpen(t[1], &t[2], &t[3], VIPS_PRECISION_INTEGER) ||
		save_jpeg(t[3], 85, folder, name, "");
}

// renditions decodes once, keeps the pixels and makes each size from them.
WORK(renditions) {
	if (open_shrunk(file, sizes[0].width, &t[0], &t[1]) || !(t[2] = vips_image_copy_memory(t[1])))
		return 1;
	for (int i = 0; i < SIZES; i++)
		if (vips_thumbnail_image(t[2], &t[3 + 2 * i], sizes[i].width, "height", ANY, NULL) ||
			to_srgb(t[3 + 2 * i], &t[4 + 2 * i]) || save_rendition(t[4 + 2 * i], i, folder, name))
			return 1;
	return 0;
}

// renditions_chain makes each size from the one before.
WORK(renditions_chain) {
	if (thumbnail(t + 20, file, sizes[0].width, &t[0]))
		return 1;
	for (int i = 0; i < SIZES; i++) {
		VipsImage **at = t + 2 * i;
		if (i > 0 && vips_thumbnail_image(at[-1], &at[0], sizes[i].width, "height", ANY, NULL))
			return 1;
		if (!(at[1] = vips_image_copy_memory(at[0])) || save_rendition(at[1], i, folder, name))
			return 1;
	}
	return 0;
}

WORK(renditions_apart) {
	for (int i = 0; i < SIZES; i++)
		if (thumbnail(t + 2 * i, file, sizes[i].width, &t[2 * i + 1]) || save_rendition(t[2 * i + 1], i, folder, name))
			return 1;
	return 0;
}

WORK(png) {
	char path[2048];

	g_snprintf(path, sizeof path, "%s/%s.png", folder, name);
	return vips_jpegload(file, &t[0], "access", VIPS_ACCESS_SEQUENTIAL, NULL) || to_srgb(t[0], &t[1]) ||
		vips_pngsave(t[1], path, "compression", 6, "strip", TRUE, NULL);
}

WORK(tiff) {
	char path[2048];

	g_snprintf(path, sizeof path, "%s/%s.tiff", folder, name);
	return vips_jpegload(file, &t[0], "access", VIPS_ACCESS_SEQUENTIAL, NULL) || to_srgb(t[0], &t[1]) ||
		vips_tiffsave(t[1], path, "compression", VIPS_FOREIGN_TIFF_COMPRESSION_LZW,
			"predictor", VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL, "strip", TRUE, NULL);
}

WORK(small) { return thumbnail(t, file, 200, &t[1]) || save_jpeg(t[1], 80, folder, name, ""); }

// large is the one picture of 100 megapixels.
WORK(large) { return thumbnail(t, file, 4000, &t[1]) || save_jpeg(t[1], 85, folder, name, ""); }

// enlarge makes the one picture of 99 megapixels.
WORK(enlarge) {
	if (vips_jpegload(file, &t[0], "access", VIPS_ACCESS_SEQUENTIAL, NULL))
		return 1;
	double scale = sqrt(99e6 / ((double) t[0]->Xsize * t[0]->Ysize));
	return vips_resize(t[0], &t[1], scale, "kernel", VIPS_KERNEL_CUBIC, NULL) || save_jpeg(t[1], 90, folder, name, "");
}

// make gives ten pictures of 500 to 800 pixels: a crop each, another size each.
WORK(make) {
	char suffix[32];

	if (thumbnail(t + 30, file, 1600, &t[0]) || !(t[1] = vips_image_copy_memory(t[0])))
		return 1;
	for (int i = 0; i < 10; i++) {
		int width = 800 - 33 * i;
		g_snprintf(suffix, sizeof suffix, "-%d", i);
		if (vips_crop(t[1], &t[2 + 2 * i], 37 * i, 11 * i, 1250, t[1]->Ysize - 200, NULL) ||
			vips_thumbnail_image(t[2 + 2 * i], &t[3 + 2 * i], width, "height", ANY, NULL) || save_jpeg(t[3 + 2 * i], 90, folder, name, suffix))
			return 1;
	}
	return 0;
}
