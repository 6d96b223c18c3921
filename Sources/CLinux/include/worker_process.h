#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// Starts a worker: standard input and output on /dev/null, `error_fd` as standard error,
/// `control_fd` as descriptor 3, every other descriptor closed, own process group, default
/// signals. posix_spawn and not fork: the daemon has threads.
///
/// - Returns: 0, or an errno. On success `*pid` is the worker and its process group.
int clinux_spawn_worker(const char *path, char *const argv[], char *const envp[], int control_fd,
                        int error_fd, pid_t *pid);

/// Makes a worker of this process, which must have one thread: returns 0 in the worker, which has
/// `control_fd` as descriptor 3 and `error_fd` as standard error, copies of what else is open here,
/// and a process group of its own. Here: its process, or -errno.
///
/// The worker is this process' sibling (CLONE_PARENT): a child of whoever started this one, who can
/// wait for it and gets its usage. Both descriptors stay the caller's. Handlers that libraries have
/// registered for fork() do not run.
pid_t clinux_fork_worker(int control_fd, int error_fd);

/// 1 when `pid` is a child of this process that nobody has waited for.
int clinux_is_child(pid_t pid);

/// The name that ps and the kernel's log show for this process: 15 bytes at most.
void clinux_name_process(const char *name);

/// Sends `count` (at most 8) descriptors with one byte over a Unix socket. 0, or an errno.
int clinux_send_descriptors(int socket_fd, const int *descriptors, int count);

/// Receives at most `capacity` (at most 8) descriptors, close-on-exec, with their byte.
/// Returns how many came, or -errno; 0 when the peer has closed or sent none.
int clinux_receive_descriptors(int socket_fd, int *descriptors, int capacity);

/// Sets soft and hard limits of a process from outside; negative values leave a limit alone.
/// 0, or an errno.
int clinux_limit_process(pid_t pid, int64_t address_space, int64_t cpu_seconds, int64_t file_size);

/// Lowers this process' own limits; negative values leave a limit alone. `threads` is the kernel's
/// count of all threads of the user, and counts nothing for root. 0, or an errno.
int clinux_limit_self(int64_t address_space, int64_t file_size, int64_t descriptors,
                      int64_t threads);

/// PR_SET_NO_NEW_PRIVS, PR_SET_DUMPABLE 0, core size 0, no handlers for crashes. 0, or an errno.
int clinux_give_up_privileges(void);

/// Waits for one child. Fills the wait status and its processor time, user + system, in
/// microseconds, and its peak resident size in KiB. Returns the pid, or -errno.
int clinux_wait(pid_t pid, int *status, int64_t *cpu_microseconds, int64_t *peak_kib);

/// 1 if the status is a normal exit, and its code; 0 and its signal if it was killed.
int clinux_exited(int status, int *code_or_signal);

/// This process' processor time (all threads), in microseconds, and peak resident size in KiB.
void clinux_self_usage(int64_t *cpu_microseconds, int64_t *peak_kib);

/// Processor time of a process so far, user + system of all its threads, in nanoseconds; -1 when it
/// is not there any more. Not from /proc, where a process that is not dumpable is hidden from its own
/// user when other users' processes are (hidepid, systemd's ProtectProc=invisible).
int64_t clinux_process_time(pid_t pid);

/// pidfd_open(2), close-on-exec: readable when the process has ended. -1 and errno on failure.
int clinux_pidfd_open(pid_t pid);

/// 1 when `fd` has something to read or has ended, waiting at most `timeout_ms` (-1 = for ever)
/// for any of the given descriptors (negative ones are passed over). Returns a bit mask of the
/// positions that are ready; 0 on time-out.
int clinux_poll(const int *descriptors, int count, int timeout_ms);

/// pipe2(2) with close-on-exec, which Swift cannot see. 0, or -1 and errno.
int clinux_pipe(int descriptors[2]);
