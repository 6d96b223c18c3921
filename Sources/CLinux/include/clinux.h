// Small C for the Linux calls that Swift cannot import: variadic functions, macros that compute,
// and structures with flexible or anonymous members.
#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/// openat(2), which is variadic. Always close-on-exec.
int clinux_openat(int directory, const char *path, int flags, mode_t mode);

/// renameat2(2) with RENAME_NOREPLACE: fails with EEXIST instead of replacing. Falls back to
/// linkat + unlinkat for file systems that answer EINVAL (regular files only).
int clinux_rename_noreplace(int from, const char *old_name, int to, const char *new_name);

/// ioctl(FICLONE): shares the extents of `source` with `target`. -1 where that is not possible.
int clinux_reflink(int target, int source);

/// sync_file_range(SYNC_FILE_RANGE_WRITE): starts writing to the disk without waiting. A hint.
int clinux_start_writeback(int descriptor);

/// The name of a directory entry: d_name is an array inside a structure of no fixed size.
const char *clinux_dirent_name(const struct dirent *entry);

/// Whether another process has the file open for writing: 1 yes, 0 no, -1 cannot be known here
/// (not our file, or a file system without leases). Takes and gives back a read lease.
int clinux_has_writer(int descriptor);

/// Has malloc keep what is freed in at most so many places, which threads share; glibc's own limit is
/// eight for each core. Before the first thread.
void clinux_limit_arenas(int count);

/// Gives back to the kernel what was freed. Milliseconds for a hundred megabytes.
void clinux_trim_memory(void);

/// eventfd(2), close-on-exec and non-blocking: its flags are an anonymous enumeration.
int clinux_eventfd(void);

/// statvfs(3) in three numbers. `available` is what an unprivileged process may still use.
int clinux_free_space(
    int descriptor, uint64_t *total_bytes, uint64_t *available_bytes, uint64_t *available_inodes);

/// Modification and change time of a stat result, in nanoseconds since 1970: st_mtim is a macro.
int64_t clinux_modified_nanoseconds(const struct stat *status);
int64_t clinux_changed_nanoseconds(const struct stat *status);

/// The machine's memory, in bytes, and what of it nobody uses. sysinfo(2), which Glibc's module lacks;
/// -1 and errno when it fails.
int clinux_memory(int64_t *total, int64_t *unused);

/// Whether a file has an extended attribute of exactly this value: getxattr(2), which Glibc's module
/// lacks. 1 yes, 0 no, or it cannot be read.
int clinux_has_attribute(const char *path, const char *name, const char *value);
