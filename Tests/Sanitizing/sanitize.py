#!/usr/bin/env python3
"""Gives damaged uploads to the worker's engine, built with a sanitizer: one process for each.

Usage: sanitize.py [--sanitizer address|thread] [--count N] [--seed N] [--only N,…] [--corpus DIRECTORY]
                   [--whole | --zzuf | --files DIRECTORY] [--jobs N]

Nothing of this belongs to the product: the engine is built a second time in a package of its own, in
.build/sanitizing-address or -thread. There is no sandbox around it, as a sanitizer needs what that
takes away. It is given what `test_mutants.py` makes: damaged, or with `--whole` as it is. The sanitizer
sees all of our code; of the libraries, which Debian has built, it sees their memory and locks, and
what they do through the C library. Exits 0 when no process died of a trap, a signal, a finding or ten
minutes of processor time.
"""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "Tests" / "SystemTests"), str(ROOT / "Benchmarks")]

import reduced_package  # noqa: E402
import test_mutants  # noqa: E402

REDUCTION = """
package.targets += [
    .executableTarget(
        name: "Sanitizing", dependencies: ["Transcoding", "Planning", "MediaModel"],
        path: "Tests/Sanitizing", exclude: ["sanitize.py", "thread-suppressions.txt"],
        swiftSettings: [.swiftLanguageMode(.v6)]),
]
""" + reduced_package.keeping("Sanitizing")

FOUND = 99
# Of processor time for one upload: sanitizers make decoders several times as slow.
MINUTES = 10
# Free memory is held back for a while, so that what is used after it is seen; an allocation that is
# refused is an answer, as it is in a worker with a limit.
OPTIONS = {
    "address": {
        "ASAN_OPTIONS": f"exitcode={FOUND}:detect_leaks=0:allocator_may_return_null=1"
                        ":quarantine_size_mb=64:max_allocation_size_mb=4096:detect_stack_use_after_return=0"},
    "thread": {
        "TSAN_OPTIONS": f"exitcode={FOUND}:halt_on_error=0:second_deadlock_stack=1:suppressions="
                        + str(ROOT / "Tests" / "Sanitizing" / "thread-suppressions.txt")},
}


def build(sanitizer):
    place = ROOT / ".build" / f"sanitizing-{sanitizer}"
    reduced_package.make(place, REDUCTION)
    command = ["swift", "build", "--package-path", str(place), "--sanitize", sanitizer]
    subprocess.run([*command, "--product", "Sanitizing"], check=True, stdin=subprocess.DEVNULL)
    bin_path = subprocess.run(
        [*command, "--show-bin-path"], check=True, stdin=subprocess.DEVNULL, capture_output=True,
        text=True).stdout.strip()
    return pathlib.Path(bin_path) / "Sanitizing"


def environment(options):
    return os.environ | OPTIONS[options.sanitizer] | {"SWIFT_BACKTRACE": "enable=no"}


def one(program, options, name, data, kept):
    """The word for how an upload ended, and what is wrong with that."""
    with tempfile.TemporaryDirectory(prefix="vitrine-sanitizing-") as place:
        file = pathlib.Path(place) / name
        file.write_bytes(data)
        scratch = pathlib.Path(place) / "scratch"
        scratch.mkdir()
        # Processor time, as a busy machine is no hang; what waits for ever is one, too.
        limited = ["prlimit", f"--cpu={MINUTES * 60}", "timeout", "-s", "KILL", str(6 * MINUTES * 60)]
        ended = subprocess.run(
            [*limited, program, file, scratch], env=environment(options), stdin=subprocess.DEVNULL,
            capture_output=True, check=False)
    status, output = ended.returncode, ended.stdout + ended.stderr
    if status == 0:
        words = ended.stdout.decode(errors="replace").split()
        return (words[-2] if words[-2:-1] == ["made"] else " ".join(words[-2:])), None
    kept.mkdir(parents=True, exist_ok=True)
    (kept / name).write_bytes(data)
    (kept / (name + ".log")).write_bytes(output)
    lines = output.decode(errors="replace").splitlines()
    said = next((line for line in lines if "ERROR" in line or "WARNING" in line or "Fatal" in line), "")
    return f"ended with {status}", f"{said.strip()}\n    see {kept / (name + '.log')}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sanitizer", choices=sorted(OPTIONS), default="address")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--zzuf", action="store_true", help="mutants by zzuf")
    how.add_argument("--files", type=pathlib.Path, help="a directory's files as they are")
    how.add_argument("--whole", action="store_true", help="the originals as they are")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="numbers of mutants, comma-separated")
    parser.add_argument("--corpus")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once (2)")
    options = parser.parse_args()
    options.cuts = False
    program = build(options.sanitizer)
    kept = program.parents[3] / "findings"
    mistake = subprocess.run(
        [program, "--mistake"], env=environment(options), stdin=subprocess.DEVNULL,
        capture_output=True, check=False)
    if mistake.returncode != FOUND:
        sys.exit(f"sanitizing: a mistake made on purpose is not found: {mistake.stderr!r}")
    if options.files:
        sources = [(file.name, file.read_bytes()) for file in sorted(options.files.iterdir())
                   if file.is_file()]
    else:
        with tempfile.TemporaryDirectory() as made:
            sources = test_mutants.originals(pathlib.Path(made), options.corpus)
    whole = options.files or options.whole
    count = len(sources) if whole else options.count
    numbers = [int(n) for n in options.only.split(",")] if options.only else range(count)
    way = "--whole " if options.whole else test_mutants.way(options)
    print(f"sanitizing: {len(numbers)} uploads, {way}--sanitizer {options.sanitizer} "
          f"--seed {options.seed}", flush=True)

    def run(number):
        name, data = sources[number] if whole else test_mutants.made_of(options, number, sources)
        return one(program, options, f"m{number:06}-{name}", data, kept)

    ends, problems = collections.Counter(), 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for number, (end, problem) in zip(numbers, pool.map(run, numbers)):
            ends[end] += 1
            if problem:
                problems += 1
                print(f"{end}: {problem}\n    {way}--only {number} --seed {options.seed} "
                      f"--sanitizer {options.sanitizer}", flush=True)
    for end, times in ends.most_common():
        print(f"  {times:6} {end}")
    print(f"sanitizing: {problems} problems")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
