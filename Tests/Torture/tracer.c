// tracer [-k N] [-a] [-m WORD] [-w] [-o FILE] [-d] PROGRAM [ARGUMENTS]
//
// Counts what a process does that lasts or that others see: files made, written, synced, cut, renamed and removed;
// bytes sent; processes started; signals sent. All threads count together, in the order in which they ask.
//
//   -k N     ends the process by SIGKILL at the Nth of them, which is then not done. Its children live on, untraced
//   -a       traces its children too
//   -m WORD  with -a: counts and ends only processes that have this word on their command line
//   -w       counts nothing before it gets SIGUSR1
//   -o FILE  writes a line for each, when it is done: number, thread, time in nanoseconds, call, result, path, second
//            path, where in the file (or flags, or length), bytes in hexadecimal; tabs between. A kill's result is
//            "killed", and its line the last (without -m)
//   -d       with the bytes written and sent; else their count
//
// strace counts the calls of each thread by itself, and an engine's calls move between threads: its Nth is another one
// each time. Ends as the process did, or with 70 when something can't be traced. Linux on x86-64 and aarch64.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define THREADS 4096
#define BYTES_MAX (8u << 20)

struct call {
    unsigned long long number, arguments[6];
    long long result;
};

struct thread {
    pid_t tid;
    bool known, counts;
    unsigned long long position;
    struct call call;
    char path[PATH_MAX], second[PATH_MAX];
    struct timespec at;
};

static struct thread threads[THREADS];
static FILE *out;
static bool with_data, with_children;
static const char *meant;
static volatile sig_atomic_t counts_now = 1;
static unsigned long long kill_at, position;
static pid_t engine;

static struct thread *thread_of(pid_t tid) {
    struct thread *spare = NULL;
    for (int index = 0; index < THREADS; index++) {
        if (threads[index].known && threads[index].tid == tid) return &threads[index];
        if (!threads[index].known && spare == NULL) spare = &threads[index];
    }
    if (spare == NULL) exit(70);
    memset(spare, 0, sizeof *spare);
    spare->tid = tid;
    spare->known = true;
    return spare;
}

static size_t remote(pid_t tid, unsigned long long address, void *into, size_t size) {
    struct iovec here = {into, size}, there = {(void *)address, size};
    ssize_t got = process_vm_readv(tid, &here, 1, &there, 1, 0);
    return got < 0 ? 0 : (size_t)got;
}

static void text(pid_t tid, unsigned long long address, char *into) {
    into[0] = 0;
    for (size_t at = 0; at < PATH_MAX - 1; at++) {
        if (remote(tid, address + at, into + at, 1) != 1) into[at] = 0;
        if (into[at] == 0) return;
    }
    into[PATH_MAX - 1] = 0;
}

static void of_descriptor(pid_t tid, int descriptor, char *into) {
    char link[64];
    snprintf(link, sizeof link, "/proc/%d/fd/%d", tid, descriptor);
    ssize_t length = readlink(link, into, PATH_MAX - 1);
    into[length < 0 ? 0 : length] = 0;
}

static void beneath(pid_t tid, int directory, unsigned long long address, char *into) {
    char name[PATH_MAX], base[PATH_MAX], link[64];
    text(tid, address, name);
    if (name[0] == '/') {
        memcpy(into, name, PATH_MAX);
        return;
    }
    if (directory == AT_FDCWD) {
        snprintf(link, sizeof link, "/proc/%d/cwd", tid);
        ssize_t length = readlink(link, base, PATH_MAX - 1);
        base[length < 0 ? 0 : length] = 0;
    } else {
        of_descriptor(tid, directory, base);
    }
    if (snprintf(into, PATH_MAX, "%s/%s", base, name) >= PATH_MAX) into[0] = 0;
}

static bool is_place(const char *path) { return path[0] == '/' && strncmp(path, "/dev/", 5) != 0; }
static bool is_socket(const char *path) { return strncmp(path, "socket:", 7) == 0; }

static void begin_to_count(int signal) {
    (void)signal;
    counts_now = 1;
}

static bool is_meant(pid_t tid) {
    if (meant == NULL) return true;
    char path[64], words[4096];
    snprintf(path, sizeof path, "/proc/%d/cmdline", tid);
    FILE *file = fopen(path, "re");
    if (file == NULL) return false;
    size_t length = fread(words, 1, sizeof words - 1, file);
    fclose(file);
    words[length] = 0;
    for (size_t at = 0; at < length; at += strlen(words + at) + 1) {
        if (strcmp(words + at, meant) == 0) return true;
    }
    return false;
}

static const char *name_of(unsigned long long number) {
    switch (number) {
    case SYS_openat: return "open";
    case SYS_write: return "write";
    case SYS_writev: return "writev";
    case SYS_pwrite64: return "pwrite";
    case SYS_pwritev: return "pwritev";
    case SYS_sendto: return "sendto";
    case SYS_sendmsg: return "sendmsg";
    case SYS_fsync: return "fsync";
    case SYS_fdatasync: return "fdatasync";
    case SYS_ftruncate: return "ftruncate";
    case SYS_fallocate: return "fallocate";
    case SYS_renameat: case SYS_renameat2: return "rename";
    case SYS_unlinkat: return "unlink";
    case SYS_mkdirat: return "mkdir";
    case SYS_linkat: return "link";
    case SYS_symlinkat: return "symlink";
    case SYS_clone: case SYS_clone3: return "spawn";
    case SYS_kill: case SYS_tgkill: case SYS_pidfd_send_signal: return "kill";
#if defined(__x86_64__)
    case SYS_open: return "open";
    case SYS_creat: return "open";
    case SYS_rename: return "rename";
    case SYS_unlink: return "unlink";
    case SYS_rmdir: return "unlink";
    case SYS_mkdir: return "mkdir";
    case SYS_link: return "link";
    case SYS_vfork: case SYS_fork: return "spawn";
#endif
    default: return NULL;
    }
}

/// Whether the call counts; fills the thread's paths.
static bool examine(struct thread *t) {
    const unsigned long long *a = t->call.arguments;
    t->path[0] = t->second[0] = 0;
    switch (t->call.number) {
    case SYS_openat:
        if (!(a[2] & (O_CREAT | O_TRUNC))) return false;
        beneath(t->tid, (int)a[0], a[1], t->path);
        return is_place(t->path);
    case SYS_write: case SYS_writev: case SYS_pwrite64: case SYS_pwritev: case SYS_sendto: case SYS_sendmsg:
        of_descriptor(t->tid, (int)a[0], t->path);
        return is_place(t->path) || is_socket(t->path);
    case SYS_fsync: case SYS_fdatasync: case SYS_ftruncate: case SYS_fallocate:
        of_descriptor(t->tid, (int)a[0], t->path);
        return is_place(t->path);
    case SYS_renameat: case SYS_renameat2: case SYS_linkat:
        beneath(t->tid, (int)a[0], a[1], t->path);
        beneath(t->tid, (int)a[2], a[3], t->second);
        return true;
    case SYS_symlinkat:
        text(t->tid, a[0], t->second);
        beneath(t->tid, (int)a[1], a[2], t->path);
        return true;
    case SYS_unlinkat: case SYS_mkdirat:
        beneath(t->tid, (int)a[0], a[1], t->path);
        return true;
    case SYS_clone:
        return !(a[0] & 0x00010000); // CLONE_THREAD
    case SYS_clone3: {
        uint64_t flags = 0;
        remote(t->tid, a[0], &flags, sizeof flags);
        return !(flags & 0x00010000);
    }
    case SYS_kill: case SYS_pidfd_send_signal: return a[1] != 0;
    case SYS_tgkill: return false;
#if defined(__x86_64__)
    case SYS_open:
        if (!(a[1] & (O_CREAT | O_TRUNC))) return false;
        beneath(t->tid, AT_FDCWD, a[0], t->path);
        return is_place(t->path);
    case SYS_creat: case SYS_unlink: case SYS_rmdir: case SYS_mkdir:
        beneath(t->tid, AT_FDCWD, a[0], t->path);
        return true;
    case SYS_rename: case SYS_link:
        beneath(t->tid, AT_FDCWD, a[0], t->path);
        beneath(t->tid, AT_FDCWD, a[1], t->second);
        return true;
    case SYS_vfork: case SYS_fork: return true;
#endif
    default: return false;
    }
}

/// Where a descriptor stands after a call.
static long long place_of(pid_t tid, int descriptor) {
    char link[64];
    long long at = -1;
    snprintf(link, sizeof link, "/proc/%d/fdinfo/%d", tid, descriptor);
    FILE *file = fopen(link, "re");
    if (file == NULL) return -1;
    if (fscanf(file, "pos: %lld", &at) != 1) at = -1;
    fclose(file);
    return at;
}

static void hexadecimal(const unsigned char *bytes, size_t count) {
    for (size_t at = 0; at < count; at++) fprintf(out, "%02x", bytes[at]);
}

/// The bytes of a call that was done, as far as it was done.
static void tell_bytes(const struct thread *t) {
    const unsigned long long *a = t->call.arguments;
    static unsigned char bytes[BYTES_MAX];
    size_t left = t->call.result < 0 ? 0 : (size_t)t->call.result;
    if (left > BYTES_MAX) left = BYTES_MAX;
    unsigned long long vectors = 0, count = 0;
    switch (t->call.number) {
    case SYS_write: case SYS_pwrite64: case SYS_sendto: hexadecimal(bytes, remote(t->tid, a[1], bytes, left)); return;
    case SYS_writev: case SYS_pwritev:
        vectors = a[1];
        count = a[2];
        break;
    case SYS_sendmsg: {
        struct msghdr message = {0};
        remote(t->tid, a[1], &message, sizeof message);
        vectors = (unsigned long long)message.msg_iov;
        count = message.msg_iovlen;
        break;
    }
    default: return;
    }
    for (unsigned long long index = 0; index < count && left > 0; index++) {
        struct iovec one;
        if (remote(t->tid, vectors + index * sizeof one, &one, sizeof one) != sizeof one) return;
        size_t size = one.iov_len < left ? one.iov_len : left;
        hexadecimal(bytes, remote(t->tid, (unsigned long long)one.iov_base, bytes, size));
        left -= size;
    }
}

static void tell(struct thread *t, const char *result) {
    if (out == NULL) return;
    const unsigned long long *a = t->call.arguments;
    fprintf(out, "%llu\t%d\t%lld%09ld\t%s\t%s\t%s\t%s\t", t->position, t->tid, (long long)t->at.tv_sec,
            t->at.tv_nsec, name_of(t->call.number), result, t->path, t->second);
    switch (t->call.number) {
    case SYS_pwrite64: case SYS_pwritev: fprintf(out, "%lld", (long long)a[3]); break;
    case SYS_ftruncate: fprintf(out, "%lld", (long long)a[1]); break;
    case SYS_fallocate: fprintf(out, "%lld,%lld,%lld", (long long)a[1], (long long)a[2], (long long)a[3]); break;
    case SYS_write: case SYS_writev:
        if (is_place(t->path)) fprintf(out, "%lld", place_of(t->tid, (int)a[0]) - t->call.result);
        break;
    case SYS_openat: fprintf(out, "%lld", (long long)a[2]); break;
#if defined(__x86_64__)
    case SYS_open: fprintf(out, "%lld", (long long)a[1]); break;
    case SYS_creat: fprintf(out, "%d", O_CREAT | O_TRUNC | O_WRONLY); break;
#endif
    case SYS_kill: case SYS_pidfd_send_signal: fprintf(out, "%lld,%lld", (long long)a[0], (long long)a[1]); break;
    default: break;
    }
    fputc('\t', out);
    if (with_data) tell_bytes(t);
    fputc('\n', out);
    fflush(out);
}

/// At a call's entry. Returns false when the process was ended at it.
static bool entered(struct thread *t) {
    t->counts = counts_now && name_of(t->call.number) != NULL && examine(t) && is_meant(t->tid);
    if (!t->counts) return true;
    t->position = ++position;
    clock_gettime(CLOCK_MONOTONIC, &t->at);
    if (kill_at == 0 || t->position != kill_at) return true;
    tell(t, "killed");
    kill(meant == NULL ? engine : t->tid, SIGKILL);
    return false;
}

/// At a call's beginning or end. Returns false when the process was ended at it.
static bool passes(struct thread *t) {
    struct __ptrace_syscall_info seen;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, t->tid, sizeof seen, &seen) <= 0) return true;
    if (seen.op == PTRACE_SYSCALL_INFO_ENTRY) {
        t->call.number = seen.entry.nr;
        for (int index = 0; index < 6; index++) t->call.arguments[index] = seen.entry.args[index];
        return entered(t);
    }
    if (seen.op == PTRACE_SYSCALL_INFO_EXIT && t->counts) {
        char result[32];
        t->counts = false;
        t->call.result = seen.exit.rval;
        snprintf(result, sizeof result, "%lld", t->call.result);
        tell(t, result);
    }
    return true;
}

static int follow(void) {
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC;
    if (with_children) options |= PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK;
    int status;
    if (waitpid(engine, &status, 0) != engine || !WIFSTOPPED(status)) return 70;
    if (ptrace(PTRACE_SETOPTIONS, engine, 0, options) != 0) return 70;
    thread_of(engine);
    ptrace(PTRACE_SYSCALL, engine, 0, 0);
    int end = 70;
    for (;;) {
        pid_t tid = waitpid(-1, &status, __WALL);
        if (tid < 0 && errno == EINTR) continue;
        if (tid < 0) return end;
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            thread_of(tid)->known = false;
            if (tid == engine) {
                end = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
                if (!with_children) return end;
            }
            continue;
        }
        bool is_new = true;
        for (int index = 0; index < THREADS && is_new; index++) {
            is_new = !(threads[index].known && threads[index].tid == tid);
        }
        struct thread *t = thread_of(tid);
        int signal = WSTOPSIG(status), deliver = 0;
        if (signal == (SIGTRAP | 0x80)) {
            if (!passes(t)) continue;
        } else if (status >> 16 != 0) {
            // An event of the tracing itself.
        } else if (!(is_new && signal == SIGSTOP)) {
            deliver = signal;
        }
        ptrace(PTRACE_SYSCALL, tid, 0, deliver);
    }
}

int main(int count, char **words) {
    int option;
    while ((option = getopt(count, words, "+k:am:wo:d")) != -1) {
        switch (option) {
        case 'k': kill_at = strtoull(optarg, NULL, 10); break;
        case 'a': with_children = true; break;
        case 'm': meant = optarg; break;
        case 'w': counts_now = 0; break;
        case 'o': out = fopen(optarg, "we"); break;
        case 'd': with_data = true; break;
        default: return 64;
        }
    }
    if (optind >= count) return 64;
    signal(SIGUSR1, begin_to_count);
    engine = fork();
    if (engine == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        signal(SIGUSR1, SIG_DFL);
        raise(SIGSTOP);
        execvp(words[optind], words + optind);
        _exit(127);
    }
    // Whoever ends the tracer means the process.
    int end = engine < 0 ? 70 : follow();
    if (out != NULL) fclose(out);
    return end;
}
