// The masks as they come on the shim's standard input: any bytes are taken as promised or refused, never read beyond.
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/mman.h>

static void *taken_blocks[8];
static int taken_count;
static void *remember(void *block) { return taken_blocks[taken_count++] = block; }
#define malloc(size) remember(malloc(size))
#include "../../../Sources/tminus-shim/output.c"
#undef malloc

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static int input = -1;
    if (input < 0) input = memfd_create("masks", 0);
    if (ftruncate(input, 0) < 0 || pwrite(input, bytes, size, 0) != (ssize_t)size) abort();
    longest = held = covered = 0;
    mask_count = 0;
    memset(seen, 0, sizeof seen);
    // At times one more is promised than there is.
    struct spec spec = {.head_bytes = 64, .tail_bytes = 64, .masks_bytes = size + (size % 7 == 0)};
    bool whole = output_prepare(&spec, input);
    for (int i = 0; whole && i < mask_count; i++) {
        if (masks[i].count < mask_bytes_min || masks[i].count > size || masks[i].next >= i) abort();
    }
    while (taken_count > 0) free(taken_blocks[--taken_count]);
    masks = NULL;
    buffer = NULL;
    return 0;
}
