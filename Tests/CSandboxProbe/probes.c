#define _GNU_SOURCE
#include "probes.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { control = 3, canary = 4 };

/// How a probe is to end, and whether it can be done by anybody who is not confined.
enum { refused = 0, deadly = 1, possible = 2 };

static long opens(const char *path, int flags) { return open(path, flags | O_CLOEXEC, 0600); }

/// A path below the parent's directory in /proc.
static long opens_of_parent(const char *name, int flags) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", getppid(), name);
    return opens(path, flags);
}

static long makes_temporary(void) {
    char name[] = "/tmp/sandbox-probe.XXXXXX";
    int file = mkstemp(name);
    return file < 0 ? -1 : unlink(name);
}

static void *swap(void *stop) {
    while (!__atomic_load_n((int *)stop, __ATOMIC_RELAXED)) {
        (void)syscall(SYS_renameat2, AT_FDCWD, "link", AT_FDCWD, "plain", RENAME_EXCHANGE);
    }
    return NULL;
}

/// A name that is a file of ours one moment and a link to the canary the next.
static long wins_race(void) {
    int plain = open("plain", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (plain < 0) return -1;
    struct stat theirs, status;
    if (fstat(canary, &theirs) != 0) return -1;
    int stop = 0, saw = 0, code = 0;
    pthread_t thread;
    if (pthread_create(&thread, NULL, swap, &stop) != 0) return -1;
    for (int i = 0; i < 20000 && !saw; i++) {
        int file = open("link", O_RDONLY | O_CLOEXEC);
        if (file < 0) {
            if (errno == EACCES) code = EACCES;
            continue;
        }
        saw = fstat(file, &status) == 0 && status.st_ino == theirs.st_ino;
        close(file);
    }
    __atomic_store_n(&stop, 1, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    if (saw) return 0;
    // Not once refused: then the race was never run.
    errno = code != 0 ? code : EAGAIN;
    return -1;
}

static long connects(int family) {
    struct sockaddr address = {.sa_family = (sa_family_t)family};
    return connect(control, &address, sizeof address);
}

static long sends_descriptor(void) {
    char byte = 0;
    struct iovec io = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &io, .msg_iovlen = 1};
    return sendmsg(control, &message, MSG_NOSIGNAL);
}

static long sends_elsewhere(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/run/systemd/notify"};
    return sendto(control, "x", 1, MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof address);
}

static char *const arguments[] = {(char *)"true", NULL};

static long spawns(void) {
    pid_t child;
    int code = posix_spawn(&child, "/bin/true", NULL, NULL, arguments, NULL);
    if (code == 0) return 0;
    errno = code;
    return -1;
}

/// 0 in the parent; the child ends at once.
static long branches(unsigned long flags) {
    long child = syscall(SYS_clone, flags, 0, 0, 0, 0);
    if (child == 0) _exit(0);
    return child < 0 ? -1 : 0;
}

static long branches_as_new(void) {
    uint64_t new_child[11] = {0};
    new_child[4] = SIGCHLD;
    long child = syscall(SYS_clone3, new_child, sizeof new_child);
    if (child == 0) _exit(0);
    return child < 0 ? -1 : 0;
}

static long maps(int protection, int descriptor) {
    int flags = MAP_PRIVATE | (descriptor < 0 ? MAP_ANONYMOUS : 0);
    return mmap(NULL, 1, protection, flags, descriptor, 0) == MAP_FAILED ? -1 : 0;
}

static long turns_executable(int protection) {
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == MAP_FAILED ? -1 : mprotect(page, 4096, protection);
}

static long maps_own_code(void) {
    int file = open("code", O_RDWR | O_CREAT | O_CLOEXEC, 0700);
    if (file < 0 || ftruncate(file, 4096) != 0) return -1;
    return maps(PROT_READ | PROT_EXEC, file);
}

static long reads_parent(void) {
    char byte;
    struct iovec here = {&byte, 1}, there = {&byte, 1};
    return process_vm_readv(getppid(), &here, 1, &there, 1, 0);
}

static long limits(pid_t process) {
    struct rlimit limit = {1, 1};
    return prlimit(process, RLIMIT_CORE, &limit, NULL);
}

static long schedules_real_time(void) {
    struct sched_param one = {.sched_priority = 1};
    return sched_setscheduler(0, SCHED_FIFO, &one);
}

static long binds_parent(void) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(0, &set);
    return sched_setaffinity(getppid(), sizeof set, &set);
}

static long queues_signal(void) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_code = SI_QUEUE;
    return syscall(SYS_rt_sigqueueinfo, getppid(), SIGCONT, &info);
}

#if defined(__x86_64__)
/// The 32-bit entry, whose numbers are others: 20 is getpid there, and writev here.
static long enters_by_interrupt(void) {
    long result = 20;
    __asm__ volatile("int $0x80" : "+a"(result) : : "r8", "r9", "r10", "r11", "memory");
    if (result < 0) errno = (int)-result;
    return result < 0 ? -1 : 0;
}
#endif

struct walk {
    /// Which probe is meant, and whether it is to be tried or only described.
    int target, is_trial;
    int index;
    const char *name;
    int traits;
};

static int is_here(struct walk *walk, const char *name, int traits) {
    if (walk->index++ != walk->target) return 0;
    walk->name = name;
    walk->traits = traits;
    return walk->is_trial;
}

#define PROBE(NAME, TRAITS, DEED)                                                                  \
    if (is_here(walk, NAME, TRAITS)) return (long)(DEED);

static long walk_probes(struct walk *walk) {
    // Files outside scratch.
    PROBE("read.passwd", possible, opens("/etc/passwd", O_RDONLY))
    PROBE("read.environment", possible, opens("/proc/self/environ", O_RDONLY))
    PROBE("read.memory", possible, opens("/proc/self/mem", O_RDWR))
    PROBE("read.maps", possible, opens("/proc/self/maps", O_RDONLY))
    PROBE("read.parent.memory", refused, opens_of_parent("mem", O_RDONLY))
    PROBE("read.parent.descriptors", refused, opens_of_parent("fd", O_RDONLY | O_DIRECTORY))
    PROBE("read.root", possible, opens("/", O_RDONLY | O_DIRECTORY))
    PROBE("read.processes", possible, opens("/proc", O_RDONLY | O_DIRECTORY))
    PROBE("read.sysfs", possible, opens("/sys", O_RDONLY | O_DIRECTORY))
    PROBE("read.null", possible, opens("/dev/null", O_RDONLY))
    PROBE("read.program", possible, opens("/proc/self/exe", O_RDONLY))
    PROBE("read.canary", possible, opens("../canary", O_RDONLY))
    PROBE("read.link", possible, opens("link", O_RDONLY))
    PROBE("read.link.race", possible, wins_race())
    PROBE("read.again.for.writing", possible, opens("/proc/self/fd/4", O_WRONLY))
    PROBE("write.tmp", possible, makes_temporary())
    PROBE("write.tmp.nameless", possible, opens("/tmp", O_WRONLY | O_TMPFILE))
    PROBE("write.canary", possible, opens("../canary", O_WRONLY))
    PROBE("write.font", refused, opens("/usr/share/fonts/sandbox-probe", O_WRONLY | O_CREAT))
    PROBE("truncate", possible, truncate("../canary", 1))
    PROBE("make.directory", possible, mkdirat(AT_FDCWD, "../made", 0700))
    PROBE("make.fifo", deadly | possible, mkfifo("fifo", 0600))
    PROBE("make.device", deadly, mknod("null", S_IFCHR | 0600, 0x103))
    PROBE("make.link", possible, symlink("/etc/passwd", "passwd"))
    PROBE("make.hard.link", possible, linkat(AT_FDCWD, "../canary", AT_FDCWD, "canary", 0))
    PROBE("move.out", possible, renameat(AT_FDCWD, "mine", AT_FDCWD, "../mine"))
    PROBE("move.in", possible, renameat(AT_FDCWD, "../canary", AT_FDCWD, "canary"))
    PROBE("remove", possible, unlinkat(AT_FDCWD, "../canary", 0))
    PROBE("remove.directory", possible, unlinkat(AT_FDCWD, "../room", AT_REMOVEDIR))
    PROBE("change.mode", possible, fchmodat(AT_FDCWD, "../canary", 0777, 0))
    PROBE("change.mode.open", possible, fchmod(canary, 0777))
    PROBE("change.owner.open", possible, fchown(canary, getuid(), getgid()))
    PROBE("change.times.open", possible, futimens(canary, NULL))
    PROBE("change.attribute.open", refused, fsetxattr(canary, "user.x", "x", 1, 0))
    PROBE("change.directory", possible, chdir("/"))
    PROBE("lock.open", possible, flock(canary, LOCK_EX | LOCK_NB))
    PROBE("lease.open", possible, fcntl(canary, F_SETLEASE, F_RDLCK))
    PROBE("owner.of.signals", possible, fcntl(control, F_SETOWN, getppid()))
    PROBE("open.by.handle", deadly, syscall(SYS_open_by_handle_at, canary, NULL, 0))
    PROBE("name.to.handle", deadly,
          syscall(SYS_name_to_handle_at, canary, "", NULL, NULL, AT_EMPTY_PATH))
    PROBE("watch.files", possible, syscall(SYS_inotify_init1, 0))
    PROBE("watch.file.systems", deadly, syscall(SYS_fanotify_init, 0, 0))
    // The network, and other processes by sockets.
    PROBE("socket.unix", deadly | possible, socket(AF_UNIX, SOCK_STREAM, 0))
    PROBE("socket.inet", deadly | possible, socket(AF_INET, SOCK_STREAM, 0))
    PROBE("socket.inet6", deadly | possible, socket(AF_INET6, SOCK_STREAM, 0))
    PROBE("socket.netlink", deadly | possible, socket(AF_NETLINK, SOCK_RAW, 0))
    PROBE("socket.packet", deadly, socket(AF_PACKET, SOCK_RAW, 0))
    PROBE("socket.alg", deadly, socket(AF_ALG, SOCK_SEQPACKET, 0))
    PROBE("socket.vsock", deadly, socket(AF_VSOCK, SOCK_STREAM, 0))
    PROBE("socket.key", deadly, socket(AF_KEY, SOCK_RAW, 0))
    PROBE("socket.bluetooth", deadly, socket(AF_BLUETOOTH, SOCK_STREAM, 0))
    PROBE("socket.can", deadly, socket(AF_CAN, SOCK_RAW, 0))
    PROBE("socket.xdp", deadly, socket(AF_XDP, SOCK_RAW, 0))
    PROBE("socket.tipc", deadly, socket(AF_TIPC, SOCK_STREAM, 0))
    PROBE("socket.qipcrtr", deadly, socket(AF_QIPCRTR, SOCK_STREAM, 0))
    PROBE("socket.inet.udp", deadly | possible, socket(AF_INET, SOCK_DGRAM, 0))
    PROBE("socket.pair", deadly | possible, socketpair(AF_UNIX, SOCK_STREAM, 0, (int[2]){0, 0}))
    PROBE("connect.unix", deadly, connects(AF_UNIX))
    PROBE("connect.inet", deadly, connects(AF_INET))
    PROBE("bind", deadly,
          bind(control, (struct sockaddr *)&(struct sockaddr_un){.sun_family = AF_UNIX}, 2))
    PROBE("listen", deadly, listen(control, 1))
    PROBE("accept", deadly, accept4(control, NULL, NULL, 0))
    PROBE("send.descriptors", deadly | possible, sends_descriptor())
    PROBE("send.elsewhere", refused, sends_elsewhere())
    // Programs and processes.
    PROBE("execute", deadly, execve("/bin/true", arguments, NULL))
    PROBE("execute.open", deadly, syscall(SYS_execveat, canary, "", arguments, NULL, AT_EMPTY_PATH))
    PROBE("execute.nothing", deadly, syscall(SYS_execve, NULL, NULL, NULL))
    PROBE("spawn", possible, spawns())
    PROBE("fork", possible, branches(SIGCHLD))
    PROBE("fork.shared", possible, branches(CLONE_FILES | CLONE_FS | SIGCHLD))
    PROBE("fork.new", possible, branches_as_new())
    PROBE("fork.namespace", refused, branches(CLONE_NEWUSER | SIGCHLD))
#if defined(__x86_64__)
    PROBE("fork.old", deadly, syscall(SYS_fork) == 0 ? (_exit(0), 0) : 0)
    PROBE("fork.very.old", deadly, syscall(SYS_vfork))
#endif
    PROBE("trace", deadly, ptrace(PTRACE_SEIZE, getppid(), NULL, NULL))
    PROBE("trace.me", deadly | possible, ptrace(PTRACE_TRACEME, 0, NULL, NULL))
    PROBE("process.read", deadly, reads_parent())
    PROBE("process.write", deadly, syscall(SYS_process_vm_writev, getppid(), NULL, 0, NULL, 0, 0))
    PROBE("process.open", deadly | possible, syscall(SYS_pidfd_open, getppid(), 0))
    PROBE("process.descriptor", deadly, syscall(SYS_pidfd_getfd, control, 0, 0))
    PROBE("process.signal", deadly, syscall(SYS_pidfd_send_signal, control, 0, NULL, 0))
    PROBE("process.compare", deadly, syscall(SYS_kcmp, getpid(), getppid(), 0, 0, 0))
    PROBE("signal.parent", possible, kill(getppid(), 0))
    PROBE("signal.everybody", possible, kill(-1, 0))
    PROBE("signal.group", possible, kill(0, 0))
    PROBE("signal.thread.of.parent", possible, syscall(SYS_tgkill, getppid(), getppid(), 0))
    PROBE("signal.any.thread", possible, syscall(SYS_tkill, getppid(), 0))
    PROBE("signal.queued", possible, queues_signal())
    PROBE("limit.parent", refused, limits(getppid()))
    PROBE("limit.self", possible, limits(0))
    PROBE("priority.of.parent", refused, setpriority(PRIO_PROCESS, (id_t)getppid(), 19))
    PROBE("cores.of.parent", refused, binds_parent())
    PROBE("real.time", refused, schedules_real_time())
    // Parts of the kernel.
    PROBE("bpf", deadly, syscall(SYS_bpf, 0, NULL, 0))
    PROBE("perf", deadly, syscall(SYS_perf_event_open, NULL, 0, 0, 0, 0))
    PROBE("uring", deadly, syscall(SYS_io_uring_setup, 1, NULL))
    PROBE("uring.enter", deadly, syscall(SYS_io_uring_enter, canary, 0, 0, 0, NULL, 0))
    PROBE("page.faults", deadly, syscall(SYS_userfaultfd, 0))
    PROBE("keys", deadly, syscall(SYS_keyctl, 0, -3, 0))
    PROBE("keys.add", deadly, syscall(SYS_add_key, "user", "x", "x", 1, -3))
    PROBE("keys.request", deadly, syscall(SYS_request_key, "user", "x", NULL, 0))
    PROBE("memory.file", deadly | possible, memfd_create("x", 0))
    PROBE("aio", possible, syscall(SYS_io_setup, 1, &(unsigned long){0}))
    PROBE("shared.memory", possible, syscall(SYS_shmget, 0, 4096, 0600))
    PROBE("message.queue", possible, syscall(SYS_msgget, 0, 0600))
    PROBE("timer.descriptor", possible, syscall(SYS_timerfd_create, 0, 0))
    PROBE("terminal.input", refused, ioctl(control, TIOCSTI, "x"))
    PROBE("device.control", possible, ioctl(control, FIONREAD, &(int){0}))
    PROBE("personality", deadly | possible, personality(ADDR_NO_RANDOMIZE))
    PROBE("modules", deadly, syscall(SYS_finit_module, -1, "", 0))
    PROBE("kernel", deadly, syscall(SYS_kexec_load, 0, 0, NULL, -1))
    PROBE("restart", deadly, syscall(SYS_reboot, 0, 0, 0, NULL))
    PROBE("log", deadly, syscall(SYS_syslog, 10, NULL, 0))
    PROBE("clock", deadly, syscall(SYS_clock_settime, 0, NULL))
    PROBE("swap", deadly, syscall(SYS_swapon, NULL, 0))
    PROBE("quota", deadly, syscall(SYS_quotactl, 0, NULL, 0, NULL))
    PROBE("host.name", deadly, syscall(SYS_sethostname, NULL, -1))
#if defined(__x86_64__)
    PROBE("segments", deadly, syscall(SYS_modify_ldt, 0, NULL, 0))
    PROBE("ports", deadly, syscall(SYS_iopl, 0))
    PROBE("entry.x32", deadly, syscall(0x40000000 | SYS_getpid))
    PROBE("entry.32.bits", deadly, enters_by_interrupt())
#endif
    PROBE("call.that.never.was", refused, syscall(1021))
    // Another view of the machine, another user.
    PROBE("mount", deadly, syscall(SYS_mount, "none", "/", "tmpfs", 0, NULL))
    PROBE("unmount", deadly, syscall(SYS_umount2, NULL, 0))
    PROBE("mount.new", deadly, syscall(SYS_fsopen, "tmpfs", 0))
    PROBE("mount.tree", deadly, syscall(SYS_open_tree, -1, "", 0))
    PROBE("root", deadly, chroot("."))
    PROBE("root.pivot", deadly, syscall(SYS_pivot_root, ".", "."))
    PROBE("namespace", deadly, unshare(CLONE_NEWUSER))
    PROBE("namespace.join", deadly, setns(canary, 0))
    PROBE("user", deadly | possible, syscall(SYS_setuid, getuid()))
    PROBE("group", deadly | possible, syscall(SYS_setgid, getgid()))
    PROBE("users", deadly | possible, syscall(SYS_setresuid, -1, -1, -1))
    PROBE("groups", deadly, syscall(SYS_setgroups, 0, NULL))
    PROBE("capabilities", deadly, syscall(SYS_capset, NULL, NULL))
    PROBE("dumpable", possible, prctl(PR_SET_DUMPABLE, 1))
    PROBE("tracer", refused, prctl(PR_SET_PTRACER, -1))
    PROBE("death.signal", possible, prctl(PR_SET_PDEATHSIG, 0))
    PROBE("memory.layout", refused, prctl(PR_SET_MM, PR_SET_MM_BRK, 0, 0, 0))
    PROBE("keep.capabilities", possible, prctl(PR_SET_KEEPCAPS, 0))
    PROBE("filter.old", refused, prctl(PR_SET_SECCOMP, 2, NULL))
    PROBE("filter.new", refused, syscall(SYS_seccomp, 1, 0, NULL))
    PROBE("rules.new", refused, syscall(SYS_landlock_create_ruleset, NULL, 0, 0))
    // Code that was not loaded before.
    PROBE("code.anonymous", possible, maps(PROT_READ | PROT_EXEC, -1))
    PROBE("code.writable", possible, maps(PROT_READ | PROT_WRITE | PROT_EXEC, -1))
    PROBE("code.of.file", possible, maps_own_code())
    PROBE("code.later", possible, turns_executable(PROT_READ | PROT_EXEC))
    PROBE("code.later.writable", possible, turns_executable(PROT_READ | PROT_WRITE | PROT_EXEC))
    PROBE("code.by.key", refused, syscall(SYS_pkey_mprotect, NULL, 0, PROT_EXEC, -1))
    errno = ENOENT;
    return -1;
}

static struct walk described(int index) {
    struct walk walk = {.target = index};
    (void)walk_probes(&walk);
    return walk;
}

int probes_count(void) { return described(-1).index; }

const char *probes_name(int index) { return described(index).name; }

int probes_is_possible(int index) { return (described(index).traits & possible) != 0; }

int probes_is_deadly(int index) { return (described(index).traits & deadly) != 0; }

static int try_it(int index) {
    struct walk walk = {.target = index, .is_trial = 1};
    errno = 0;
    return walk_probes(&walk) < 0 ? errno : 0;
}

static int makes_file(const char *name) {
    int file = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    return file >= 0 && write(file, "secret", 6) == 6 && close(file) == 0;
}

/// In the new directory: `canary` and `room`, and `scratch` with a file of its own and a link out of
/// it. Descriptor 3 is one end of a pair of sockets, 4 the canary, open for reading, 5 scratch.
static int lays_out(void) {
    if (mkdir("scratch", 0700) != 0 || mkdir("room", 0700) != 0) return 0;
    if (!makes_file("canary") || !makes_file("scratch/mine")) return 0;
    if (symlink("../canary", "scratch/link") != 0) return 0;
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return 0;
    int file = fcntl(open("canary", O_RDONLY), F_DUPFD, 20);
    int scratch = fcntl(open("scratch", O_RDONLY | O_DIRECTORY), F_DUPFD, 20);
    int socket = fcntl(pair[0], F_DUPFD, 20);
    // The other end stays open: what is sent has somewhere to go.
    int other = fcntl(pair[1], F_DUPFD, 20);
    if (file < 0 || scratch < 0 || socket < 0 || other < 0) return 0;
    return dup2(socket, control) >= 0 && dup2(file, canary) >= 0 && dup2(scratch, 5) >= 0 &&
           chdir("scratch") == 0;
}

/// Has a child do one thing and gives its exit code, below 0 for a signal.
static int in_child(int (*deed)(int, int (*)(int), const char *), int index, int (*confine)(int),
                    const char *directory) {
    pid_t child = fork();
    if (child == 0) _exit(deed(index, confine, directory));
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child) return 255;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int tries_in_directory(int index, int (*confine)(int), const char *directory) {
    if (chdir(directory) != 0 || !lays_out()) return 255;
    if (confine != NULL && !confine(5)) return 255;
    return try_it(index);
}

static int removes(int index, int (*confine)(int), const char *directory) {
    (void)index;
    (void)confine;
    execl("/bin/rm", "rm", "-rf", directory, (char *)NULL);
    return 255;
}

int probes_run(int index, int (*confine)(int scratch)) {
    char directory[] = "/tmp/sandbox-probe.XXXXXX";
    if (mkdtemp(directory) == NULL) return -1000;
    int result = in_child(tries_in_directory, index, confine, directory);
    (void)in_child(removes, index, NULL, directory);
    return result == 255 ? -1000 : result;
}

const char *probes_error_name(int code) {
    const char *name = strerrorname_np(code);
    return name == NULL ? "?" : name;
}
