#define _GNU_SOURCE
#include "clinux.h"

#include <errno.h>
#include <linux/fs.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <sys/sysinfo.h>
#include <sys/xattr.h>
#include <unistd.h>

int clinux_openat(int directory, const char *path, int flags, mode_t mode) {
    return openat(directory, path, flags | O_CLOEXEC, mode);
}

int clinux_rename_noreplace(int from, const char *old_name, int to, const char *new_name) {
    if (renameat2(from, old_name, to, new_name, RENAME_NOREPLACE) == 0) return 0;
    if (errno != EINVAL && errno != ENOSYS) return -1;
    if (linkat(from, old_name, to, new_name, 0) != 0) return -1;
    return unlinkat(from, old_name, 0);
}

void clinux_limit_arenas(int count) { mallopt(M_ARENA_MAX, count); }

void clinux_trim_memory(void) { malloc_trim(0); }

int clinux_reflink(int target, int source) { return ioctl(target, FICLONE, source); }

int clinux_start_writeback(int descriptor) {
    return sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
}

const char *clinux_dirent_name(const struct dirent *entry) { return entry->d_name; }

int clinux_has_writer(int descriptor) {
    // Should somebody open the file for writing while the lease stands, the kernel sends SIGIO,
    // whose default is to end the process. Nothing here uses SIGIO, so it is ignored for good.
    signal(SIGIO, SIG_IGN);
    if (fcntl(descriptor, F_SETLEASE, F_RDLCK) == 0) {
        fcntl(descriptor, F_SETLEASE, F_UNLCK);
        return 0;
    }
    return errno == EAGAIN ? 1 : -1;
}

int clinux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int clinux_free_space(
    int descriptor, uint64_t *total_bytes, uint64_t *available_bytes, uint64_t *available_inodes) {
    struct statvfs status;
    if (fstatvfs(descriptor, &status) != 0) return -1;
    *total_bytes = (uint64_t)status.f_blocks * status.f_frsize;
    *available_bytes = (uint64_t)status.f_bavail * status.f_frsize;
    // Some file systems (btrfs) count no inodes and say 0 of 0.
    *available_inodes = status.f_files == 0 ? UINT64_MAX : (uint64_t)status.f_favail;
    return 0;
}

int64_t clinux_modified_nanoseconds(const struct stat *status) {
    return (int64_t)status->st_mtim.tv_sec * 1000000000 + status->st_mtim.tv_nsec;
}

int64_t clinux_changed_nanoseconds(const struct stat *status) {
    return (int64_t)status->st_ctim.tv_sec * 1000000000 + status->st_ctim.tv_nsec;
}

int clinux_memory(int64_t *total, int64_t *unused) {
    struct sysinfo info;
    if (sysinfo(&info) != 0) return -1;
    *total = (int64_t)info.totalram * info.mem_unit;
    *unused = (int64_t)(info.freeram + info.bufferram) * info.mem_unit;
    return 0;
}

int clinux_has_attribute(const char *path, const char *name, const char *value) {
    char found[64];
    ssize_t length = getxattr(path, name, found, sizeof found);
    return length == (ssize_t)strlen(value) && memcmp(found, value, (size_t)length) == 0;
}
