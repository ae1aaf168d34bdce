// The process tree below the shim. The shim is a subreaper, so whatever daemonises becomes its child again; that the
// tree is dead is known from waitpid saying ECHILD (and the cgroup saying `populated 0`), not from what is found here.
#include "shim.h"

#include <dirent.h>

enum { processes_max = 32768 };

static struct process {
    pid_t pid, parent, group;
    char state;
    unsigned long long started;               // with the pid, names a process for ever
    bool ours;
} processes[processes_max];
static bool blind;                            // processes there may be that could not be looked at

static bool process_read(pid_t pid, struct process *process) {
    char path[32], text[512];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t count = file < 0 ? -1 : read(file, text, sizeof text - 1);
    if (file >= 0) close(file);
    blind = blind || (file < 0 && errno != ENOENT && errno != ESRCH);
    text[count > 0 ? count : 0] = 0;
    char *rest = strrchr(text, ')');           // the name may hold anything, brackets too
    *process = (struct process){.pid = pid};
    return rest && sscanf(rest + 1, " %c %d %d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu",
               &process->state, &process->parent, &process->group, &process->started) == 4;
}

// Fills `processes` and marks the descendants of this one.
static int snapshot(void) {
    int count = 0;
    DIR *directory = opendir("/proc");
    blind = !directory;
    for (struct dirent *entry; directory && count < processes_max && (entry = readdir(directory));) {
        pid_t pid = atoi(entry->d_name);
        if (pid > 0 && process_read(pid, &processes[count])) count++;
    }
    if (directory) closedir(directory);
    for (bool grew = true; grew;) {
        grew = false;
        for (int i = 0; i < count; i++) {
            bool ours = processes[i].parent == getpid();
            for (int j = 0; j < count && !ours; j++) {
                ours = processes[j].ours && processes[j].pid == processes[i].parent;
            }
            grew = grew || (ours && !processes[i].ours);
            processes[i].ours = ours;
        }
    }
    return count;
}

static void process_signal(const struct process *process, int signal_number) {
    // A child of ours keeps its pid until we reap it. Of others the pid may be a new process by now: the handle is
    // opened first, then compared with what the snapshot saw.
    if (process->parent == getpid()) {
        kill(process->pid, signal_number);
        return;
    }
    struct process now;
    int handle = (int)syscall(SYS_pidfd_open, process->pid, 0);
    if (handle >= 0 && process_read(process->pid, &now) && now.started == process->started) {
        syscall(SYS_pidfd_send_signal, handle, signal_number, NULL, 0);
    }
    if (handle >= 0) close(handle);
}

int tree_signal(int signal_number, pid_t group, char *text, size_t capacity) {
    if (group > 0 && signal_number) kill(-group, signal_number);
    int count = snapshot(), alive = 0;
    size_t size = 0;
    for (int i = 0; i < count; i++) {
        if (!processes[i].ours) continue;
        // A zombie may be the ended first thread of a process whose others live: it is signalled, but not named.
        if (processes[i].state != 'Z' && alive++ < 8 && size < capacity) {
            size += (size_t)snprintf(text + size, capacity - size, " %d", processes[i].pid);
        }
        if (signal_number && (group <= 0 || processes[i].group != group)) process_signal(&processes[i], signal_number);
    }
    return alive + blind;
}

int cgroup = -1;

void cgroup_make(const char *path) {
    if (!*path || (mkdir(path, 0755) < 0 && errno != EEXIST)) return;
    cgroup = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (cgroup >= 0 && faccessat(cgroup, "cgroup.kill", W_OK, 0) < 0) cgroup_remove(path);
}

void cgroup_kill(void) {
    int file = openat(cgroup, "cgroup.kill", O_WRONLY | O_CLOEXEC);
    if (file >= 0) write_all(file, "1", 1);
    close(file);
}

bool cgroup_empty(void) {
    char text[256];
    int file = openat(cgroup, "cgroup.events", O_RDONLY | O_CLOEXEC);
    if (file < 0) return true;                 // can't be asked: then waitpid alone says when all is dead
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    text[count > 0 ? count : 0] = 0;
    return strstr(text, "populated 0");
}

void cgroup_remove(const char *path) {
    if (cgroup < 0) return;
    close(cgroup);
    cgroup = -1;
    rmdir(path);
}
