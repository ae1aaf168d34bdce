// What Swift's Glibc module does not show of Linux. Every function returns what its system call returns, but failure is
// a negative errno instead of -1 and a global: Swift then reads one value, with no race on errno.
#ifndef TMINUS_CLINUX_H
#define TMINUS_CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Readiness as epoll reports it; `key` is what the descriptor was added with.
struct linux_ready {
    uint64_t key;
    uint32_t events;
};

enum { linux_ready_batch_max = 256 };

// A descriptor for the process, close-on-exec; readable once the process has ended.
int linux_pidfd_open(pid_t pid);
int linux_pidfd_send_signal(int pidfd, int signal_number);
// Reaps an ended child. 0 with *status as from waitpid, or -EAGAIN while it runs.
int linux_reap(pid_t pid, int *status);

int linux_epoll_create(void);
// Watches for reading.
int linux_epoll_add(int epoll, int descriptor, uint64_t key);
int linux_epoll_delete(int epoll, int descriptor);
// At most `capacity` (≤ linux_ready_batch_max) entries. Timeout in milliseconds, -1 for none. EINTR counts as none.
int linux_epoll_wait(int epoll, struct linux_ready *ready, int capacity, int timeout_milliseconds);

// A counter to wake an epoll loop with; close-on-exec, non-blocking.
int linux_eventfd(void);
int linux_eventfd_signal(int descriptor);
int linux_eventfd_clear(int descriptor);

// A counting semaphore that starts at 0; close-on-exec. Waiting blocks the thread until it is above 0, and takes 1.
int linux_semaphore(void);
int linux_semaphore_signal(int descriptor, uint32_t count);
int linux_semaphore_wait(int descriptor);

// Spawns `path` as the leader of a session of its own, with default signals and nothing blocked. `input` and `output`
// become its standard input, and standard output and error; -1 means /dev/null. All other descriptors of the caller
// must be close-on-exec. 0 and *pid, or -errno.
int linux_spawn_session(
    const char *path, char *const argv[], char *const envp[], int input, int output, pid_t *pid);

// Two connected sockets that carry whole messages, close-on-exec. Waiting on the first ends after `patience` seconds.
int linux_message_pair(int ends[2], int patience);

// Sends `size` bytes as one message, with a descriptor beside it unless that is -1. After a failure nobody has it.
int linux_send_message(int socket, const void *bytes, size_t size, int descriptor);
// Waits for an answer of four bytes. -ECONNRESET when nobody is left to give one.
int linux_receive_answer(int socket, int32_t *answer);

// Has a child of ours reaped that is about to end: here if it ends at once, else by a thread that waits for it. Does
// nothing when it is no child of ours.
void linux_reap_soon(pid_t child);
// The same for one that is killed first.
void linux_put_down(pid_t child);

// Spawns `path` as a child in `directory`, with default signals and nothing blocked, in the caller's session. Standard
// input is empty; `output` and `errors` become its standard output and error. All other descriptors of the caller must
// be close-on-exec. 0 and *pid, or -errno.
int linux_spawn_child(
    const char *path, char *const argv[], char *const envp[], const char *directory, int output, int errors,
    pid_t *pid);

// The same, but as the leader of a session of its own, so that it and all it starts can be killed together.
int linux_spawn_apart(
    const char *path, char *const argv[], char *const envp[], const char *directory, int output, int errors,
    pid_t *pid);

// A pipe whose ends are close-on-exec: read end first.
int linux_pipe(int ends[2]);

// A file that lives in memory only, holding `bytes`; close-on-exec.
int linux_memory_file(const void *bytes, size_t count);

// Tries to take an exclusive flock without waiting: 0, or -EWOULDBLOCK when someone holds it.
int linux_try_lock(int descriptor);
int linux_unlock(int descriptor);

// Who is on the other side of a connected Unix socket.
int linux_peer_credentials(int descriptor, pid_t *pid, uid_t *uid, gid_t *gid);

// Opens `path` below `directory` without leaving it and without following any symbolic link.
int linux_open_beneath(int directory, const char *path, int flags, mode_t mode);

// Makes this process unreadable to others of the same user (no core dumps, no ptrace, no /proc/PID/environ).
int linux_hide_memory(void);

// 1 when the directory is on a cgroup v2 file system, 0 when not.
int linux_is_cgroup2(const char *path);

#endif
