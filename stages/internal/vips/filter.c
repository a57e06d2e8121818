//go:build cgo

// Colour operations and filters (is-protocol 7.4). They work on 8-bit pixels and
// are lazy, so libvips can stop them.

#include <math.h>
#include <string.h>

#include "libvips.h"

static unsigned char level(double v) { return v <= 0 ? 0 : v >= 255 ? 255 : (unsigned char) (v + 0.5); }

// luminance weighs by Rec. 601.
static double luminance(const unsigned char *p, int bands) {
	return bands < 3 ? p[0] : 0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2];
}

// chain makes out an image that gen computes from in, with a copy of data that
// lives as long as out does.
static int chain(VipsImage *in, VipsImage **out, VipsDemandStyle style, VipsGenerateFn gen, const void *data, size_t size) {
	void *kept;

	*out = vips_image_new();
	if (!(kept = vips_malloc(VIPS_OBJECT(*out), size)))
		return 1;
	memcpy(kept, data, size);
	g_object_ref(in);
	vips_object_local(*out, in);
	return vips_image_pipelinev(*out, style, in, NULL) ||
		vips_image_generate(*out, vips_start_one, gen, vips_stop_one, in, kept);
}

typedef struct {
	ExpPoints p;
	int bands;
} Points;

static double channel(double low, double high, double hue) {
	hue -= 360 * floor(hue / 360);
	if (hue < 60)
		return low + (high - low) * hue / 60;
	if (hue < 180)
		return high;
	if (hue < 240)
		return low + (high - low) * (240 - hue) / 60;
	return low;
}

// turn_hue keeps the largest and the smallest component, and with them
// saturation and lightness of HSL.
static void turn_hue(double *v, double degrees) {
	double high = VIPS_MAX(v[0], VIPS_MAX(v[1], v[2])), low = VIPS_MIN(v[0], VIPS_MIN(v[1], v[2]));
	double hue, d = high - low;

	if (d == 0)
		return;
	if (v[0] == high)
		hue = 60 * (v[1] - v[2]) / d;
	else if (v[1] == high)
		hue = 120 + 60 * (v[2] - v[0]) / d;
	else
		hue = 240 + 60 * (v[0] - v[1]) / d;
	hue += degrees;
	v[0] = channel(low, high, hue + 120);
	v[1] = channel(low, high, hue);
	v[2] = channel(low, high, hue - 120);
}

static void saturate(double *v, double factor) {
	double y = 0.299 * v[0] + 0.587 * v[1] + 0.114 * v[2];

	for (int i = 0; i < 3; i++)
		v[i] = y + (v[i] - y) * factor;
}

// scramble is the finaliser of splitmix64: each pixel's noise follows from its
// place, whatever the order in which pixels are computed.
static guint64 scramble(guint64 z) {
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static double uniform(guint64 seed, guint64 n) {
	return (double) (scramble(seed + (n + 1) * 0x9e3779b97f4a7c15ULL) >> 11) / 9007199254740992.0;
}

static double noise_at(const ExpPoints *p, guint64 n) {
	if (p->gaussian)
		return p->noise * sqrt(-2 * log(1 - uniform(p->seed, 2 * n))) * cos(2 * G_PI * uniform(p->seed, 2 * n + 1));
	return p->noise * (2 * uniform(p->seed, n) - 1);
}

static void add_noise(const ExpPoints *p, unsigned char *q, int bands, guint64 at) {
	double all = p->mono ? noise_at(p, at * 4) : 0;

	for (int b = 0; b < bands; b++)
		q[b] = level(q[b] + (p->mono ? all : noise_at(p, at * 4 + b)));
}

static void colours(const ExpPoints *p, unsigned char *q) {
	double v[3] = { q[0], q[1], q[2] };

	if (p->hue == 0 && p->saturation == 1)
		return;
	if (p->hue != 0)
		turn_hue(v, p->hue);
	if (p->saturation != 1)
		saturate(v, p->saturation);
	for (int b = 0; b < 3; b++)
		q[b] = level(v[b]);
}

static void point(const Points *c, const unsigned char *in, unsigned char *q, guint64 at) {
	const ExpPoints *p = &c->p;

	for (int b = 0; b < c->bands; b++)
		q[b] = p->tone ? p->tones[in[b]] : in[b];
	if (c->bands == 3)
		colours(p, q);
	for (int b = 0; p->balance && b < 3 && b < c->bands; b++)
		q[b] = p->balances[b][q[b]];
	if (p->colorize && c->bands == 3) {
		int y = level(luminance(q, 3));

		for (int b = 0; b < 3; b++)
			q[b] = p->ramp[b][y];
	}
	for (int b = 0; p->invert && b < c->bands; b++)
		q[b] = 255 - q[b];
	if (p->noise > 0)
		add_noise(p, q, c->bands, at);
}

static int points_gen(VipsRegion *or, void *seq, void *a, void *b, gboolean *stop) {
	VipsRegion *ir = seq;
	VipsRect *r = &or->valid;
	const Points *c = b;
	int bands = or->im->Bands;

	if (vips_region_prepare(ir, r))
		return -1;
	for (int y = r->top; y < r->top + r->height; y++) {
		unsigned char *p = VIPS_REGION_ADDR(ir, r->left, y), *q = VIPS_REGION_ADDR(or, r->left, y);

		for (int x = r->left; x < r->left + r->width; x++, p += bands, q += bands) {
			point(c, p, q, (guint64) y * or->im->Xsize + x);
			for (int i = c->bands; i < bands; i++)
				q[i] = p[i];
		}
	}
	return 0;
}

int exp_points(VipsImage *in, VipsImage **out, const ExpPoints *points, int bands) {
	Points c = { *points, bands };

	return chain(in, out, VIPS_DEMAND_STYLE_THINSTRIP, points_gen, &c, sizeof(c));
}

typedef struct {
	int radius; // above 0
	int erode;
	int bands;
	int mask; // the band behind the colours is grown, not the colours
} Grow;

// grow_row loads a row into wide, which begins margin pixels left of the region
// with bytes that never win. Colours of transparent pixels never win either.
static void grow_row(const Grow *g, VipsRegion *ir, int left, int width, int y, unsigned char *wide) {
	VipsRect *r = &ir->valid;
	int n = ir->im->Bands;
	int from = VIPS_MAX(left, r->left), to = VIPS_MIN(left + width, r->left + r->width);
	unsigned char flip = g->erode ? 255 : 0;
	unsigned char *p = VIPS_REGION_ADDR(ir, from, y), *q = wide + (size_t) (from - left) * n;

	memset(wide, 0, (size_t) width * n);
	for (int x = from; x < to; x++, p += n, q += n) {
		int hidden = !g->mask && n > g->bands && p[g->bands] == 0;

		for (int b = 0; b < n; b++)
			q[b] = hidden ? 0 : p[b] ^ flip;
	}
}

// grow_line takes one row of the input into all rows of the output that its disc
// reaches. Half a chord grows by one pixel at a time, from the top of the disc to
// its middle.
static void grow_line(const Grow *g, VipsRect *r, int y, unsigned char *row, unsigned char *next, unsigned char *best, int n) {
	int radius = g->radius, width = r->width + 2 * radius;
	size_t bytes = (size_t) width * n, out = (size_t) r->width * n;
	int half = 0;

	for (int dy = radius; dy >= 0; dy--) {
		int chord = (int) floor(sqrt((double) radius * radius - (double) dy * dy));

		for (; half < chord; half++) {
			memcpy(next, row, bytes);
			for (size_t i = n; i < bytes - n; i++) {
				unsigned char m = VIPS_MAX(row[i - n], row[i + n]);

				next[i] = VIPS_MAX(m, row[i]);
			}
			VIPS_SWAP(unsigned char *, row, next);
		}
		for (int side = -1; side <= 1; side += 2) {
			int at = y + side * dy - r->top;
			unsigned char *q = best + (size_t) at * out, *p = row + (size_t) radius * n;

			if (at < 0 || at >= r->height || (dy == 0 && side > 0))
				continue;
			for (size_t i = 0; i < out; i++)
				q[i] = VIPS_MAX(q[i], p[i]);
		}
	}
}

static void grow_store(const Grow *g, VipsRegion *or, VipsRegion *ir, const unsigned char *best) {
	VipsRect *r = &or->valid;
	int n = or->im->Bands;
	unsigned char flip = g->erode ? 255 : 0;

	for (int y = r->top; y < r->top + r->height; y++) {
		unsigned char *q = VIPS_REGION_ADDR(or, r->left, y), *p = VIPS_REGION_ADDR(ir, r->left, y);

		for (int x = 0; x < r->width; x++)
			for (int b = 0; b < n; b++, p++, q++, best++)
				*q = (b < g->bands) == !g->mask ? *best ^ flip : *p;
	}
}

static int grow_gen(VipsRegion *or, void *seq, void *a, void *b, gboolean *stop) {
	VipsRegion *ir = seq;
	const Grow *g = b;
	VipsRect *r = &or->valid, need = *r, all = { 0, 0, or->im->Xsize, or->im->Ysize };
	int n = or->im->Bands, width = r->width + 2 * g->radius;
	unsigned char *row, *next, *best;

	vips_rect_marginadjust(&need, g->radius);
	vips_rect_intersectrect(&need, &all, &need);
	if (vips_region_prepare(ir, &need))
		return -1;
	row = g_malloc((size_t) width * n);
	next = g_malloc((size_t) width * n);
	best = g_malloc0((size_t) r->width * r->height * n);
	for (int y = need.top; y < need.top + need.height; y++) {
		grow_row(g, ir, r->left - g->radius, width, y, row);
		grow_line(g, r, y, row, next, best, n);
	}
	grow_store(g, or, ir, best);
	g_free(row);
	g_free(next);
	g_free(best);
	return 0;
}

int exp_grow(VipsImage *in, VipsImage **out, int radius, int bands, gboolean mask) {
	Grow g = { abs(radius), radius < 0, bands, mask };

	return chain(in, out, VIPS_DEMAND_STYLE_FATSTRIP, grow_gen, &g, sizeof(g));
}

// exp_blur is a Gaussian with a deviation for each axis, 0 for none; edges are
// extended by copying. The result is float.
int exp_blur(VipsImage *in, VipsImage **out, double sigma_x, double sigma_y) {
	VipsObject *context = VIPS_OBJECT(vips_image_new());
	VipsImage **t = (VipsImage **) vips_object_local_array(context, 5);
	VipsImage *at;
	int result = vips_cast(in, &t[0], VIPS_FORMAT_FLOAT, NULL);

	at = t[0];
	if (!result && sigma_x > 0) {
		result = vips_gaussmat(&t[1], sigma_x, 0.005, "separable", TRUE, "precision", VIPS_PRECISION_FLOAT, NULL) ||
			vips_conv(at, &t[2], t[1], "precision", VIPS_PRECISION_FLOAT, NULL);
		at = t[2];
	}
	if (!result && sigma_y > 0) {
		VipsImage *flat = NULL;

		result = vips_gaussmat(&flat, sigma_y, 0.005, "separable", TRUE, "precision", VIPS_PRECISION_FLOAT, NULL) ||
			vips_rot(flat, &t[3], VIPS_ANGLE_D90, NULL) ||
			vips_conv(at, &t[4], t[3], "precision", VIPS_PRECISION_FLOAT, NULL);
		VIPS_UNREF(flat);
		at = t[4];
	}
	result = result || vips_copy(at, out, NULL);
	g_object_unref(context);
	return result;
}

// only_brightness gives each of the first three bands their luminance, and leaves
// a fourth.
static VipsImage *only_brightness(int bands) {
	VipsImage *m = vips_image_new_matrix(bands, bands);

	for (int y = 0; y < bands; y++)
		for (int x = 0; x < bands; x++) {
			double weight = x == 0 ? 0.299 : x == 1 ? 0.587 : 0.114;

			*VIPS_MATRIX(m, x, y) = y < 3 ? (x < 3 ? weight : 0) : x == y;
		}
	return m;
}

// exp_usm adds amount times the difference to the blurred image, where it is at
// least threshold. The result is float.
int exp_usm(VipsImage *in, VipsImage **out, double sigma_x, double sigma_y, double amount, double threshold, gboolean mono) {
	VipsObject *context = VIPS_OBJECT(vips_image_new());
	VipsImage **t = (VipsImage **) vips_object_local_array(context, 8);
	VipsImage *difference;
	int result = exp_blur(in, &t[0], sigma_x, sigma_y) || vips_subtract(in, t[0], &t[1], NULL);

	difference = t[1];
	if (!result && mono) {
		result = !(t[2] = only_brightness(in->Bands)) || vips_recomb(t[1], &t[3], t[2], NULL);
		difference = t[3];
	}
	result = result || vips_abs(difference, &t[4], NULL) || vips_moreeq_const1(t[4], &t[5], threshold, NULL) ||
		// The mask is 0 or 255.
		vips_multiply(difference, t[5], &t[6], NULL) || vips_linear1(t[6], &t[7], amount / 255, 0, NULL) ||
		vips_add(in, t[7], out, NULL);
	g_object_unref(context);
	return result;
}

// exp_histogram counts the luminance of the pixels of an image in memory that
// are not wholly transparent.
int exp_histogram(VipsImage *in, int bands, guint64 *counts) {
	if (vips_image_wio_input(in))
		return 1;
	for (int y = 0; y < in->Ysize; y++) {
		const unsigned char *p = VIPS_IMAGE_ADDR(in, 0, y);

		for (int x = 0; x < in->Xsize; x++, p += in->Bands)
			if (in->Bands == bands || p[bands] > 0)
				counts[level(luminance(p, bands))]++;
	}
	return 0;
}

// exp_icc converts to 8 or 16 bits in the profile to: from the embedded profile where
// from is NULL. Names are those of libvips' own profiles, or paths.
int exp_icc(VipsImage *in, VipsImage **out, const char *from, const char *to, VipsIntent intent, gboolean black_point, int depth) {
	if (!from)
		return vips_icc_transform(in, out, to, "embedded", TRUE, "intent", intent, "black_point_compensation", black_point, "depth", depth, NULL);
	return vips_icc_transform(in, out, to, "input_profile", from, "intent", intent, "black_point_compensation", black_point, "depth", depth, NULL);
}

int exp_set_profile(VipsImage *in, VipsImage **out, const char *profile) {
	VipsBlob *blob = NULL;
	const void *data;
	size_t size;

	if (vips_copy(in, out, NULL) || vips_profile_load(profile, &blob, NULL))
		return 1;
	data = vips_blob_get(blob, &size);
	vips_image_set_blob_copy(*out, VIPS_META_ICC_NAME, data, size);
	vips_area_unref(VIPS_AREA(blob));
	return 0;
}
