// Reads the spec: NUL-terminated fields in a fixed order, with limits on everything.
#include "shim.h"

enum { spec_bytes_max = 4 << 20, masks_bytes_max = 16 << 20 };

// Held to the end of the process: what is read points into it.
static char *whole;
static char *next, *end;

static const char *text(void) {
    char *start = next, *stop = next < end ? memchr(next, 0, (size_t)(end - next)) : NULL;
    if (stop) next = stop + 1;
    return stop ? start : NULL;
}

static bool is(const char *expected) {
    const char *found = text();
    return found && strcmp(found, expected) == 0;
}

static bool number(unsigned long long max, unsigned long long *into) {
    const char *digits = text();
    if (!digits || !*digits) return false;
    for (*into = 0; *digits; digits++) {
        if (*digits < '0' || *digits > '9') return false;
        *into = *into * 10 + (unsigned long long)(*digits - '0');
        if (*into > max) return false;
    }
    return true;
}

bool spec_read(int descriptor, struct spec *spec) {
    const unsigned long long ten_years_ms = 10ull * 365 * 86400 * 1000;
    struct stat status;
    if (fstat(descriptor, &status) < 0 || status.st_size <= 0 || status.st_size > spec_bytes_max) return false;
    next = whole = malloc((size_t)status.st_size);
    if (!next || pread(descriptor, next, (size_t)status.st_size, 0) != status.st_size) return false;
    end = next + status.st_size;
    if (!is("tminus-spec") || !is(SHIM_PROTOCOL)) return false;
    if (!(spec->boot = text()) || strlen(spec->boot) > 64) return false;
    if (!number(ten_years_ms, &spec->timeout_ms) || !number(ten_years_ms, &spec->grace_ms)) return false;
    if (!number(1 << 30, &spec->head_bytes) || !number(64 << 20, &spec->tail_bytes)) return false;
    if (!number(masks_bytes_max, &spec->masks_bytes)) return false;
    if (!(spec->cgroup = text()) || !(spec->directory = text())) return false;
    unsigned long long count;
    // Every argument takes at least its NUL, so what is left of the file bounds how many there can be.
    if (!number(spec_bytes_max, &count) || count == 0 || count > (size_t)(end - next)) return false;
    spec->arguments = calloc(count + 1, sizeof *spec->arguments);
    if (!spec->arguments) return false;
    for (size_t i = 0; i < count; i++) {
        if (!(spec->arguments[i] = (char *)text())) return false;
    }
    return is("end") && next == end;
}
