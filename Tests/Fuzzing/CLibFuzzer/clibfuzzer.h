/* What libFuzzer's library offers; compiler-rt ships no header for it. LLVM's FuzzerInterface.h. */
#ifndef CLIBFUZZER_H
#define CLIBFUZZER_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*one)(const uint8_t *data, size_t size));

/* libFuzzer's own changes, for a mutator of ours to fall back on; returns the new size. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);

#endif
