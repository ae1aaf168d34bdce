// libgit2 as Swift sees it. Debian 12 ships 1.5; only long-stable functions are used.
#ifndef TMINUS_CLIBGIT2_SHIM_H
#define TMINUS_CLIBGIT2_SHIM_H

#include <git2.h>
#include <git2/sys/stream.h>
#include <spawn.h>

// A socket of ours under libgit2's https and ssh. The first four members are laid out as libgit2's own socket stream
// (1.0 to 1.9), because its ssh transport takes `descriptor` from there to hand it to libssh2.
typedef struct {
    git_stream parent;
    char *host;
    char *port;
    int descriptor;
    void *transfer;
} tminus_git_socket;

// git_libgit2_opts is variadic, which Swift can't call.

// The PEM file of certificate authorities for https, for the whole process, in place of the one before.
static inline int tminus_git_set_authorities(const char *file) {
    return git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, (const char *)0);
}

// Objects and references reach the disk before a call that writes them returns.
static inline int tminus_git_sync_to_disk(void) {
    return git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
}

// A pack that names more objects than this is refused before they are looked at; for the whole process.
static inline int tminus_git_set_pack_objects_max(size_t count) {
    return git_libgit2_opts(GIT_OPT_SET_PACK_MAX_OBJECTS, count);
}

// Where gpg and ssh-keygen start. <spawn.h> keeps these from those who don't ask for _GNU_SOURCE, which Swift can't.
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

// POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
static const short tminus_spawn_flags = 0x80 | 0x04 | 0x08;

#endif
