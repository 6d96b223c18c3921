// What hostile code in a worker would try, one deed per probe. Run by `sandbox-probe`, each in a
// process of its own.
#pragma once

#include <stdint.h>

/// How many probes there are.
int probes_count(void);

/// Its name: "socket.inet.tcp".
const char *probes_name(int index);

/// Whether it is done and harmless when nothing confines it: a test of the probe itself.
int probes_is_possible(int index);

/// Whether the attempt should end the process (SIGSYS); else it should be refused by an error.
int probes_is_deadly(int index);

/// Tries it in a child with a directory of its own: `confine` is given its scratch directory and
/// returns whether it is confined as it shall be; nil tries it without. What was made is removed.
/// - Returns: how it ended: 0 if it could be done, an errno above 0, a signal below, and -1000 when
///   it was never tried.
int probes_run(int index, int (*confine)(int scratch));

/// Makes a system call fail, or lie, for this process and what it executes:
/// `landlock` and `seccomp` are not there; `landlock-lie` and `seccomp-lie` say that they did.
/// 0, or -1 for an unknown name and where it cannot be done.
int probes_break(const char *layer);

/// The name of an errno: "EACCES".
const char *probes_error_name(int code);
