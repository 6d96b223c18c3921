"""Row 12: from the rename into the inbox to the start of the job."""

import datetime
import time

import measuring
import media
import stills
from daemon import Daemon


def latency(programs, work, runs):
    """One upload at a time, each into an idle daemon whose workers are forked."""
    photo, _ = media.photograph(work, 800, 534)
    samples = 20 * runs
    renamed = {}
    with Daemon(programs, work / "latency", stills.RECIPE.format(widths="160")) as daemon:
        for number in range(samples):
            copy = media.distinct(photo, number)
            daemon.stage([copy])
            measuring.quiet(daemon.process.pid, seconds=0.15)
            renamed[copy.name] = time.time()
            daemon.offer(copy)
            daemon.wait_for(number + 1, limit=60)
            copy.unlink()
        events = daemon.control("events")
    names = {
        event["item"]: event["fileName"] for event in events if event["type"] == "item.received"}
    waits = [
        (datetime.datetime.fromisoformat(event["time"].replace("Z", "+00:00")).timestamp()
         - renamed[names[event["item"]]]) * 1000
        for event in events if event["type"] == "job.started" and event["attempt"] == 1]
    half, most = (measuring.percentile(waits, fraction) for fraction in (0.5, 0.99))
    return [{
        "row": 12,
        "name": "rename into inbox → job started: p50 in ms",
        "ratio": half,
        "target": 1,
        "runs": samples,
        "against": "the clock at the rename; the start is the event log's, rounded to 1 ms",
        "notes": [f"p50 {half:.1f} ms, p99 {most:.1f} ms (target 5), longest {max(waits):.1f} ms"],
        "p99": most,
        "unit": "ms",
    }]
