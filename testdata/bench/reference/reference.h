#ifndef REFERENCE_H
#define REFERENCE_H

#include <vips/vips.h>

// SLOTS is how many images a work may hold; they are let go of after it.
#define SLOTS 32

// Work does one file. It gives 0, or 1 with its words in libvips' buffer.
typedef int (*Work)(VipsImage **t, const char *file, const char *folder, const char *name);

#define WORK(x) int x(VipsImage **t, const char *file, const char *folder, const char *name)

WORK(web);
WORK(web_profile);
WORK(web_shrink);
WORK(web_sharpen);
WORK(renditions);
WORK(renditions_chain);
WORK(renditions_apart);
WORK(png);
WORK(tiff);
WORK(small);
WORK(large);
WORK(make);
WORK(enlarge);

int to_srgb(VipsImage *in, VipsImage **out);
int sharpen(VipsImage *in, VipsImage **mask, VipsImage **out, VipsPrecision precision);

int compare(gboolean sharpened, const char *original, const char *made);

#endif
