// Landlock: which files a process may still open, whatever code runs in it.
// https://docs.kernel.org/userspace-api/landlock.html
#define _GNU_SOURCE
#include "confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Not linux/landlock.h: it is as old as the machine that compiles, and the masks must fit the kernel
// that runs. Numbers as published with each ABI.
struct ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scopes;
};
struct __attribute__((packed)) path_rule {
    uint64_t allowed;
    int32_t directory;
};
enum { create_version = 1, rule_path_beneath = 1 };

#define WRITE_FILE (1ull << 1)
#define READ_FILE (1ull << 2)
#define READ_DIRECTORY (1ull << 3)
#define REMOVE_DIRECTORY (1ull << 4)
#define REMOVE_FILE (1ull << 5)
#define MAKE_DIRECTORY (1ull << 7)
#define MAKE_FILE (1ull << 8)
#define TRUNCATE (1ull << 14)

/// Everything an ABI can refuse, by its number.
static uint64_t all_files(int abi) {
    if (abi >= 5) return (1ull << 16) - 1; // device ioctls
    if (abi >= 3) return (1ull << 15) - 1; // truncation
    if (abi >= 2) return (1ull << 14) - 1; // moving between directories
    return (1ull << 13) - 1;
}

static int allow(int ruleset, int directory, uint64_t access) {
    struct path_rule rule = {.allowed = access, .directory = directory};
    if (syscall(SYS_landlock_add_rule, ruleset, rule_path_beneath, &rule, 0) != 0) return errno;
    return 0;
}

int clinux_close_files(const char *const *readable, int count, int scratch, int32_t *abi) {
    *abi = 0;
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, create_version);
    if (version < 0) return errno;
    *abi = (int32_t)version;
    struct ruleset handled = {
        .files = all_files(*abi),
        // TCP: bind and connect.
        .network = *abi >= 4 ? 3 : 0,
        // Abstract Unix sockets and signals to processes outside.
        .scopes = *abi >= 6 ? 3 : 0,
    };
    size_t size = *abi >= 6 ? sizeof handled : *abi >= 4 ? 16 : 8;
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &handled, size, 0);
    if (ruleset < 0) return errno;
    int result = 0;
    for (int i = 0; i < count && result == 0; i++) {
        int directory = open(readable[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (directory < 0) continue;
        result = allow(ruleset, directory, READ_FILE | READ_DIRECTORY);
        close(directory);
    }
    if (result == 0 && scratch >= 0) {
        uint64_t access = READ_FILE | WRITE_FILE | READ_DIRECTORY | REMOVE_FILE |
                          REMOVE_DIRECTORY | MAKE_FILE | MAKE_DIRECTORY | TRUNCATE;
        result = allow(ruleset, scratch, access & handled.files);
    }
    if (result == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) result = errno;
    close(ruleset);
    return result;
}
