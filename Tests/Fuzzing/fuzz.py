#!/usr/bin/env python3
"""Gives the parsers that are ours to libFuzzer, each for a while.

Usage: fuzz.py [--seconds N] [--only NAME,…] [--corpus DIRECTORY] [--seed N] [--replay NAME FILE]

Nothing of this belongs to the product: the parsers are built a second time, with libFuzzer's
counters in them, in a package of their own (links to the sources, the project's manifest reduced to
what they need) in .build/fuzzing. What found new ways through the code stays there in corpus/, and
the next run begins with it. Exits 0 when no parser trapped, took more than 10 s or more than 2 GiB;
what made one do so is in .build/fuzzing/findings, to be replayed.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PLACE = ROOT / ".build" / "fuzzing"
sys.path[:0] = [str(ROOT / "Tests" / "SystemTests"), str(ROOT / "Benchmarks")]

import reduced_package  # noqa: E402

REDUCTION = """
package.targets += [
    .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzzing/CLibFuzzer"),
    .executableTarget(
        name: "Fuzzing",
        dependencies: [
            "CLibFuzzer", "FFmpeg", "Transcoding", "Intake", "Pipeline", "Planning", "WorkerProtocol",
            "MediaModel", "TestSupport",
        ],
        path: "Fuzzing",
        // The counters are for the parsers, not for who calls them.
        swiftSettings: [.swiftLanguageMode(.v6), .unsafeFlags(["-parse-as-library"])],
        // GNU gold, which Swift takes by default, stops with an internal error here.
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]),
]
""" + reduced_package.keeping("Fuzzing") + """\
let parsers: Set<String> = [
    "FFmpeg", "Transcoding", "Intake", "Pipeline", "Planning", "WorkerProtocol",
]
for target in package.targets where parsers.contains(target.name) {
    target.swiftSettings = house + [.unsafeFlags(["-sanitize=fuzzer", "-enable-testing"])]
}
"""


SOURCES = [
    "Fuzzing/Entry.swift", "Fuzzing/JSONMutator.swift", "Fuzzing/Parser.swift",
    "PlanningTests/MediaInfo+Random.swift",
]


def build():
    (PLACE / "Fuzzing").mkdir(parents=True, exist_ok=True)
    for name in SOURCES:
        link = PLACE / "Fuzzing" / pathlib.PurePath(name).name
        if not link.is_symlink():
            link.symlink_to(ROOT / "Tests" / name)
    reduced_package.make(PLACE, REDUCTION)
    command = ["swift", "build", "-c", "release", "--package-path", str(PLACE)]
    subprocess.run([*command, "--product", "Fuzzing"], check=True, stdin=subprocess.DEVNULL)
    bin_path = subprocess.run(
        [*command, "--show-bin-path"], check=True, stdin=subprocess.DEVNULL, capture_output=True,
        text=True).stdout.strip()
    return pathlib.Path(bin_path) / "Fuzzing"


def seeds(directory, corpus):
    """The beginnings of small files of every kind: what is parsed here stands there."""
    import test_mutants
    with tempfile.TemporaryDirectory() as made:
        files = test_mutants.originals(pathlib.Path(made), None)
    if corpus:
        files += [
            (file.name, file.read_bytes()[:1 << 16])
            for file in sorted(pathlib.Path(corpus).iterdir()) if file.is_file()]
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in files:
        (directory / name).write_bytes(content[:16_384])


def fuzz(program, name, most, options):
    corpus = PLACE / "corpus" / name
    made = PLACE / "seeds" / name
    for directory in (corpus, made):
        directory.mkdir(parents=True, exist_ok=True)
    subprocess.run([program, name, "--seeds", made], check=True)
    findings = PLACE / "findings"
    findings.mkdir(exist_ok=True)
    before = set(findings.glob(f"{name}-*"))
    command = [
        program, name, f"-max_total_time={options.seconds}", f"-max_len={most}", "-timeout=10",
        "-rss_limit_mb=2048", f"-seed={options.seed}", f"-artifact_prefix={findings}/{name}-",
        "-print_final_stats=1", "-use_value_profile=1", corpus, made]
    if not any(made.iterdir()):
        command.append(PLACE / "seeds" / "files")
    # A trap is libFuzzer's to catch: it keeps the input. Swift tells where it was when that is replayed.
    environment = os.environ | {"SWIFT_BACKTRACE": "enable=no"}
    log = PLACE / f"{name}.log"
    with log.open("wb") as output:
        # Longer only when reading the seeds takes that long.
        ended = subprocess.run(
            command, env=environment, stdout=output, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            timeout=options.seconds + 300, check=False)
    text = log.read_text(errors="replace")
    # A slow input is told and kept, and is no failure of its own.
    found = sorted(
        path for path in set(findings.glob(f"{name}-*")) - before
        if not path.name.startswith(f"{name}-slow-unit-"))
    runs = re.findall(r"stat::number_of_executed_units: (\d+)", text)
    edges = re.findall(r" cov: (\d+)", text)
    return name, ended.returncode, int(runs[-1]) if runs else 0, \
        int(edges[-1]) if edges else 0, found, log


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60, help="for each parser (60)")
    parser.add_argument("--only", default="", help="parsers, by name")
    parser.add_argument("--corpus", help="files to begin with, beside those that are made")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="parsers at once (2)")
    parser.add_argument("--replay", nargs=2, metavar=("NAME", "FILE"))
    options = parser.parse_args()
    program = build()
    if options.replay:
        name, file = options.replay
        sys.exit(subprocess.run([program, name, "-timeout=10", file], check=False).returncode)
    known = [
        line.split() for line in subprocess.run(
            [program, "--list"], check=True, capture_output=True, text=True).stdout.splitlines()]
    chosen = set(filter(None, options.only.split(",")))
    if unknown := chosen - {name for name, _ in known}:
        sys.exit(f"no parser is called {', '.join(sorted(unknown))}; there are "
                 + ", ".join(name for name, _ in known))
    known = [(name, most) for name, most in known if not chosen or name in chosen]
    seeds(PLACE / "seeds" / "files", options.corpus)
    failed = 0
    print(f"{options.seconds} s for each parser, seed {options.seed}", flush=True)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for done in [pool.submit(fuzz, program, name, most, options) for name, most in known]:
            name, status, runs, edges, found, log = done.result()
            bad = bool(status or found or not runs)
            failed += bad
            print(f"{name:16}{runs:>12,} inputs {edges:>7,} edges  "
                  + (f"FAILED, see {log}" if bad else "nothing"), flush=True)
            for path in found:
                print(f"    make fuzz FUZZ='--replay {name} {path}'", flush=True)
    print(f"{len(known) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
