// The fork server: makes shims without an exec for each, which costs more than all else that a short attempt takes. An
// engine starts one and asks it by messages. Its shims are children of the engine, as if the engine had spawned them.
#include "shim.h"

#include <sched.h>
#include <sys/socket.h>

// Message: NUL-terminated strings, the attempt's directory and then the command's environment; with it, perhaps, a
// descriptor to read masks from. Answer: the shim's process, or a negative errno: then there is none.
enum { message_bytes_max = 128 << 10, strings_max = 16384 };

static char message[message_bytes_max];
static char *entries[strings_max + 1];

static ssize_t receive(int socket, int *masks) {
    union { struct cmsghdr align; char bytes[CMSG_SPACE(sizeof(int))]; } control;
    struct iovec into = {.iov_base = message, .iov_len = sizeof message};
    struct msghdr header = {
        .msg_iov = &into, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t size;
    do size = recvmsg(socket, &header, MSG_CMSG_CLOEXEC); while (size < 0 && errno == EINTR);
    struct cmsghdr *first = CMSG_FIRSTHDR(&header);
    *masks = -1;
    if (size > 0 && first && first->cmsg_type == SCM_RIGHTS) memcpy(masks, CMSG_DATA(first), sizeof *masks);
    return size > 0 && (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) ? 0 : size;
}

// False: not NUL-terminated strings, at least one of them and not too many.
static bool parse(size_t size) {
    size_t count = 0;
    if (message[size - 1]) return false;
    for (char *at = message; at < message + size; at += strlen(at) + 1) {
        if (count == strings_max) return false;
        entries[count++] = at;
    }
    entries[count] = NULL;
    return true;
}

// What `ps` shows, and what a shim whose files were taken away is found by.
static void rename_process(char *title, size_t room) {
    static const char name[] = "tminus-shim";
    memset(title, 0, room);
    memcpy(title, name, sizeof name);
    memcpy(title + sizeof name, entries[0], strnlen(entries[0], room - sizeof name));
}

const char *serve(int socket, char *title, size_t room, int *masks) {
    for (ssize_t size; (size = receive(socket, masks)) > 0;) {
        int32_t answer = -EINVAL;
        if (parse((size_t)size)) {
            // Directly below the engine, which waits for it and can be sure of its number until then.
            answer = (int32_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
            if (answer < 0) answer = -errno;
        }
        if (answer == 0) {
            environ = entries + 1;
            rename_process(title, room);
            return entries[0];
        }
        if (*masks >= 0) close(*masks);
        // Secrets of one step are not there for the next.
        explicit_bzero(message, (size_t)size);
        while (send(socket, &answer, sizeof answer, MSG_NOSIGNAL) < 0 && errno == EINTR) {}
    }
    _exit(0);
}
