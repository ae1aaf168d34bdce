#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int result(long value) {
    return value < 0 ? -errno : (int)value;
}

int linux_pidfd_open(pid_t pid) {
    return result(syscall(SYS_pidfd_open, pid, 0));
}

int linux_pidfd_send_signal(int pidfd, int signal_number) {
    return result(syscall(SYS_pidfd_send_signal, pidfd, signal_number, NULL, 0));
}

int linux_reap(pid_t pid, int *status) {
    pid_t reaped;
    do {
        reaped = waitpid(pid, status, WNOHANG);
    } while (reaped < 0 && errno == EINTR);
    if (reaped < 0) return -errno;
    return reaped == 0 ? -EAGAIN : 0;
}

int linux_epoll_create(void) {
    return result(epoll_create1(EPOLL_CLOEXEC));
}

int linux_epoll_add(int epoll, int descriptor, uint64_t key) {
    struct epoll_event event = {.events = EPOLLIN, .data = {.u64 = key}};
    return result(epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event));
}

int linux_epoll_delete(int epoll, int descriptor) {
    return result(epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL));
}

int linux_epoll_wait(int epoll, struct linux_ready *ready, int capacity, int timeout_milliseconds) {
    struct epoll_event events[linux_ready_batch_max];
    if (capacity > linux_ready_batch_max) capacity = linux_ready_batch_max;
    int count = epoll_wait(epoll, events, capacity, timeout_milliseconds);
    if (count < 0) return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < count; i++) {
        ready[i].key = events[i].data.u64;
        ready[i].events = events[i].events;
    }
    return count;
}

int linux_eventfd(void) {
    return result(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
}

int linux_eventfd_signal(int descriptor) {
    return result(eventfd_write(descriptor, 1));
}

int linux_eventfd_clear(int descriptor) {
    eventfd_t value;
    return result(eventfd_read(descriptor, &value));
}

int linux_semaphore(void) {
    return result(eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE));
}

int linux_semaphore_signal(int descriptor, uint32_t count) {
    return result(eventfd_write(descriptor, count));
}

int linux_semaphore_wait(int descriptor) {
    eventfd_t value;
    int got;
    do {
        got = eventfd_read(descriptor, &value);
    } while (got < 0 && errno == EINTR);
    return result(got);
}

// Signals that are ignored here stay ignored across an exec unless they are reset: those that whoever started this
// process ignored, and those that it ignores itself.
static sigset_t ignored;
static pthread_once_t ignored_once = PTHREAD_ONCE_INIT;

static void find_ignored(void) {
    const int own[] = {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGCHLD};
    sigemptyset(&ignored);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) sigaddset(&ignored, own[i]);
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN) sigaddset(&ignored, number);
    }
}

static int place(int descriptor, int standard) {
    // A descriptor that stands in its place already only loses its close-on-exec.
    return descriptor == standard ? fcntl(descriptor, F_SETFD, 0) : dup2(descriptor, standard);
}

// Runs in the memory of a parent that waits, with every signal held.
static _Noreturn void become(
    const char *path, char *const argv[], char *const envp[], int input, int output, volatile int *error
) {
    const struct sigaction usual = {.sa_handler = SIG_DFL};
    for (int number = 1; number < NSIG; number++) {
        if (sigismember(&ignored, number) == 1) sigaction(number, &usual, NULL);
    }
    setsid();
    int null = input < 0 || output < 0 ? open("/dev/null", O_RDWR | O_CLOEXEC) : -1;
    sigset_t none;
    sigemptyset(&none);
    if (place(input < 0 ? null : input, 0) >= 0 && place(output < 0 ? null : output, 1) >= 0 && dup2(1, 2) >= 0
        && sigprocmask(SIG_SETMASK, &none, NULL) == 0) {
        execve(path, argv, envp);
    }
    *error = errno;
    _exit(127);
}

// By vfork and not posix_spawn, which maps and unmaps a stack, and resets each signal, for every process.
int linux_spawn_session(
    const char *path, char *const argv[], char *const envp[], int input, int output, pid_t *pid
) {
    sigset_t all, before;
    volatile int error = 0;
    pthread_once(&ignored_once, find_ignored);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t child = vfork();
    if (child == 0) become(path, argv, envp, input, output, &error);
    int failed = child < 0 ? errno : error;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed && child > 0) {
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
    }
    if (!failed) *pid = child;
    return -failed;
}

int linux_message_pair(int ends[2], int patience) {
    const struct timeval limit = {.tv_sec = patience};
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) return -errno;
    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    return 0;
}

int linux_send_message(int socket, const void *bytes, size_t size, int descriptor) {
    union { struct cmsghdr align; char bytes[CMSG_SPACE(sizeof(int))]; } control;
    struct iovec from = {.iov_base = (void *)bytes, .iov_len = size};
    struct msghdr message = {.msg_iov = &from, .msg_iovlen = 1};
    if (descriptor >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *first = CMSG_FIRSTHDR(&message);
        *first = (struct cmsghdr){
            .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof descriptor)};
        memcpy(CMSG_DATA(first), &descriptor, sizeof descriptor);
    }
    ssize_t done;
    do done = sendmsg(socket, &message, MSG_NOSIGNAL); while (done < 0 && errno == EINTR);
    return done < 0 ? -errno : 0;
}

int linux_receive_answer(int socket, int32_t *answer) {
    ssize_t done;
    do done = recv(socket, answer, sizeof *answer, 0); while (done < 0 && errno == EINTR);
    return done == sizeof *answer ? 0 : done < 0 ? -errno : -ECONNRESET;
}

static void *reap(void *child) {
    while (waitpid((pid_t)(intptr_t)child, NULL, 0) < 0 && errno == EINTR) {}
    return NULL;
}

void linux_reap_soon(pid_t child) {
    for (int tries = 0; tries < 10; tries++) {
        if (waitpid(child, NULL, WNOHANG) != 0) return;
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
    // On a machine with too much to do it may take a while, and nobody should wait for it.
    pthread_t thread;
    if (pthread_create(&thread, NULL, reap, (void *)(intptr_t)child) == 0) pthread_detach(thread);
}

void linux_put_down(pid_t child) {
    kill(child, SIGKILL);
    linux_reap_soon(child);
}

// A second in all.
enum { busy_tries_max = 100 };

static int spawn_in(
    const char *path, char *const argv[], char *const envp[], const char *directory, int output, int errors,
    short flags, pid_t *pid) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t signals;
    int code = posix_spawn_file_actions_init(&actions);
    if (code != 0) return -code;
    posix_spawnattr_init(&attributes);
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes, &signals);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | flags);
    code = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (code == 0) code = posix_spawn_file_actions_adddup2(&actions, output, 1);
    if (code == 0) code = posix_spawn_file_actions_adddup2(&actions, errors, 2);
    if (code == 0) code = posix_spawn_file_actions_addchdir_np(&actions, directory);
    // A program just written may still be open in another thread's child that has not reached its exec.
    for (int tries = 0; code == 0; tries++) {
        code = posix_spawn(pid, path, &actions, &attributes, argv, envp);
        if (code != ETXTBSY || tries == busy_tries_max) break;
        code = 0;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return -code;
}

int linux_spawn_child(
    const char *path, char *const argv[], char *const envp[], const char *directory, int output, int errors,
    pid_t *pid) {
    return spawn_in(path, argv, envp, directory, output, errors, 0, pid);
}

int linux_spawn_apart(
    const char *path, char *const argv[], char *const envp[], const char *directory, int output, int errors,
    pid_t *pid) {
    return spawn_in(path, argv, envp, directory, output, errors, POSIX_SPAWN_SETSID, pid);
}

int linux_pipe(int ends[2]) {
    return result(pipe2(ends, O_CLOEXEC));
}

int linux_memory_file(const void *bytes, size_t count) {
    int file = memfd_create("tminus", MFD_CLOEXEC);
    if (file < 0) return -errno;
    size_t done = 0;
    while (done < count) {
        ssize_t written = pwrite(file, (const char *)bytes + done, count - done, (off_t)done);
        if (written > 0) {
            done += (size_t)written;
        } else if (written == 0 || errno != EINTR) {
            int error = written == 0 ? EIO : errno;
            close(file);
            return -error;
        }
    }
    return file;
}

int linux_try_lock(int descriptor) {
    return result(flock(descriptor, LOCK_EX | LOCK_NB));
}

int linux_unlock(int descriptor) {
    return result(flock(descriptor, LOCK_UN));
}

int linux_peer_credentials(int descriptor, pid_t *pid, uid_t *uid, gid_t *gid) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) return -errno;
    *pid = peer.pid;
    *uid = peer.uid;
    *gid = peer.gid;
    return 0;
}

int linux_open_beneath(int directory, const char *path, int flags, mode_t mode) {
    struct open_how how = {
        .flags = (uint64_t)(unsigned)flags | O_CLOEXEC,
        .mode = (flags & O_CREAT) ? mode : 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    return result(syscall(SYS_openat2, directory, path, &how, sizeof how));
}

int linux_hide_memory(void) {
    return result(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
}

int linux_is_cgroup2(const char *path) {
    struct statfs system;
    if (statfs(path, &system) < 0) return -errno;
    return system.f_type == CGROUP2_SUPER_MAGIC;
}
