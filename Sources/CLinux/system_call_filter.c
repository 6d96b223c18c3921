// seccomp: which system calls a process may still make, whatever code runs in it.
//
// Plain BPF instead of libseccomp: one table, no library that must fit the kernel, and nothing that
// could fail halfway. The table was found by tracing every kind of output (strace), and says of
// what is missing that it does not exist, so that libraries take their fallbacks.
// https://docs.kernel.org/userspace-api/seccomp_filter.html
#define _GNU_SOURCE
#include "confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "the numbers of this architecture's system calls have not been looked at"
#endif

#define REFUSE(code) (SECCOMP_RET_ERRNO | (code))
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
// What pthread_create of glibc asks for. A process of its own or a namespace is something else.
#define THREAD_FLAGS                                                                              \
    (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |          \
     CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

/// Work on memory, threads, time and open descriptors, and on files as far as Landlock lets them be
/// opened.
static const int allowed[] = {
    // Memory. mmap and mprotect: below.
    SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise, SYS_msync, SYS_get_mempolicy, SYS_set_mempolicy,
    // Threads. clone: below.
    SYS_futex, SYS_set_robust_list, SYS_rseq, SYS_membarrier, SYS_exit, SYS_exit_group,
    SYS_sched_yield, SYS_sched_getaffinity, SYS_sched_getparam, SYS_sched_getscheduler,
    SYS_sched_getattr, SYS_sched_get_priority_min, SYS_sched_get_priority_max, SYS_getpriority, SYS_getcpu,
    // Signals to itself.
    SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_restart_syscall,
    // Time.
    SYS_clock_gettime, SYS_clock_getres, SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday,
    // What one is.
    SYS_getpid, SYS_gettid, SYS_getppid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid,
    SYS_getrusage, SYS_times, SYS_sysinfo, SYS_uname, SYS_getrandom, SYS_getcwd, SYS_umask,
    // Open descriptors. fcntl, ioctl, sendto: below.
    SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_preadv, SYS_pwritev,
    SYS_lseek, SYS_close, SYS_dup, SYS_dup3, SYS_pipe2, SYS_eventfd2, SYS_ppoll, SYS_recvfrom,
    SYS_sendfile, SYS_copy_file_range, SYS_fstat, SYS_fstatfs, SYS_ftruncate, SYS_fallocate,
    SYS_fsync, SYS_fdatasync, SYS_sync_file_range, SYS_fadvise64, SYS_getdents64,
    // Files, inside what Landlock leaves.
    SYS_openat, SYS_newfstatat, SYS_statx, SYS_faccessat, SYS_faccessat2, SYS_readlinkat,
    SYS_mkdirat, SYS_unlinkat, SYS_renameat, SYS_renameat2,
#if defined(__x86_64__)
    // What glibc still calls by its old name there.
    SYS_open, SYS_stat, SYS_lstat, SYS_access, SYS_readlink, SYS_unlink, SYS_poll, SYS_dup2,
    SYS_time,
#endif
};

/// No decoder or encoder ever asks for these: who does was taken over.
static const int dangerous[] = {
    SYS_execve, SYS_execveat,
    // The network, and every other kind of socket.
    SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept, SYS_accept4,
    SYS_sendmsg, SYS_sendmmsg,
    // Other processes.
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_process_madvise, SYS_pidfd_open,
    SYS_pidfd_getfd, SYS_pidfd_send_signal, SYS_kcmp,
    // Large parts of the kernel that a decoder has no use for.
    SYS_bpf, SYS_perf_event_open, SYS_userfaultfd, SYS_io_uring_setup, SYS_io_uring_enter,
    SYS_io_uring_register, SYS_keyctl, SYS_add_key, SYS_request_key, SYS_memfd_create,
    SYS_personality, SYS_fanotify_init,
    // Another view of the machine.
    SYS_mount, SYS_umount2, SYS_move_mount, SYS_open_tree, SYS_fsopen, SYS_fspick, SYS_fsmount,
    SYS_fsconfig, SYS_mount_setattr, SYS_pivot_root, SYS_chroot, SYS_unshare, SYS_setns,
    SYS_open_by_handle_at, SYS_name_to_handle_at, SYS_mknodat,
    // Another user, the machine itself.
    SYS_setuid, SYS_setgid, SYS_setreuid, SYS_setregid, SYS_setresuid, SYS_setresgid, SYS_setfsuid,
    SYS_setfsgid, SYS_setgroups, SYS_capset, SYS_init_module, SYS_finit_module, SYS_delete_module,
    SYS_kexec_load, SYS_reboot, SYS_swapon, SYS_swapoff, SYS_acct, SYS_quotactl, SYS_syslog,
    SYS_settimeofday, SYS_clock_settime, SYS_adjtimex, SYS_clock_adjtime, SYS_sethostname,
    SYS_setdomainname, SYS_vhangup,
#if defined(__x86_64__)
    SYS_fork, SYS_mknod, SYS_modify_ldt, SYS_iopl, SYS_ioperm,
#endif
};

/// What is answered to one call.
struct rule {
    int number;
    enum { always, if_one_of, if_none_of, if_null } condition;
    /// Which argument the condition is about; its lower half, as all of these are ints.
    int argument;
    /// For `if_one_of` the values, for `if_none_of` one mask of bits.
    const uint32_t *values;
    size_t count;
    /// The answer when the condition holds, and when it does not.
    uint32_t action, otherwise;
};

struct program {
    struct rule rules[256];
    size_t rule_count;
    struct sock_filter code[2048];
    unsigned short length;
};

static void emit(struct program *program, uint16_t code, uint8_t yes, uint8_t no, uint32_t value) {
    program->code[program->length++] = (struct sock_filter){code, yes, no, value};
}

static void load(struct program *program, size_t offset) {
    emit(program, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offset);
}

static void answer(struct program *program, uint32_t action) {
    emit(program, BPF_RET | BPF_K, 0, 0, action);
}

/// `action` if the loaded value is `value`.
static void answer_if(struct program *program, uint32_t value, uint32_t action) {
    emit(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, value);
    answer(program, action);
}

/// Answers if the call is the rule's; goes on behind it if not.
static void emit_rule(struct program *program, const struct rule *rule) {
    emit(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 0, (uint32_t)rule->number);
    unsigned short start = program->length;
    // Both architectures are little-endian: the lower half comes first.
    size_t offset = offsetof(struct seccomp_data, args) + 8 * (size_t)rule->argument;
    if (rule->condition != always) load(program, offset);
    switch (rule->condition) {
    case always:
        answer(program, rule->action);
        break;
    case if_one_of:
        for (size_t i = 0; i < rule->count; i++) answer_if(program, rule->values[i], rule->action);
        answer(program, rule->otherwise);
        break;
    case if_none_of:
        emit(program, BPF_JMP | BPF_JSET | BPF_K, 0, 1, rule->values[0]);
        answer(program, rule->otherwise);
        answer(program, rule->action);
        break;
    case if_null:
        emit(program, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0);
        answer(program, rule->otherwise);
        load(program, offset + 4);
        answer_if(program, 0, rule->action);
        answer(program, rule->otherwise);
        break;
    }
    program->code[start - 1].jf = (uint8_t)(program->length - start);
}

/// A search tree over sorted rules. The kernel tries every number when a filter is added, to find
/// those that need no filter at all: through a list of two hundred that took a millisecond.
static void emit_tree(struct program *program, const struct rule *rules, size_t count) {
    if (count <= 4) {
        for (size_t i = 0; i < count; i++) emit_rule(program, &rules[i]);
        answer(program, REFUSE(ENOSYS));
        return;
    }
    size_t half = count / 2;
    emit(program, BPF_JMP | BPF_JGE | BPF_K, 0, 1, (uint32_t)rules[half].number);
    emit(program, BPF_JMP | BPF_JA, 0, 0, 0);
    unsigned short jump = program->length;
    emit_tree(program, rules, half);
    program->code[jump - 1].k = (uint32_t)(program->length - jump);
    emit_tree(program, rules + half, count - half);
}

static void add(struct program *program, struct rule rule) {
    program->rules[program->rule_count++] = rule;
}

static void add_answer(struct program *program, int number, uint32_t action) {
    add(program, (struct rule){.number = number, .condition = always, .action = action});
}

static void refuse(struct program *program, int number, int code) {
    add_answer(program, number, REFUSE((uint32_t)code));
}

static void allow_values(struct program *program, int number, int argument, const uint32_t *values,
                         size_t count) {
    add(program, (struct rule){number, if_one_of, argument, values, count, SECCOMP_RET_ALLOW,
                               REFUSE(EPERM)});
}

static void add_conditions(struct program *program, int is_final) {
    // No code but what was loaded before: nothing becomes executable.
    static const uint32_t executable = PROT_EXEC;
    add(program, (struct rule){SYS_mmap, if_none_of, 2, &executable, 1, SECCOMP_RET_ALLOW,
                               REFUSE(EPERM)});
    add(program, (struct rule){SYS_mprotect, if_none_of, 2, &executable, 1, SECCOMP_RET_ALLOW,
                               REFUSE(EPERM)});
    if (is_final) {
        static const uint32_t thread_flags = THREAD_FLAGS;
        allow_values(program, SYS_clone, 0, &thread_flags, 1);
    } else {
        add_answer(program, SYS_clone, SECCOMP_RET_ALLOW);
        add_answer(program, SYS_wait4, SECCOMP_RET_ALLOW);
        add_answer(program, SYS_seccomp, SECCOMP_RET_ALLOW);
    }
#if defined(__x86_64__)
    add_answer(program, SYS_vfork, is_final ? SECCOMP_RET_KILL_PROCESS : SECCOMP_RET_ALLOW);
#endif
    // Its flags are behind a pointer, which no filter can follow; glibc falls back to clone.
    refuse(program, SYS_clone3, ENOSYS);
    // abort() signals its own thread. Other processes are nobody's business.
    static uint32_t process;
    process = (uint32_t)getpid();
    allow_values(program, SYS_tgkill, 0, &process, 1);
    refuse(program, SYS_kill, EPERM);
    refuse(program, SYS_tkill, EPERM);
    refuse(program, SYS_rt_sigqueueinfo, EPERM);
    refuse(program, SYS_rt_tgsigqueueinfo, EPERM);
    // Limits can be read; the daemon sets them from outside.
    add(program, (struct rule){SYS_prlimit64, if_null, 2, NULL, 0, SECCOMP_RET_ALLOW,
                               REFUSE(EPERM)});
    // Threads may be nicer than others (libvips); an encoder that wants real time when it runs as
    // root (SVT-AV1) goes on without.
    static const uint32_t self = 0;
    allow_values(program, SYS_setpriority, 1, &self, 1);
    allow_values(program, SYS_sched_setaffinity, 0, &self, 1);
    refuse(program, SYS_sched_setscheduler, EPERM);
    refuse(program, SYS_sched_setparam, EPERM);
    refuse(program, SYS_sched_setattr, EPERM);
    // Not F_SETOWN (signals to others), no leases, no locks.
    static const uint32_t commands[] = {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL,
                                        F_SETFL};
    allow_values(program, SYS_fcntl, 1, commands, COUNT(commands));
    refuse(program, SYS_ioctl, ENOTTY);
    static const uint32_t options[] = {PR_SET_NAME, PR_GET_NAME, PR_GET_SECCOMP,
                                       PR_GET_NO_NEW_PRIVS, PR_GET_DUMPABLE};
    allow_values(program, SYS_prctl, 0, options, COUNT(options));
    // To whom the socket is connected, that is the daemon.
    add(program, (struct rule){SYS_sendto, if_null, 4, NULL, 0, SECCOMP_RET_ALLOW, REFUSE(EPERM)});
}

static int by_number(const void *left, const void *right) {
    return ((const struct rule *)left)->number - ((const struct rule *)right)->number;
}

static void build(struct program *program, int is_final) {
    program->rule_count = 0;
    for (size_t i = 0; i < COUNT(allowed); i++)
        add_answer(program, allowed[i], SECCOMP_RET_ALLOW);
    for (size_t i = 0; i < COUNT(dangerous); i++)
        add_answer(program, dangerous[i], is_final ? SECCOMP_RET_KILL_PROCESS : REFUSE(EPERM));
    add_conditions(program, is_final);
    qsort(program->rules, program->rule_count, sizeof program->rules[0], by_number);

    program->length = 0;
    load(program, offsetof(struct seccomp_data, arch));
    emit(program, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, ARCHITECTURE);
    answer(program, SECCOMP_RET_KILL_PROCESS);
    load(program, offsetof(struct seccomp_data, nr));
#if defined(__x86_64__)
    // The x32 calls: the same numbers with a bit on top.
    emit(program, BPF_JMP | BPF_JGE | BPF_K, 0, 1, 0x40000000);
    answer(program, SECCOMP_RET_KILL_PROCESS);
#endif
    emit_tree(program, program->rules, program->rule_count);
}

int clinux_filter_calls(int is_final) {
    static struct program program;
    build(&program, is_final);
    struct sock_fprog filter = {.len = program.length, .filter = program.code};
    // Positive: the thread that could not be taken along.
    long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
    if (result > 0) return EBUSY;
    return result < 0 ? errno : 0;
}
