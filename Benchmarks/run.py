#!/usr/bin/env python3
"""Measures Vitrine against named baselines, interleaved, as ratios of processor time.

Prints a table and writes .build/bench.json. A missed target is reported, never an error; a row
that cannot be measured is one.
"""

import argparse
import datetime
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile

import films
import intake
import media
import queue_store
import sounds
import stills

ROWS = [1, 7, 11, 12, 14, 17]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, help="directory of vitrined and the others")
    parser.add_argument(
        "--rows", default=",".join(map(str, ROWS)), help="which rows, default %(default)s")
    parser.add_argument(
        "--runs", type=int, help="pairs per row, default 5; row 1: 3, as it takes minutes")
    parser.add_argument("--row14-from", metavar="FILE", help="what JobStoreBenchmark printed")
    parser.add_argument("--out", default=str(media.ROOT / ".build"), help="default .build")
    parser.add_argument("--keep", action="store_true", help="keep what was made")
    options = parser.parse_args()
    try:
        options.rows = [int(row) for row in options.rows.split(",")]
    except ValueError:
        parser.error("--rows takes numbers")
    if unknown := set(options.rows) - set(ROWS):
        parser.error(f"no such row: {sorted(unknown)}; there are {ROWS}")
    if options.runs is not None and options.runs < 1:
        parser.error("--runs takes 1 or more")
    return options


def show(result):
    verdict = "≥" if result["row"] == 14 else "≤"
    print(
        f"{result['row']:>3}  {result['ratio']:>7.2f}  {verdict} {result['target']:<5g} "
        f"{result['runs']:>4}  {result['name']}\n{'':26}against {result['against']}")
    for note in result.get("notes", []):
        print(f"{'':26}{note}")
    sys.stdout.flush()


def main():
    options = arguments()
    # Ended from outside, the daemon that is measured ends too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    out = pathlib.Path(options.out)
    base = out / "bench"
    base.mkdir(parents=True, exist_ok=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix="run-", dir=base))
    runs = options.runs or 5
    measures = {
        1: lambda place: films.ladder(options.bin, place, options.runs or 3),
        7: lambda place: stills.large(options.bin, place, runs),
        11: lambda place: stills.tiny(options.bin, place, runs),
        12: lambda place: intake.latency(options.bin, place, runs),
        14: lambda place: queue_store.throughput(work, options.row14_from),
        17: lambda place: sounds.measured(options.bin, place, runs),
    }
    load = os.getloadavg()[0]
    print(
        f"{datetime.date.today()}, {os.cpu_count()} processors, load {load:.1f}; ratios are medians "
        "of interleaved pairs, below 1 = better (row 14: above)\n\n"
        "row    ratio  target  runs  what")
    results, failed = [], []
    try:
        for row in options.rows:
            place = work / f"row{row}"
            place.mkdir()
            try:
                found = measures[row](place)
            except (RuntimeError, OSError, LookupError, ValueError) as error:
                failed.append(row)
                print(f"{row:>3}  not measured: {error}", flush=True)
                continue
            for result in found:
                result["load"] = load
                show(result)
            results += found
            if not options.keep:
                shutil.rmtree(place, ignore_errors=True)
    finally:
        if not options.keep:
            shutil.rmtree(work, ignore_errors=True)
    (out / "bench.json").write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n")
    print(f"\nalso in {out / 'bench.json'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
