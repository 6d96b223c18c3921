#define _GNU_SOURCE
#include "probes.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

int probes_break(const char *layer) {
    int number;
    uint32_t code;
    if (strcmp(layer, "landlock") == 0) {
        number = SYS_landlock_create_ruleset;
        code = ENOSYS;
    } else if (strcmp(layer, "landlock-lie") == 0) {
        number = SYS_landlock_restrict_self;
        code = 0;
    } else if (strcmp(layer, "seccomp") == 0) {
        number = SYS_seccomp;
        code = EPERM;
    } else if (strcmp(layer, "seccomp-lie") == 0) {
        number = SYS_seccomp;
        code = 0;
    } else {
        return -1;
    }
    struct sock_filter code_of[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | code),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {.len = 4, .filter = code_of};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}
