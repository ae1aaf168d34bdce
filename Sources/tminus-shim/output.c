// What the command writes: secrets are masked in the stream, then its first bytes go to the log as they come, its last
// wait in a ring, and a line between the two says how many were dropped. A flood costs no more disk or memory.
#include "shim.h"

enum { mask_bytes_min = 8, chunk_bytes = 64 << 10, note_bytes_max = 400 };

static unsigned long long head_max, tail_max, taken;  // taken: bytes that came to the log, all in all
static struct log_totals totals;
static int file = -1;
static uint8_t *ring;

bool write_all(int descriptor, const void *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(descriptor, bytes, count);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes = (const uint8_t *)bytes + written;
        count -= (size_t)written;
    }
    return true;
}

static void to_file(const void *bytes, size_t count) {
    struct stat status;
    if (file < 0 && !totals.error) {
        file = open("log", O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
        // A pipe that the step put there would take writes until it is full, and then for ever.
        if (file >= 0 && (fstat(file, &status) < 0 || !S_ISREG(status.st_mode))) totals.error = EINVAL;
    }
    // A full disk costs the rest of the log, never the result.
    if (!totals.error && (file < 0 || !write_all(file, bytes, count))) totals.error = errno;
    if (!totals.error) totals.written += count;
}

static void to_log(const uint8_t *bytes, size_t count) {
    size_t head = taken >= head_max ? 0 : count < head_max - taken ? count : head_max - taken;
    if (head > 0) to_file(bytes, head);
    taken += count;
    bytes += head;
    count -= head;
    if (count > 0 && !ring && tail_max > 0) ring = malloc(tail_max);
    if (count == 0 || !ring) return;
    size_t skipped = count > tail_max ? count - tail_max : 0;
    bytes += skipped;
    count -= skipped;
    size_t start = (taken - head_max - count) % tail_max;
    size_t first = count < tail_max - start ? count : tail_max - start;
    memcpy(ring + start, bytes, first);
    memcpy(ring, bytes + first, count - first);
}

struct log_totals log_finish(void) {
    unsigned long long past = taken > head_max ? taken - head_max : 0;
    unsigned long long kept = !ring ? 0 : past < tail_max ? past : tail_max;
    totals.dropped = past - kept;
    if (totals.dropped > 0) {
        char line[96];
        snprintf(line, sizeof line, "\n[tminus: %llu bytes of output dropped here]\n", totals.dropped);
        to_file(line, strlen(line));
    }
    if (kept > 0) {
        size_t start = past > tail_max ? past % tail_max : 0;
        size_t first = kept < tail_max - start ? kept : tail_max - start;
        to_file(ring + start, first);
        to_file(ring, kept - first);
    }
    return totals;
}

const char *log_note(void) {
    static char note[note_bytes_max + 1];
    char last[1024];
    off_t from = totals.written > sizeof last ? (off_t)(totals.written - sizeof last) : 0;
    ssize_t end = file < 0 ? 0 : pread(file, last, sizeof last, from), start, size = 0;
    while (end > 0 && (unsigned char)last[end - 1] <= ' ') end--;
    for (start = end; start > 0 && last[start - 1] != '\n';) start--;
    for (; start < end && size < note_bytes_max; start++) {
        note[size++] = (unsigned char)last[start] < ' ' || last[start] == 0x7F ? ' ' : last[start];
    }
    return note;
}

static struct mask {
    const uint8_t *bytes;
    size_t count;
    int next;                                  // another mask with the same hash, or -1
} *masks;
static int mask_count, buckets[1 << 12];
static uint8_t seen[1 << 13];                  // a bit for each 16-bit hash: most positions of a log end here
static size_t longest, held, covered;          // covered: of the held bytes, how many are known to belong to a secret
static uint8_t *buffer;
static bool masking;                           // the last byte that left belonged to a secret

static uint64_t hash8(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, 8);
    return word * 0x9E3779B97F4A7C15ull;
}

bool output_prepare(const struct spec *spec, int descriptor) {
    head_max = spec->head_bytes;
    tail_max = spec->tail_bytes;
    size_t size = spec->masks_bytes;
    if (size == 0) return true;
    uint8_t *bytes = malloc(size);
    masks = malloc((size / (mask_bytes_min + 4) + 1) * sizeof *masks);
    if (!bytes || !masks || pread(descriptor, bytes, size, 0) != (ssize_t)size) return false;
    memset(buckets, -1, sizeof buckets);
    for (size_t at = 0; at < size;) {
        uint32_t count;
        if (size - at < sizeof count) return false;
        memcpy(&count, bytes + at, sizeof count);
        at += sizeof count;
        if (count < mask_bytes_min || count > size - at) return false;
        uint64_t hash = hash8(bytes + at);
        masks[mask_count] = (struct mask){bytes + at, count, buckets[hash >> 52]};
        buckets[hash >> 52] = mask_count++;
        seen[hash >> 51] |= (uint8_t)(1 << (hash >> 48 & 7));
        if (count > longest) longest = count;
        at += count;
    }
    return (buffer = malloc(longest + chunk_bytes)) != NULL;
}

// What may start at `bytes`: the longest whole occurrence of a mask, and whether a longer one is cut off by the end.
static size_t look(const uint8_t *bytes, size_t rest, bool *cut) {
    size_t best = 0;
    *cut = false;
    for (int i = 0; rest < mask_bytes_min && i < mask_count && !*cut; i++) {
        *cut = memcmp(masks[i].bytes, bytes, rest) == 0;
    }
    if (rest < mask_bytes_min) return 0;
    uint64_t hash = hash8(bytes);
    if (!(seen[hash >> 51] >> (hash >> 48 & 7) & 1)) return 0;
    for (int i = buckets[hash >> 52]; i >= 0; i = masks[i].next) {
        bool same = memcmp(masks[i].bytes, bytes, masks[i].count < rest ? masks[i].count : rest) == 0;
        if (same && masks[i].count > rest) *cut = true;
        if (same && masks[i].count <= rest && masks[i].count > best) best = masks[i].count;
    }
    return best;
}

// Lets out every byte that no later one can turn into part of a secret.
static void settle(bool final) {
    size_t at = 0, plain = 0;
    for (; at < held; at++) {
        bool cut;
        size_t best = look(buffer + at, held - at, &cut);
        if (cut && !final) break;
        if (best > 0 && at + best > covered) covered = at + best;
        if (at >= covered) {
            masking = false;
            continue;
        }
        to_log(buffer + plain, at - plain);
        if (!masking) to_log((const uint8_t *)"***", 3);
        masking = true;
        plain = at + 1;
    }
    to_log(buffer + plain, at - plain);
    memmove(buffer, buffer + at, held - at);
    held -= at;
    covered = covered > at ? covered - at : 0;
}

bool output_pump(int descriptor) {
    static uint8_t chunk[chunk_bytes];
    ssize_t count = read(descriptor, buffer ? buffer + held : chunk, chunk_bytes);
    if (count <= 0) return count < 0 && errno == EINTR;
    if (!buffer) {
        to_log(chunk, (size_t)count);
    } else {
        held += (size_t)count;
        settle(false);
    }
    return true;
}

void output_finish(void) {
    if (buffer) settle(true);
}
