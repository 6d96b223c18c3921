"""Row 16: what a daemon with nothing to do uses."""

import pathlib
import time

import measuring
import stills
from daemon import Daemon


def spent(pids):
    """Nanoseconds on a processor and times gone to sleep, by thread of these processes."""
    threads = {}
    for pid in pids:
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            try:
                used = int((task / "schedstat").read_text().split()[0])
                for line in (task / "status").read_text().splitlines():
                    if line.startswith("voluntary_ctxt_switches:"):
                        threads[task.name] = used, int(line.split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    return threads


def minute(programs, work, runs, seconds):
    rows = []
    with Daemon(programs, work / "idle", stills.RECIPE.format(widths="160")) as daemon:
        pid = daemon.process.pid
        measuring.quiet(pid, seconds=2)
        pids = [pid, *measuring.descendants(pid)]
        for _ in range(runs):
            before = spent(pids)
            time.sleep(seconds)
            after = spent(pids)
            # A thread that has ended has taken its figures with it: what it did was little.
            rows.append([
                sum(each[at] - before.get(thread, (0, 0))[at] for thread, each in after.items())
                for at in (0, 1)])
    used, woken = (measuring.median(column) for column in zip(*rows))
    used /= 1e6
    return [{
        "row": 16,
        "name": f"idle for {seconds} s: CPU of daemon and zygote in ms",
        "ratio": used,
        "target": 0,
        "runs": runs,
        "against": "nothing: the kernel's own account of every thread (schedstat)",
        "notes": [
            f"wake-ups {woken:g} (target 1); {len(pids)} processes; watchdog off. libdispatch "
            "itself wakes once a second"],
        "wakeups": woken,
        "unit": "ms",
    }]
