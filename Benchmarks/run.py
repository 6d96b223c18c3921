#!/usr/bin/env python3
"""Measures Vitrine against named baselines, interleaved, as ratios.

Prints a table and writes .build/bench.json. A missed target is reported, never an error; a row
that cannot be measured is one.
"""

import argparse
import datetime
import functools
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

import duration
import films
import idle
import intake
import many_items
import media
import memory
import poster
import queue_store
import sound
import stills
import storyboard
import utilisation

ROWS = [1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18]
# More is better.
RISING = {3, 14}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", required=True, help="directory of vitrined and the others")
    parser.add_argument(
        "--rows", default=",".join(map(str, ROWS)), help="which rows, default %(default)s")
    parser.add_argument(
        "--runs", type=int,
        help="pairs per row, default 5; rows 3, 4, 8 and 16: 3, row 15: 1, as they take minutes")
    parser.add_argument(
        "--quick", action="store_true",
        help="one run of little material: whether the rows work, not what they say")
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


def measuring_of(options, work):
    """How each row is measured in a directory of its own."""
    programs, quick = options.bin, options.quick

    def runs(usual=5):
        return options.runs or (1 if quick else usual)

    seconds = 3 if quick else 10
    ladders = functools.cache(
        lambda preset, usual: films.Ladder(programs, work, preset, runs(usual), seconds))
    return {
        1: lambda place: ladders("veryfast", 5).cpu(1, 0.50),
        2: lambda place: ladders("veryfast", 5).wall(2),
        3: lambda place: utilisation.queued(programs, place, runs(3), seconds),
        4: lambda place: ladders("medium", 3).cpu(4, 0.66),
        7: lambda place: stills.large(programs, place, runs()),
        8: lambda place: stills.avif(programs, place, runs(3)),
        9: lambda place: storyboard.fused(programs, place, runs(), seconds),
        10: lambda place: poster.wall(programs, place, runs(), seconds),
        11: lambda place: stills.tiny(programs, place, runs()),
        12: lambda place: intake.latency(programs, place, runs()),
        14: lambda place: queue_store.throughput(work, options.row14_from),
        15: lambda place: (
            memory.growth(programs, place, runs(1), 200 if quick else 1000)
            + duration.growth(programs, place, runs(1), (1, 4) if quick else duration.MINUTES)),
        16: lambda place: idle.minute(programs, place, runs(3), 5 if quick else 60),
        17: lambda place: sound.measured(programs, place, runs()),
        18: lambda place: many_items.status(
            programs, place, runs(), [1000, 10_000] if quick else many_items.SIZES),
    }


def show(result):
    verdict = "≥" if result["row"] in RISING else "≤"
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
    measures = measuring_of(options, work)
    load = os.getloadavg()[0]
    print(
        f"{datetime.date.today()}, {os.cpu_count()} processors, load {load:.1f}; ratios are "
        "medians of interleaved pairs, less is better (rows 3 and 14: more)\n\n"
        "row    ratio  target  runs  what")
    results, failed = [], []
    try:
        for row in options.rows:
            place = work / f"row{row}"
            place.mkdir()
            try:
                found = measures[row](place)
            except (
                    RuntimeError, OSError, LookupError, ValueError, ArithmeticError,
                    subprocess.SubprocessError) as error:
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
