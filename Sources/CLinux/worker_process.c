// What Swift cannot say: posix_spawn with closefrom, SCM_RIGHTS, wait status macros.
#define _GNU_SOURCE
#include "worker_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAXIMUM_DESCRIPTORS 8
#define WORKER_CONTROL_FD 3

int clinux_spawn_worker(const char *path, char *const argv[], char *const envp[], int control_fd,
                        int error_fd, pid_t *pid) {
    // Above every target number, so that no dup2 below overwrites a source.
    int control = fcntl(control_fd, F_DUPFD_CLOEXEC, 10);
    if (control < 0) return errno;
    int error = fcntl(error_fd, F_DUPFD_CLOEXEC, 10);
    if (error < 0) {
        int saved = errno;
        close(control);
        return saved;
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, error, 2);
    posix_spawn_file_actions_adddup2(&actions, control, WORKER_CONTROL_FD);
    posix_spawn_file_actions_addclosefrom_np(&actions, WORKER_CONTROL_FD + 1);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETPGROUP);
    int result = posix_spawn(pid, path, &actions, &attributes, argv, envp);
    // libdispatch gives its threads a niceness of their own, which whoever they start inherits: a
    // worker has the process's, which is that of the first thread. Who may not lower it keeps what it
    // has, which is no less.
    if (result == 0) setpriority(PRIO_PROCESS, (id_t)*pid, getpriority(PRIO_PROCESS, (id_t)getpid()));
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(control);
    close(error);
    return result;
}

/// What a worker that was forked makes of its descriptors and itself; an errno.
static int become_worker(int control, int error) {
    // Neither is a descriptor that is overwritten here: both came over descriptor 3.
    if (dup2(error, STDERR_FILENO) < 0 || dup2(control, WORKER_CONTROL_FD) < 0) return errno;
    // Any others were opened by libraries, which go on using them.
    close(error);
    close(control);
    return 0;
}

pid_t clinux_fork_worker(int control_fd, int error_fd) {
    // Where the C library keeps the number of its thread. fork() would set it, and cannot make
    // siblings.
    int *thread = NULL;
    if (prctl(PR_GET_TID_ADDRESS, &thread) != 0) return -errno;
    unsigned long flags = CLONE_PARENT | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD;
#if defined(__x86_64__)
    long worker = syscall(SYS_clone, flags, NULL, NULL, thread, 0);
#else
    long worker = syscall(SYS_clone, flags, NULL, NULL, 0, thread);
#endif
    if (worker < 0) return -errno;
    if (worker > 0) return (pid_t)worker;
    if (setpgid(0, 0) != 0 || become_worker(control_fd, error_fd) != 0) _exit(71);
    return 0;
}

int clinux_is_child(pid_t pid) {
    siginfo_t info;
    return pid > 0 && waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

void clinux_name_process(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

int clinux_send_descriptors(int socket_fd, const int *descriptors, int count) {
    if (count < 1 || count > MAXIMUM_DESCRIPTORS) return EINVAL;
    char byte = 0;
    struct iovec io = {.iov_base = &byte, .iov_len = 1};
    union {
        char bytes[CMSG_SPACE(sizeof(int) * MAXIMUM_DESCRIPTORS)];
        struct cmsghdr align;
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {.msg_iov = &io,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count)};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
    memcpy(CMSG_DATA(header), descriptors, sizeof(int) * (size_t)count);
    ssize_t sent;
    do {
        sent = sendmsg(socket_fd, &message, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent < 0 ? errno : 0;
}

int clinux_receive_descriptors(int socket_fd, int *descriptors, int capacity) {
    char byte;
    struct iovec io = {.iov_base = &byte, .iov_len = 1};
    union {
        char bytes[CMSG_SPACE(sizeof(int) * MAXIMUM_DESCRIPTORS)];
        struct cmsghdr align;
    } control;
    struct msghdr message = {.msg_iov = &io,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t got;
    do {
        got = recvmsg(socket_fd, &message, MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return -errno;
    int count = 0;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        int came = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        for (int i = 0; i < came; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + sizeof(int) * (size_t)i, sizeof(int));
            if (count < capacity)
                descriptors[count++] = descriptor;
            else
                close(descriptor);
        }
    }
    return count;
}

static int set_limit(pid_t pid, int resource, int64_t value) {
    if (value < 0) return 0;
    // Only ever lower: raising a hard limit is not permitted, and never meant here.
    struct rlimit limit;
    if (prlimit(pid, resource, NULL, &limit) != 0) return errno;
    rlim_t wanted = (rlim_t)value < limit.rlim_max ? (rlim_t)value : limit.rlim_max;
    limit.rlim_cur = wanted;
    limit.rlim_max = wanted;
    return prlimit(pid, resource, &limit, NULL) == 0 ? 0 : errno;
}

int clinux_limit_process(pid_t pid, int64_t address_space, int64_t cpu_seconds,
                         int64_t file_size) {
    int result = set_limit(pid, RLIMIT_AS, address_space);
    if (result == 0) result = set_limit(pid, RLIMIT_CPU, cpu_seconds);
    if (result == 0) result = set_limit(pid, RLIMIT_FSIZE, file_size);
    return result;
}

int clinux_limit_self(int64_t address_space, int64_t file_size, int64_t descriptors,
                      int64_t threads) {
    int result = set_limit(0, RLIMIT_AS, address_space);
    if (result == 0) result = set_limit(0, RLIMIT_FSIZE, file_size);
    if (result == 0) result = set_limit(0, RLIMIT_NOFILE, descriptors);
    if (result == 0) result = set_limit(0, RLIMIT_NPROC, threads);
    return result;
}

int clinux_give_up_privileges(void) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return errno;
    // Swift's runtime would answer a crash by starting a debugger that attaches to this process.
    const int crashes[] = {SIGQUIT, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP};
    for (size_t i = 0; i < sizeof crashes / sizeof crashes[0]; i++)
        if (signal(crashes[i], SIG_DFL) == SIG_ERR) return errno;
    return set_limit(0, RLIMIT_CORE, 0);
}

int clinux_wait(pid_t pid, int *status, int64_t *cpu_microseconds, int64_t *peak_kib) {
    struct rusage usage;
    pid_t result;
    do {
        result = wait4(pid, status, 0, &usage);
    } while (result < 0 && errno == EINTR);
    if (result < 0) return -errno;
    *cpu_microseconds = (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
                        usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
    *peak_kib = usage.ru_maxrss;
    return result;
}

int clinux_exited(int status, int *code_or_signal) {
    if (WIFEXITED(status)) {
        *code_or_signal = WEXITSTATUS(status);
        return 1;
    }
    *code_or_signal = WTERMSIG(status);
    return 0;
}

void clinux_self_usage(int64_t *cpu_microseconds, int64_t *peak_kib) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    *cpu_microseconds = (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
                        usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
    *peak_kib = usage.ru_maxrss;
}

int64_t clinux_process_time(pid_t pid) {
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) return -1;
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int clinux_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int clinux_poll(const int *descriptors, int count, int timeout_ms) {
    struct pollfd polled[MAXIMUM_DESCRIPTORS];
    if (count > MAXIMUM_DESCRIPTORS) count = MAXIMUM_DESCRIPTORS;
    for (int i = 0; i < count; i++) {
        polled[i].fd = descriptors[i];
        polled[i].events = POLLIN;
        polled[i].revents = 0;
    }
    int ready = poll(polled, (nfds_t)count, timeout_ms);
    if (ready <= 0) return 0;
    int mask = 0;
    for (int i = 0; i < count; i++)
        if (polled[i].revents != 0) mask |= 1 << i;
    return mask;
}

int clinux_pipe(int descriptors[2]) { return pipe2(descriptors, O_CLOEXEC); }
