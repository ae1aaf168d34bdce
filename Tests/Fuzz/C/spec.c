// The shim's spec reader: whatever is in the file, it reads it whole or refuses it, and what it read says the same.
#define _GNU_SOURCE
#include <sys/mman.h>

static void *taken[64];
static int taken_count;
#include <stdlib.h>
static void *remember(void *block) { return taken[taken_count++] = block; }
#define malloc(size) remember(malloc(size))
#define calloc(count, size) remember(calloc(count, size))
#include "../../../Sources/tminus-shim/spec.c"
#undef malloc
#undef calloc

static const uint8_t *file_bytes;
static size_t file_size, at;

static void field(const char *text) {
    size_t size = strlen(text) + 1;
    if (size > file_size - at || memcmp(file_bytes + at, text, size)) abort();
    at += size;
}

static void number_field(unsigned long long number) {
    // Leading zeros are read too, and mean nothing.
    char *after;
    if (strtoull((const char *)file_bytes + at, &after, 10) != number || *after) abort();
    at = (size_t)(after - (const char *)file_bytes) + 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static int file = -1;
    if (file < 0) file = memfd_create("spec", 0);
    struct spec spec = {0};
    if (ftruncate(file, 0) < 0 || pwrite(file, bytes, size, 0) != (ssize_t)size) abort();
    if (spec_read(file, &spec)) {
        file_bytes = bytes, file_size = size, at = 0;
        field("tminus-spec"), field(SHIM_PROTOCOL), field(spec.boot);
        number_field(spec.timeout_ms), number_field(spec.grace_ms), number_field(spec.head_bytes);
        number_field(spec.tail_bytes), number_field(spec.masks_bytes), field(spec.cgroup), field(spec.directory);
        unsigned long long count = 0;
        while (spec.arguments[count]) count++;
        if (count == 0) abort();
        number_field(count);
        for (unsigned long long i = 0; i < count; i++) field(spec.arguments[i]);
        field("end");
        if (at != size || spec.tail_bytes > 64 << 20 || spec.head_bytes > 1 << 30) abort();
    }
    while (taken_count > 0) free(taken[--taken_count]);
    return 0;
}
