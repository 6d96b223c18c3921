// The order in which a worker is confined, and the proof that it is.
#define _GNU_SOURCE
#include "confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/// What the proof tries, in its order. Codes of exit: 0 would be that of a program that was executed.
enum step {
    step_open_root = 1,
    step_open_program,
    step_socket,
    step_connect,
    step_trace,
    step_signal,
    step_executable_memory,
    step_unknown_call,
    step_execute,
    step_child,
    all_refused = 42,
};

const char *clinux_step_name(int32_t step) {
    switch (step) {
    case step_open_root: return "list the root directory";
    case step_open_program: return "open a file";
    case step_socket: return "make a socket";
    case step_connect: return "connect a socket";
    case step_trace: return "trace a process";
    case step_signal: return "signal a process";
    case step_executable_memory: return "make memory executable";
    case step_unknown_call: return "make a system call that is in no list";
    case step_execute: return "execute a program";
    case step_child: return "make a process";
    default: return "do something unknown";
    }
}

/// The control socket to the daemon.
enum { connected_socket = 3 };

static int is_refused(long result, int code) { return result == -1 && errno == code; }

static int tries_files(void) {
    if (!is_refused(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), EACCES)) return step_open_root;
    if (!is_refused(open("/proc/self/exe", O_RDONLY | O_CLOEXEC), EACCES)) return step_open_program;
    return all_refused;
}

static int tries_calls(void) {
    if (!is_refused(socket(AF_INET, SOCK_DGRAM, 0), EPERM)) return step_socket;
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    if (!is_refused(connect(connected_socket, &nobody, sizeof nobody), EPERM)) return step_connect;
    if (!is_refused(ptrace(PTRACE_TRACEME, 0, NULL, NULL), EPERM)) return step_trace;
    if (!is_refused(kill(getppid(), 0), EPERM)) return step_signal;
    void *memory = mmap(NULL, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED || errno != EPERM) return step_executable_memory;
    if (!is_refused(syscall(SYS_inotify_init1, 0), ENOSYS)) return step_unknown_call;
    // Last: were it not refused, this would be another program.
    char *arguments[] = {(char *)"true", NULL};
    char *environment[] = {NULL};
    if (!is_refused(execve("/bin/true", arguments, environment), EPERM)) return step_execute;
    return all_refused;
}

static int wait_for(pid_t child) {
    int status = 0;
    pid_t result;
    do {
        result = waitpid(child, &status, 0);
    } while (result < 0 && errno == EINTR);
    return result == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// vfork and not fork: a worker has a thousand mappings, which take a millisecond to copy. The child
/// runs in this process' memory while this process stands still, and makes system calls only.
static void prove(struct clinux_confinement *state) {
    pid_t child = vfork();
    if (child == 0) {
        int step = state->files == 0 ? tries_files() : all_refused;
        if (step == all_refused && state->calls == 0) step = tries_calls();
        _exit(step);
    }
    if (child < 0) {
        state->proof = errno;
        return;
    }
    int step = wait_for(child);
    // Ended in another way: it was another program, or was killed.
    if (step <= 0) step = step_execute;
    state->escaped = step == all_refused ? 0 : step;
}

static int is_single_threaded(void) {
    struct stat tasks;
    // Two links of its own, one for each thread.
    return stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink == 3;
}

struct clinux_confinement clinux_confine(const char *const *readable, int count, int scratch) {
    struct clinux_confinement state = {0};
    if (!is_single_threaded()) {
        state.files = state.calls = EBUSY;
        return state;
    }
    if (scratch >= 0 && fchdir(scratch) != 0) {
        state.files = errno;
        return state;
    }
    state.files = clinux_close_files(readable, count, scratch, &state.landlock_abi);
    state.calls = clinux_filter_calls(0);
    prove(&state);
    if (state.calls != 0) return state;
    state.calls = clinux_filter_calls(1);
    if (state.calls != 0) return state;
    // The last word of the final filter.
    long child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0) _exit(0);
    if (child > 0) state.escaped = step_child;
    if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != 2) state.calls = EPROTO;
    return state;
}

struct clinux_confinement clinux_rehearse(const char *const *readable, int count) {
    // Static: written by the child, in the memory it shares with this process.
    static struct clinux_confinement found;
    found = (struct clinux_confinement){.proof = ECHILD};
    pid_t child = vfork();
    if (child == 0) {
        found = clinux_confine(readable, count, -1);
        _exit(0);
    }
    if (child < 0) {
        found.proof = errno;
    } else if (wait_for(child) != 0) {
        found.proof = ECHILD;
    }
    return found;
}
