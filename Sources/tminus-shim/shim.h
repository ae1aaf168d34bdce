// tminus-shim supervises one attempt: claims it, runs it, records its end, and lets nothing of it live on.
// The protocol is docs/internals/shim-protocol.md. No network, no database, no memory that a step can make grow.
#pragma once
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SHIM_PROTOCOL "1"

// What the engine wrote. Strings point into one buffer that lives as long as the process.
struct spec {
    const char *boot, *cgroup, *directory;           // no cgroup: empty
    unsigned long long timeout_ms, grace_ms;         // no timeout: 0
    unsigned long long head_bytes, tail_bytes, masks_bytes;
    char **arguments;                                // NULL-terminated, never empty
};
bool spec_read(int descriptor, struct spec *spec);   // false: not a whole, valid spec of this protocol

struct log_totals {
    unsigned long long written, dropped;
    int error;                                       // errno of the first write that failed, or 0
};
// Reads the masks, the byte strings that stand for secrets, each with its length before it. False: not as promised.
bool output_prepare(const struct spec *spec, int descriptor);
bool output_pump(int descriptor);                    // false at the end of the stream, or when nothing waits
void output_finish(void);
struct log_totals log_finish(void);
const char *log_note(void);                          // the last line that isn't blank, without control characters
bool write_all(int descriptor, const void *bytes, size_t count);

// Signals the command's group at once and every descendant outside of it; with signal 0 only looks. Returns how many
// descendants are alive and names the first few in `text`.
int tree_signal(int signal_number, pid_t group, char *text, size_t capacity);

// Answers the engine's messages until it is gone. Returns in each new shim: the directory of its attempt, with the
// command's environment in place; `masks` is where to read masks from, or -1. `title` is where the arguments lie.
const char *serve(int socket, char *title, size_t room, int *masks);

extern int cgroup;                                   // its directory; -1: none, and then the rest is harmless
void cgroup_make(const char *path);
void cgroup_kill(void);
bool cgroup_empty(void);
void cgroup_remove(const char *path);
