"""Row 3: how much of the machine the daemon uses while films wait in its queue."""

import time

import measuring
import media
import recipes
from daemon import Daemon


def queued(programs, work, runs, seconds):
    """Several films at once, until so few are left that none has to wait any more."""
    film, what = media.film(work, seconds)
    windows = []
    with Daemon(programs, work / "daemon", recipes.film()) as daemon:
        slots = daemon.control("status")[0]["workers"]["count"]
        films = slots + 2
        for number in range(runs):
            copies = [media.distinct(film, number * films + each) for each in range(films)]
            daemon.stage(copies)
            known = len(daemon.manifests())
            busy = measuring.busy()
            cpu = measuring.quiet(daemon.process.pid)
            start, idle = time.monotonic(), measuring.idle()
            for copy in copies:
                daemon.offer(copy)
            daemon.wait_for(known + films - slots)
            wall = time.monotonic() - start
            room = wall * measuring.cores()
            windows.append((
                (measuring.tree(daemon.process.pid) - cpu) / room,
                (measuring.idle() - idle) / room, wall, busy))
            daemon.wait_for(known + films)
            for copy in copies:
                copy.unlink()
    used, idle, wall, _ = (measuring.median(column) for column in zip(*windows))
    busy = max(window[3] for window in windows)
    return [{
        "row": 3,
        "name": "CPU of the daemon's tree ÷ (wall × cores) while films are queued",
        "ratio": used,
        "target": 0.95,
        "runs": runs,
        "against": f"{measuring.cores()} cores; {films} films at once, {slots} in work; {what}",
        "notes": [
            f"from the first rename until {slots} are left: {wall:.1f} s; meanwhile the machine "
            f"was idle for {idle:.0%} of the cores' time; others used at most {busy:.0%} of it "
            "just before a run",
        ],
        "idle": idle,
        "busyBefore": busy,
        "utilisation": [window[0] for window in windows],
    }]
