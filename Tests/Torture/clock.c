// Loaded before an engine (LD_PRELOAD), moves the wall clock that it reads by as many nanoseconds as the first eight
// bytes of the file TMINUS_CLOCK say, at once whenever that file changes. The monotonic clocks stay as they are, and so
// does the machine's. A wait for a moment of the wall clock is moved the other way, as a clock that is set moves it.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *moved;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("TMINUS_CLOCK");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, file, 0);
    if (page != MAP_FAILED) moved = page;
    close(file);
}

static struct timespec plus(struct timespec at, int64_t nanoseconds) {
    int64_t all = (int64_t)at.tv_sec * 1000000000 + at.tv_nsec + nanoseconds;
    int64_t rest = all % 1000000000;
    if (rest < 0) rest += 1000000000;
    return (struct timespec){.tv_sec = (all - rest) / 1000000000, .tv_nsec = rest};
}

static int64_t offset(void) { return moved ? *moved : 0; }

int clock_gettime(clockid_t clock, struct timespec *at) {
    int code = (int)syscall(SYS_clock_gettime, clock, at);
    if (code == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI)) {
        *at = plus(*at, offset());
    }
    return code;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    struct timespec now;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &now);
    at->tv_sec = now.tv_sec;
    at->tv_usec = now.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}

int timespec_get(struct timespec *at, int base) { return clock_gettime(CLOCK_REALTIME, at) == 0 ? base : 0; }

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
                           const struct timespec *restrict until) {
    static int (*real)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    if (real == NULL) *(void **)&real = dlvsym(RTLD_NEXT, "pthread_cond_timedwait", "GLIBC_2.3.2");
    if (real == NULL) *(void **)&real = dlsym(RTLD_NEXT, "pthread_cond_timedwait");
    // Which clock a condition waits by can't be asked: it is the one that its moment is nearer to.
    struct timespec wall, steady;
    clock_gettime(CLOCK_REALTIME, &wall);
    clock_gettime(CLOCK_MONOTONIC, &steady);
    if (llabs((long long)(until->tv_sec - steady.tv_sec)) < llabs((long long)(until->tv_sec - wall.tv_sec))) {
        return real(condition, mutex, until);
    }
    struct timespec moment = plus(*until, -offset());
    if (moment.tv_sec < 0) moment = (struct timespec){0, 0};
    return real(condition, mutex, &moment);
}
