// A library that is loaded before the C library into a daemon under test, and lets one of its calls
// to a disk fail, be cut short, or be its last. Tests/FAULTS.md says how one is chosen.
//
// FAILING_CALLS_BELOW   counts what happens to files below this directory, and nothing else
// FAILING_CALLS_COUNT   a file of 8 bytes that is mapped and holds the number so far
// FAILING_CALLS_ORDER   37=ENOSPC: the 37th call, or the first one after it that can fail so. Also
//                       EIO, EDQUOT, EMFILE; short (half of a write is done); kill (before the call);
//                       unreadable (EIO for the first read after it); shortread (half of that is read)
//
// A process that is started with another environment, as workers are, has none of this.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

// What a call does, which decides how it can fail.
enum kind { opens = 1, creates = 2, fills = 4, names = 8, syncs = 16, removes = 32, reads = 64 };

static char below[4096];
static size_t below_length;
static _Atomic uint64_t unmapped;
static _Atomic uint64_t *count = &unmapped;
static uint64_t ordered; // 0 = none
static char wanted[16];
static int kinds; // which the order can let fail
static int number; // errno
static atomic_flag done = ATOMIC_FLAG_INIT;

__attribute__((constructor)) static void begin(void) {
    const char *directory = getenv("FAILING_CALLS_BELOW");
    if (directory == NULL || strlen(directory) >= sizeof below) return;
    const char *counter = getenv("FAILING_CALLS_COUNT");
    if (counter != NULL) {
        int file = (int)syscall(SYS_openat, AT_FDCWD, counter, O_RDWR | O_CLOEXEC, 0);
        if (file >= 0) {
            void *page = mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
            if (page != MAP_FAILED) count = page;
            syscall(SYS_close, file);
        }
    }
    const char *order = getenv("FAILING_CALLS_ORDER");
    if (order != NULL && sscanf(order, "%lu=%15s", &ordered, wanted) == 2) {
        if (strcmp(wanted, "EIO") == 0) {
            number = EIO;
            kinds = opens | creates | fills | names | syncs | removes;
        } else if (strcmp(wanted, "ENOSPC") == 0) {
            number = ENOSPC;
            kinds = creates | fills | names | syncs;
        } else if (strcmp(wanted, "EDQUOT") == 0) {
            number = EDQUOT;
            kinds = creates | fills | names | syncs;
        } else if (strcmp(wanted, "EMFILE") == 0) {
            number = EMFILE;
            kinds = opens;
        } else if (strcmp(wanted, "short") == 0) {
            kinds = fills;
        } else if (strcmp(wanted, "unreadable") == 0) {
            number = EIO;
            kinds = reads;
        } else if (strcmp(wanted, "shortread") == 0) {
            kinds = reads;
        } else if (strcmp(wanted, "kill") == 0) {
            kinds = ~reads;
        } else {
            abort();
        }
    }
    below_length = strlen(directory);
    memcpy(below, directory, below_length + 1);
}

static int is_below(const char *path) {
    return below_length > 0 && strncmp(path, below, below_length) == 0 &&
           (path[below_length] == '/' || path[below_length] == 0);
}

// Where a descriptor leads; empty when that is nowhere.
static void path_of(int descriptor, char *path, size_t size) {
    char link[64];
    path[0] = 0;
    if (descriptor == AT_FDCWD) {
        snprintf(link, sizeof link, "/proc/self/cwd");
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    }
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, size - 1);
    path[length > 0 ? length : 0] = 0;
}

// -1 with errno: the call is to fail so. 1: a write is to be cut short. 0: it is to happen.
static int reach(const char *call, int what, const char *path, int is_counted) {
    if (!is_below(path)) return 0;
    uint64_t now = is_counted ? atomic_fetch_add(count, 1) + 1 : atomic_load(count);
    if (ordered == 0 || now < ordered || (kinds & what) == 0) return 0;
    if (atomic_flag_test_and_set(&done)) return 0;
    char line[4400];
    int length = snprintf(line, sizeof line, "failing call %lu: %s %s: %s\n", now, call,
                          path + below_length, wanted);
    syscall(SYS_write, STDERR_FILENO, line, length);
    if (kinds == ~reads) {
        syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
        for (;;) pause();
    }
    if (number == 0) return 1;
    errno = number;
    return -1;
}

static int reach_descriptor(const char *call, int what, int descriptor) {
    if (below_length == 0 || (what == reads && (kinds & reads) == 0)) return 0;
    int before = errno;
    char path[4096];
    path_of(descriptor, path, sizeof path);
    int result = reach(call, what, path, what != reads);
    if (result >= 0) errno = before;
    return result;
}

static int reach_name(const char *call, int what, int directory, const char *name,
                      int is_counted) {
    if (below_length == 0 || name == NULL) return 0;
    int before = errno;
    char path[8300];
    if (name[0] == '/') {
        snprintf(path, sizeof path, "%s", name);
    } else {
        path_of(directory, path, 4096);
        size_t length = strlen(path);
        snprintf(path + length, sizeof path - length, "/%s", name);
    }
    int result = reach(call, what, path, is_counted);
    if (result >= 0) errno = before;
    return result;
}

// Opening and making.

static int open_below(int directory, const char *path, int flags, mode_t mode) {
    int makes = (flags & (O_CREAT | O_TRUNC)) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
    if (reach_name("open", opens | (makes ? creates : 0), directory, path, makes) < 0) return -1;
    return (int)syscall(SYS_openat, directory, path, flags, mode);
}

#define MODE(last)                                                                                \
    mode_t mode = 0;                                                                              \
    if ((flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE) {                             \
        va_list more;                                                                             \
        va_start(more, last);                                                                     \
        mode = va_arg(more, mode_t);                                                              \
        va_end(more);                                                                             \
    }

int open(const char *path, int flags, ...) {
    MODE(flags)
    return open_below(AT_FDCWD, path, flags, mode);
}
int open64(const char *path, int flags, ...) {
    MODE(flags)
    return open_below(AT_FDCWD, path, flags, mode);
}
int openat(int directory, const char *path, int flags, ...) {
    MODE(flags)
    return open_below(directory, path, flags, mode);
}
int openat64(int directory, const char *path, int flags, ...) {
    MODE(flags)
    return open_below(directory, path, flags, mode);
}
int mkdirat(int directory, const char *path, mode_t mode) {
    if (reach_name("mkdir", creates, directory, path, 1) < 0) return -1;
    return (int)syscall(SYS_mkdirat, directory, path, mode);
}
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }
int linkat(int from, const char *old, int to, const char *new, int flags) {
    if (reach_name("link", names | creates, to, new, 1) < 0) return -1;
    return (int)syscall(SYS_linkat, from, old, to, new, flags);
}
int link(const char *old, const char *new) { return linkat(AT_FDCWD, old, AT_FDCWD, new, 0); }
int renameat2(int from, const char *old, int to, const char *new, unsigned flags) {
    if (reach_name("rename", names, to, new, 1) < 0) return -1;
    return (int)syscall(SYS_renameat2, from, old, to, new, flags);
}
int renameat(int from, const char *old, int to, const char *new) {
    return renameat2(from, old, to, new, 0);
}
int rename(const char *old, const char *new) {
    return renameat2(AT_FDCWD, old, AT_FDCWD, new, 0);
}

// Filling.

static size_t half(size_t size) { return size > 1 ? size / 2 : size; }

ssize_t write(int file, const void *bytes, size_t size) {
    int found = reach_descriptor("write", fills, file);
    if (found < 0) return -1;
    return syscall(SYS_write, file, bytes, found > 0 ? half(size) : size);
}
ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) {
    int found = reach_descriptor("pwrite", fills, file);
    if (found < 0) return -1;
    return syscall(SYS_pwrite64, file, bytes, found > 0 ? half(size) : size, offset);
}
ssize_t pwrite64(int file, const void *bytes, size_t size, off_t offset) {
    return pwrite(file, bytes, size, offset);
}
ssize_t writev(int file, const struct iovec *pieces, int pieces_count) {
    int found = reach_descriptor("writev", fills, file);
    if (found < 0) return -1;
    return syscall(SYS_writev, file, pieces, found > 0 ? 1 : pieces_count);
}
ssize_t copy_file_range(int from, off_t *from_offset, int to, off_t *to_offset, size_t size,
                        unsigned flags) {
    int found = reach_descriptor("copy_file_range", fills, to);
    if (found < 0) return -1;
    return syscall(SYS_copy_file_range, from, from_offset, to, to_offset,
                   found > 0 ? half(size) : size, flags);
}
ssize_t sendfile(int to, int from, off_t *offset, size_t size) {
    int found = reach_descriptor("sendfile", fills, to);
    if (found < 0) return -1;
    return syscall(SYS_sendfile, to, from, offset, found > 0 ? half(size) : size);
}
int ioctl(int file, unsigned long request, ...) {
    va_list more;
    va_start(more, request);
    void *argument = va_arg(more, void *);
    va_end(more);
    if (request == FICLONE && reach_descriptor("FICLONE", creates, file) < 0) return -1;
    return (int)syscall(SYS_ioctl, file, request, argument);
}
int ftruncate(int file, off_t size) {
    if (reach_descriptor("ftruncate", creates, file) < 0) return -1;
    return (int)syscall(SYS_ftruncate, file, size);
}
int ftruncate64(int file, off_t size) { return ftruncate(file, size); }

// Reading.

ssize_t read(int file, void *bytes, size_t size) {
    int found = reach_descriptor("read", reads, file);
    if (found < 0) return -1;
    return syscall(SYS_read, file, bytes, found > 0 ? half(size) : size);
}
ssize_t pread(int file, void *bytes, size_t size, off_t offset) {
    int found = reach_descriptor("pread", reads, file);
    if (found < 0) return -1;
    return syscall(SYS_pread64, file, bytes, found > 0 ? half(size) : size, offset);
}
ssize_t pread64(int file, void *bytes, size_t size, off_t offset) {
    return pread(file, bytes, size, offset);
}

// Syncing.

int fsync(int file) {
    if (reach_descriptor("fsync", syncs, file) < 0) return -1;
    return (int)syscall(SYS_fsync, file);
}
int fdatasync(int file) {
    if (reach_descriptor("fdatasync", syncs, file) < 0) return -1;
    return (int)syscall(SYS_fdatasync, file);
}
int fchmod(int file, mode_t mode) {
    if (reach_descriptor("fchmod", removes, file) < 0) return -1;
    return (int)syscall(SYS_fchmod, file, mode);
}

// Removing.

int unlinkat(int directory, const char *path, int flags) {
    if (reach_name("unlink", removes, directory, path, 1) < 0) return -1;
    return (int)syscall(SYS_unlinkat, directory, path, flags);
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
