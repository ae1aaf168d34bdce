#include "shim.h"

#include <linux/sched.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

// Exit codes for the engine: anything but recorded means that this shim started nothing.
enum { recorded = 0, usage = 64, bad_spec = 65, no_directory = 66, claimed_elsewhere = 75 };
enum { kill_patience_ms = 10000, durable_after_ms = 1000, record_in_claim_at = 1024 };
enum phase { running, terminating, killing };

static struct spec spec;
static unsigned long long start_ms;
static int claim;
static volatile sig_atomic_t stop_asked;
static const int caught[] = {SIGCHLD, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ};
static sigset_t held, awaited;                 // awaited: what stays blocked while waiting
static const char *home;
// What kept the command from being executed: its process says so in our memory.
static struct failure { int error; const char *doing; } failed;

// HUP, PIPE and XFSZ are caught rather than ignored: what is ignored would stay ignored in the command.
static void on_signal(int number) {
    if (number == SIGTERM) stop_asked = 1;
}

static unsigned long long now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned long long)now.tv_sec * 1000 + (unsigned long long)now.tv_nsec / 1000000;
}

static int record(const char *kind, int code, const char *text) {
    char bytes[3072], safe[1024];
    struct rusage use;
    getrusage(RUSAGE_CHILDREN, &use);
    struct log_totals log = log_finish();
    unsigned long long elapsed = now_ms() - start_ms;
    snprintf(safe, sizeof safe, "%s", text);
    for (char *at = safe; *at; at++) *at = (unsigned char)*at < ' ' ? ' ' : *at;
    int size = snprintf(bytes, sizeof bytes,
        "tminus-exit " SHIM_PROTOCOL "\nkind %s\ncode %d\ntext %s\nelapsedMilliseconds %llu\nuserMicroseconds %ld\n"
        "systemMicroseconds %ld\nresidentKibibytesMax %ld\nboot %s\nlogBytes %llu\ndroppedBytes %llu\nlogError %d\n"
        "note %s\nend\n",
        kind, code, safe, elapsed, use.ru_utime.tv_sec * 1000000 + use.ru_utime.tv_usec,
        use.ru_stime.tv_sec * 1000000 + use.ru_stime.tv_usec, use.ru_maxrss, spec.boot, log.written, log.dropped,
        log.error, log_note());
    // The name may be a pipe that the step made: without O_NONBLOCK that would wait for a reader for ever.
    const int how = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
    int file = open("exit.tmp", how, 0600);
    // Or the step removed this whole directory: the result goes where it will be looked for.
    if (file < 0 && errno == ENOENT && (mkdir(home, 0700) == 0 || errno == EEXIST) && chdir(home) == 0) {
        file = open("exit.tmp", how, 0600);
    }
    bool durable = elapsed >= durable_after_ms;
    bool whole = file >= 0 && write_all(file, bytes, (size_t)size) && (!durable || fsync(file) == 0);
    if (file >= 0) close(file);
    if (!whole || rename("exit.tmp", "exit") < 0) {
        // A full disk: the claim's block is there already, and holds the record too.
        if (pwrite(claim, bytes, (size_t)size, record_in_claim_at) != size) return 1;
    }
    int directory = durable ? open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (directory >= 0) fsync(directory);
    return recorded;
}

static __attribute__((noinline)) _Noreturn void command(int output, struct failure *failure) {
    sigset_t none;
    sigemptyset(&none);
    setpgid(0, 0);                             // in the shim's session, but a group of its own to be signalled
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) signal(caught[i], SIG_DFL);
    dup2(output, 1);
    dup2(output, 2);
    sigprocmask(SIG_SETMASK, &none, NULL);
    failure->doing = "enter the working directory";
    if (!*spec.directory || chdir(spec.directory) == 0) {
        failure->doing = "run";
        // Busy: a file just written, of whose descriptor a process being spawned elsewhere holds a copy until its exec.
        for (int tries = 0; tries < 200 && execvp(spec.arguments[0], spec.arguments) && errno == ETXTBSY; tries++) {
            if (poll(NULL, 0, 5) == 0) errno = ETXTBSY;
        }
    }
    failure->error = errno;
    _exit(127);
}

// clone3 by the instruction itself: the child shares this memory and stack while its parent waits, as after vfork, so
// no return address may lie between them. -1 with errno, as ever.
static __attribute__((noinline)) pid_t fork_into(int group, int output, struct failure *failure) {
    struct clone_args arguments = {
        .flags = CLONE_INTO_CGROUP | CLONE_VFORK | CLONE_VM, .exit_signal = SIGCHLD, .cgroup = (uint64_t)group};
#if defined(__x86_64__)
    long pid;
    __asm__ volatile("syscall" : "=a"(pid) : "0"((long)SYS_clone3), "D"(&arguments), "S"(sizeof arguments)
                     : "rcx", "r11", "memory");
#elif defined(__aarch64__)
    register long pid __asm__("x0") = (long)&arguments;
    register long size __asm__("x1") = sizeof arguments;
    register long number __asm__("x8") = SYS_clone3;
    __asm__ volatile("svc 0" : "+r"(pid) : "r"(size), "r"(number) : "memory");
#else
    long pid = -ENOSYS;
    (void)arguments;
#endif
    if (pid == 0) command(output, failure);
    if (pid < 0) errno = (int)-pid;
    return pid < 0 ? -1 : (pid_t)pid;
}

// Starts the command; returns once it has been executed or could not be.
static pid_t begin(int output) {
    if (cgroup >= 0) {
        // Born into its cgroup, so that not even its first instruction runs outside.
        pid_t pid = fork_into(cgroup, output, &failed);
        if (pid > 0) return pid;
        cgroup_remove(spec.cgroup);
    }
    pid_t pid = vfork();
    if (pid == 0) command(output, &failed);
    return pid;
}

// Collects what has died. False once no child is left: then, for a subreaper, no descendant is.
static bool reap(pid_t child, bool *ended, int *status) {
    for (;;) {
        int seen;
        pid_t pid = waitpid(-1, &seen, WNOHANG);
        if (pid < 0 && errno == EINTR) continue;
        if (pid <= 0) return pid == 0 || errno != ECHILD;
        if (pid == child) *ended = true, *status = seen;
    }
}

// Waits for the command to end, or ends it, then ends all it left. Returns how it ended; NULL: by itself.
static const char *supervise(pid_t child, int output, int *status, char *survivors, size_t capacity) {
    struct pollfd source = {.fd = output, .events = POLLIN};
    unsigned long long deadline = spec.timeout_ms ? start_ms + spec.timeout_ms : UINT64_MAX, pause = 1;
    const char *kind = NULL;
    bool ended = false;
    for (enum phase phase = running;;) {
        bool alive = reap(child, &ended, status);
        unsigned long long now = now_ms();
        if (phase != killing && ended) {
            phase = killing;
            deadline = now + kill_patience_ms;
        }
        if (!alive && cgroup_empty()) return ended ? kind : "lost";
        if (phase == running && (stop_asked || now >= deadline)) {
            kind = stop_asked ? "stopped" : "timedOut";
            phase = terminating;
            deadline = now + spec.grace_ms;
            tree_signal(SIGTERM, child, survivors, capacity);
        } else if (phase == terminating && now >= deadline) {
            phase = killing;
            deadline = now + kill_patience_ms;
        }
        unsigned long long wait = deadline > now ? deadline - now : 0;
        if (phase == killing) {
            cgroup_kill();
            int left = tree_signal(SIGKILL, ended ? 0 : child, survivors, capacity);
            if (wait == 0 && (left > 0 || !cgroup_empty())) return "killFailed";
            wait = pause = pause < 32 ? pause * 2 : pause;
        }
        struct timespec patience = {(time_t)(wait / 1000), (long)(wait % 1000) * 1000000};
        bool ready = ppoll(&source, 1, deadline == UINT64_MAX && phase == running ? NULL : &patience, &awaited) > 0;
        if (ready && !output_pump(output)) source.fd = -1;
    }
}

static int attempt(void) {
    char text[512], survivors[128] = "";
    int ends[2], status = 0;
    if (pipe2(ends, O_CLOEXEC) < 0 || fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0) {
        return record("notStarted", 0, "the shim could not make a pipe");
    }
    cgroup_make(spec.cgroup);
    pid_t child = begin(ends[1]);
    int error = child < 0 ? errno : failed.error;
    close(ends[1]);
    if (error != 0) {
        if (child > 0) waitpid(child, &status, 0);
        const char *doing = child < 0 ? "start a process for" : failed.doing;
        const char *object = strcmp(doing, "run") && child > 0 ? spec.directory : spec.arguments[0];
        snprintf(text, sizeof text, "cannot %s %.300s: %s", doing, object, strerror(error));
        cgroup_remove(spec.cgroup);
        return record("notStarted", error, text);
    }
    int size = snprintf(text, sizeof text, "tminus-claim " SHIM_PROTOCOL "\nshim %d\ncommand %d\nboot %s\n"
        "startMilliseconds %llu\nend\n", getpid(), child, spec.boot, start_ms);
    write_all(claim, text, (size_t)size);
    const char *kind = supervise(child, ends[0], &status, survivors, sizeof survivors);
    // All of it is dead, so what it wrote is in the pipe; only survivors of KILL could go on writing.
    for (int rounds = 0; rounds < 1024 && output_pump(ends[0]); rounds++) {}
    output_finish();
    cgroup_remove(spec.cgroup);
    if (kind && strcmp(kind, "lost") == 0) return 1;   // nobody knows how it ended, so nothing says how
    if (!kind) kind = WIFEXITED(status) ? "exited" : "signalled";
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
    snprintf(text, sizeof text, "these processes survived SIGKILL:%s", survivors);
    return record(kind, code, strcmp(kind, "killFailed") ? "" : text);
}

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "--version") == 0) {
        return !write_all(1, "tminus-shim " SHIM_PROTOCOL "\n", strlen("tminus-shim " SHIM_PROTOCOL "\n"));
    }
    bool serves = count == 3 && strcmp(arguments[1], "--serve") == 0;
    if (count != 2 && !serves) return usage;
    // Secrets are in this process's memory and environment: no core dump, no ptrace, no /proc/PID/environ.
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    // All others stay blocked, or a step that signals its parent would lose its own result.
    sigfillset(&held);
    sigfillset(&awaited);
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) {
        sigdelset(&awaited, caught[i]);
        sigaction(caught[i], &(struct sigaction){.sa_handler = on_signal}, NULL);
    }
    // Signals are taken while waiting in ppoll, nowhere else.
    sigprocmask(SIG_SETMASK, &held, NULL);
    syscall(SYS_close_range, 3, ~0u, 0);
    int null, masks = 0;
    do null = open("/dev/null", O_RDWR | O_CLOEXEC); while (null >= 0 && null < 3);
    home = arguments[1];
    if (serves) home = serve(0, arguments[0], (size_t)(arguments[2] + strlen(arguments[2]) - arguments[0]), &masks);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    setsid();
    if (null < 0 || chdir(home) < 0) return no_directory;
    // The lock says that a shim lives, the claim that one was first. Close-on-exec: no heir may keep the lock held.
    int lock = open("spec", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (lock < 0) return no_directory;
    if (flock(lock, LOCK_EX | LOCK_NB) < 0) return claimed_elsewhere;
    if (!spec_read(lock, &spec) || !output_prepare(&spec, masks)) return bad_spec;
    if (masks > 2) close(masks);
    for (int standard = 0; standard < 3; standard++) dup2(null, standard);
    claim = open("claim", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (claim < 0) return claimed_elsewhere;
    start_ms = now_ms();
    return attempt();
}
