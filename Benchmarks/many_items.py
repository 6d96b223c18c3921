"""Row 18: whether an operator waits longer beside a large catalogue."""

import sqlite3
import time

import measuring
import media
import stills
from daemon import Daemon

SIZES = [1_000, 1_000_000]


def fill(path, count):
    """Repeats the one item and its job that are there until there are so many."""
    store = sqlite3.connect(path)

    def columns(table, own):
        names = [row[1] for row in store.execute(f"PRAGMA table_info({table})")]
        return ", ".join(name for name in names if name not in own)

    own = {"item": ("id", "jobID", "row"), "job": ("id", "itemID")}
    values = {"item": "'item-' || n, n", "job": "n, 'item-' || n"}
    with store:
        for table in own:
            others = columns(table, own[table])
            named = ", ".join(name for name in own[table] if name != "row")
            store.execute(
                f"""
                WITH RECURSIVE seq(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM seq WHERE n < ?)
                INSERT INTO {table} ({named}, {others})
                SELECT {values[table]}, {others} FROM seq, (SELECT * FROM {table} LIMIT 1)
                """, [count])
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()


def asked(daemon, *words):
    start = time.monotonic()
    daemon.control(*words)
    return time.monotonic() - start


def status(programs, work, runs, sizes):
    photo, _ = media.photograph(work, 800, 534)
    recipe = stills.RECIPE.format(widths="160")
    directories = [work / f"items-{size}" for size in sizes]
    for directory, size in zip(directories, sizes):
        with Daemon(programs, directory, recipe) as daemon:
            daemon.work([photo])
        fill(directory / "state" / "vitrine.sqlite", size)
    orders = [("status",), ("item", "list"), ("job", "list", "--state", "completed")]
    with Daemon(programs, directories[0], recipe) as few, \
            Daemon(programs, directories[1], recipe) as many:
        found = many.control("status")[0]["items"]
        if sum(found.values()) < sizes[1]:
            raise RuntimeError(f"there should be {sizes[1]} items, there are {found}")
        times = {order: [] for order in orders}
        for _ in range(10 * runs):
            for order in orders:
                times[order].append((asked(few, *order), asked(many, *order)))
    ratios = {
        order: measuring.median(pair[1] / pair[0] for pair in pairs)
        for order, pairs in times.items()}
    least = measuring.median(pair[1] for pair in times[orders[0]]) * 1000
    return [{
        "row": 18,
        "name": f"vitrinectl status with {sizes[1]:,} items ÷ with {sizes[0]:,}: wall",
        "ratio": ratios[orders[0]],
        "target": 1.1,
        "runs": 10 * runs,
        "against": f"another daemon with {sizes[0]:,} items, asked in turn",
        "notes": [
            f"{least:.0f} ms with {sizes[1]:,}, the start of vitrinectl included; "
            + ", ".join(
                f"{' '.join(order)} {ratio:.2f}" for order, ratio in list(ratios.items())[1:])],
    }]
