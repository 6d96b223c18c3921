#pragma once

#include <stdint.h>

/// What a confinement came to. Every code is 0 or an errno.
struct clinux_confinement {
    /// Landlock's ABI number; 0 where the kernel has none.
    int32_t landlock_abi;
    /// The file system is closed.
    int32_t files;
    /// The system calls are filtered.
    int32_t calls;
    /// The proof could be run.
    int32_t proof;
    /// What the proof could do all the same, see `clinux_step_name`; 0 = nothing.
    int32_t escaped;
};

/// What a proof tried: "open a file".
const char *clinux_step_name(int32_t step);

/// Closes the file system for this process with Landlock, for good: readable are files below
/// `readable` (missing ones are passed over), writable is the directory `scratch` (-1 = none), and
/// nothing else can be opened, made, removed, executed or, where the kernel knows how, connected
/// to or signalled. Descriptors that are open stay what they are.
///
/// Landlock is a thread's, inherited by those it starts: call before the first thread.
/// - Returns: 0, or an errno. `*abi` is the kernel's Landlock version, 0 for none.
int clinux_close_files(const char *const *readable, int count, int scratch, int32_t *abi);

/// Filters the system calls of every thread of this process, for good. Known ones are let through
/// (some by their arguments), others do not exist (ENOSYS).
///
/// - Parameter is_final: 0 = dangerous calls are refused with EPERM; children can be made for the
///   proof, and a further filter can be added. 1 = dangerous calls end the process by SIGSYS,
///   children and filters are refused.
/// - Returns: 0, or an errno.
int clinux_filter_calls(int is_final);

/// Closes the file system and the system calls of this process in that order, has a child that
/// inherits both try what must be refused, then makes the filter final. A layer that the kernel
/// refuses is left out and said in the result; the caller decides whether to go on.
///
/// The process must have one thread only; with more, nothing is closed and both layers say EBUSY.
/// The working directory becomes `scratch`, unless that is -1.
struct clinux_confinement clinux_confine(const char *const *readable, int count, int scratch);

/// Does `clinux_confine` in a child that then ends, and gives what it came to: whether this
/// process could be confined, while it still is not.
struct clinux_confinement clinux_rehearse(const char *const *readable, int count);
