// The shim's masking and its bounded log, against the naive way: all at once, every mask at every place. The stream
// comes in pieces; a short one is tried with every split into two.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static unsigned char log_bytes[1 << 20];
static size_t log_size;
static ssize_t log_write(int file, const void *bytes, size_t count) {
    (void)file;
    if (count > sizeof log_bytes - log_size) abort();
    if (count) memcpy(log_bytes + log_size, bytes, count);
    log_size += count;
    return (ssize_t)count;
}
static ssize_t log_read(int file, void *bytes, size_t count, off_t from);
static int log_open(void) { return 1000; }
static int log_stat(struct stat *status) { status->st_mode = S_IFREG; return 0; }
#define write(file, bytes, count) log_write(file, bytes, count)
#define open(...) log_open()
#define fstat(file, status) log_stat(status)
#define pread(file, bytes, count, from) log_read(file, bytes, count, from)
#include "../../../Sources/tminus-shim/output.c"
#undef pread

static const uint8_t *masks_input;
static ssize_t log_read(int descriptor, void *bytes, size_t count, off_t from) {
    if (descriptor == 0) {
        memcpy(bytes, masks_input, count);
        return (ssize_t)count;
    }
    if ((size_t)from > log_size) abort();
    if (count > log_size - (size_t)from) count = log_size - (size_t)from;
    memcpy(bytes, log_bytes + from, count);
    return (ssize_t)count;
}

// Everything the shim keeps while it lives, as at its start.
static void start(const struct spec *spec) {
    free(ring), free(buffer);
    if (mask_count) free((void *)(uintptr_t)masks[0].bytes - sizeof(uint32_t));
    free(masks);
    ring = buffer = NULL;
    masks = NULL;
    totals = (struct log_totals){0};
    taken = longest = held = covered = log_size = 0;
    mask_count = 0;
    masking = false;
    file = -1;
    memset(seen, 0, sizeof seen);
    if (!output_prepare(spec, 0)) abort();
}

static void feed(const uint8_t *bytes, size_t count) {
    if (!buffer) {
        to_log(bytes, count);
        return;
    }
    memcpy(buffer + held, bytes, count);
    held += count;
    settle(false);
    // Nothing is held back but what may become a secret.
    if (held >= longest) abort();
}

static uint8_t expected[1 << 20];

static size_t naive(const struct spec *spec, const uint8_t *stream, size_t size) {
    static uint8_t hidden[1 << 16], masked[1 << 20];
    size_t count = 0;
    memset(hidden, 0, size);
    for (size_t at = 0; at < spec->masks_bytes;) {
        uint32_t length;
        memcpy(&length, masks_input + at, 4);
        at += 4;
        for (size_t from = 0; from + length <= size; from++) {
            if (memcmp(stream + from, masks_input + at, length) == 0) memset(hidden + from, 1, length);
        }
        at += length;
    }
    for (size_t i = 0; i < size; i++) {
        if (!hidden[i]) masked[count++] = stream[i];
        else if (i == 0 || !hidden[i - 1]) memcpy(masked + count, "***", 3), count += 3;
    }
    size_t head = count < spec->head_bytes ? count : spec->head_bytes, past = count - head;
    size_t tail = past < spec->tail_bytes ? past : spec->tail_bytes, total = head;
    memcpy(expected, masked, head);
    if (past > tail) {
        char *line = (char *)expected + total;
        total += (size_t)sprintf(line, "\n[tminus: %zu bytes of output dropped here]\n", past - tail);
    }
    memcpy(expected + total, masked + count - tail, tail);
    return total + tail;
}

static void check(size_t size) {
    output_finish();
    struct log_totals found = log_finish();
    if (log_size != size || memcmp(log_bytes, expected, size) || found.written != size || found.error) abort();
    const char *note = log_note();
    if (strlen(note) > note_bytes_max) abort();
    for (; *note; note++) if ((unsigned char)*note < ' ' || *note == 0x7F) abort();
}

// head limit, tail limit, number of masks, (length, bytes) of each, pieces, stream.
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static uint8_t encoded[4096];
    if (size < 4 || size > 4096) return 0;
    size_t head = bytes[0] * 4u, tail = bytes[1], mask_total = bytes[2] % 5, piece = bytes[3] % 64 + 1u, used = 0;
    bytes += 4, size -= 4;
    for (size_t i = 0; i < mask_total && size > 0; i++) {
        uint32_t length = mask_bytes_min + *bytes % 16u;
        if (length + 1 > size) break;
        memcpy(encoded + used, &length, 4);
        memcpy(encoded + used + 4, bytes + 1, length);
        used += 4 + length;
        bytes += 1 + length, size -= 1 + length;
    }
    masks_input = encoded;
    struct spec spec = {.head_bytes = head, .tail_bytes = tail, .masks_bytes = used};
    size_t wanted = naive(&spec, bytes, size);
    start(&spec);
    for (size_t at = 0; at < size; at += piece) feed(bytes + at, size - at < piece ? size - at : piece);
    check(wanted);
    for (size_t split = 0; size <= 96 && split <= size; split++) {
        start(&spec);
        feed(bytes, split);
        feed(bytes + split, size - split);
        check(wanted);
    }
    return 0;
}
