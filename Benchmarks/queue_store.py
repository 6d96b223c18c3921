"""Row 14: the queue's store against a raw SQLite loop of the same durability.

The measuring is JobStoreSQLiteTests' JobStoreBenchmark. So that it runs optimised without building
every test for release, it is built in a package of its own: links to the sources, and the
project's manifest reduced to that test target and what it needs.
"""

import os
import pathlib
import re
import subprocess

import media
import reduced_package

REDUCTION = reduced_package.keeping("JobStoreSQLiteTests") + """\
// `@testable` is not for release builds unless asked for.
for target in package.targets where target.name == "JobStoreSQLite" {
    target.swiftSettings = house + [.unsafeFlags(["-enable-testing"])]
}
"""


def output(work):
    """What the benchmark prints; `VITRINE_BENCH_ROWS` in the environment chooses other sizes."""
    directory = pathlib.Path(work).parent / "queue-benchmark"
    reduced_package.make(directory, REDUCTION)
    print("row 14: building the store's benchmark for release …", flush=True)
    # A commit per operation waits for the disk three times per job: more rows take very long.
    environment = {"VITRINE_BENCH_ROWS": "1000,10000"} | os.environ | {"VITRINE_BENCH": "1"}
    result = subprocess.run(
        ["swift", "test", "-c", "release", "--package-path", directory, "--disable-xctest",
         "--filter", "JobStoreBenchmark"],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True,
        check=False)
    text = (result.stdout + result.stderr).decode(errors="replace")
    if result.returncode != 0:
        raise RuntimeError("the benchmark did not run: " + " ⏎ ".join(text.splitlines()[-5:]))
    return text


def throughput(work, file=None):
    """Wall time, as the store waits for the disk. `file`: what the benchmark printed elsewhere."""
    text = pathlib.Path(file).read_text() if file else output(work)
    found = re.findall(r"row 14: (\d+) jobs: ratio ([0-9.]+), against batches ([0-9.]+)", text)
    if not found:
        raise RuntimeError("the benchmark printed no ratio")
    rates = {}
    for rows, rate in re.findall(r"row 14: (\d+) jobs: .*, (\d+) jobs/s", text):
        rates.setdefault(rows, []).append(int(rate))
    results = []
    for rows, single, batched in found:
        rate = sorted(rates.get(rows, [0]))[len(rates.get(rows, [0])) // 2]
        results.append({
            "row": 14,
            "name": f"durable enqueue + claim + complete, {int(rows):,} jobs: throughput",
            # The stricter of the two: only beside this loop is 1 the floor.
            "ratio": float(batched),
            "target": 0.7,
            "runs": 5,
            "against": "raw SQLite loop, 64 operations a commit"
            + (f" (from {pathlib.Path(file).name})" if file else ""),
            "notes": [
                f"{rate} jobs/s, 64 callers at once; against a raw loop with a commit for each "
                f"operation: {float(single):.2f}"],
            "jobs": int(rows),
            "ratioAgainstSingleCommits": float(single),
        })
    return results
