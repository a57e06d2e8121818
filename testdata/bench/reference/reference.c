// The limit: the workloads of the bench on libvips itself, with a thread a core
// and nothing around them. It also makes the small pictures, and says how close a
// picture is to what a full decode of its original gives.
//
//   reference WORK THREADS OUT FILE...     does WORK over the files
//   reference compare plain|sharpened ORIGINAL MADE    prints "width height psnr ssim"
#include "reference.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name;
	Work work;
} works[] = {
	{ "web", web }, { "web-profile", web_profile }, { "web-shrink", web_shrink }, { "web-sharpen", web_sharpen },
	{ "renditions", renditions }, { "renditions-chain", renditions_chain }, { "renditions-apart", renditions_apart },
	{ "png", png }, { "tiff", tiff }, { "small", small }, { "large", large },
	{ "make", make }, { "enlarge", enlarge },
};

static char **files;
static int count, next_file, failed;
static const char *folder;
static Work work;

// stem is the name of a file without folder and extension.
static void stem(const char *file, char *name, size_t size) {
	const char *slash = strrchr(file, '/');

	g_strlcpy(name, slash ? slash + 1 : file, size);
	char *dot = strrchr(name, '.');
	if (dot)
		*dot = 0;
}

static void *worker(void *unused) {
	char name[512];
	int i;

	while ((i = __atomic_fetch_add(&next_file, 1, __ATOMIC_RELAXED)) < count) {
		VipsObject *scope = VIPS_OBJECT(vips_image_new());
		stem(files[i], name, sizeof name);
		if (work((VipsImage **) vips_object_local_array(scope, SLOTS), files[i], folder, name)) {
			fprintf(stderr, "%s: %s\n", files[i], vips_error_buffer());
			vips_error_clear();
			failed = 1;
		}
		g_object_unref(scope);
	}
	vips_thread_shutdown();
	return unused;
}

int main(int argc, char **argv) {
	pthread_t threads[64];
	int n;

	if (VIPS_INIT(argv[0]))
		return 1;
	vips_concurrency_set(1);
	vips_cache_set_max(0);
	if (argc == 5 && strcmp(argv[1], "compare") == 0) {
		failed = compare(strcmp(argv[2], "sharpened") == 0, argv[3], argv[4]);
		if (failed)
			fprintf(stderr, "%s and %s: %s\n", argv[3], argv[4], vips_error_buffer());
		return failed;
	}
	if (argc < 5) {
		fprintf(stderr, "usage: reference WORK THREADS OUT FILE...\n");
		return 2;
	}
	for (size_t i = 0; i < sizeof works / sizeof works[0]; i++)
		if (strcmp(works[i].name, argv[1]) == 0)
			work = works[i].work;
	if (!work) {
		fprintf(stderr, "reference: no work is called %s\n", argv[1]);
		return 2;
	}
	n = CLAMP(atoi(argv[2]), 1, 64);
	folder = argv[3];
	files = argv + 4;
	count = argc - 4;
	for (int i = 0; i < n; i++)
		pthread_create(&threads[i], NULL, worker, NULL);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	return failed;
}
