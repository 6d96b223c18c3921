"""Row 10: from the film in the inbox to its poster in the storage."""

import json
import time

import commands
import measuring
import media
import recipes
from daemon import Daemon


CHOSEN = "chosen by the daemon"
NAMED = "at the moment that the sidecar names"


def posters(daemon):
    return set(daemon.directory.glob("storage/items/*/poster-1280.*.jpg"))


def offered(daemon, film, moment=None, limit=600):
    """Seconds from the rename to the poster and to the manifest; the poster."""
    daemon.stage([film])
    if moment is not None:
        sidecar = daemon.directory / "inbox" / f"{film.name}.json"
        hidden = sidecar.with_name(f".{sidecar.name}")
        hidden.write_text(json.dumps({"posterTime": moment}))
        hidden.rename(sidecar)
    known, count = posters(daemon), len(daemon.manifests()) + 1
    measuring.quiet(daemon.process.pid)
    start = time.monotonic()
    daemon.offer(film)
    while not (new := posters(daemon) - known):
        if daemon.process.poll() is not None:
            raise RuntimeError("vitrined ended: " + daemon.last_words())
        if time.monotonic() - start > limit:
            raise RuntimeError(f"no poster after {limit} s")
        time.sleep(0.002)
    poster = time.monotonic() - start
    daemon.wait_for(count)
    return poster, time.monotonic() - start, new.pop()


def wall(programs, work, runs, seconds):
    film, what = media.film(work, seconds)
    ways = {CHOSEN: None, NAMED: seconds / 2}
    base, busy = [], 0
    waits = {way: [] for way in ways}
    with Daemon(programs, work / "daemon", recipes.film()) as daemon:
        for number in range(runs):
            copies = [media.distinct(film, number * len(ways) + each) for each in range(len(ways))]
            busy = max(busy, measuring.busy())
            base.append(measuring.run(commands.poster(copies[0], seconds, work)).wall)
            for copy, (way, moment) in zip(copies, ways.items()):
                waits[way].append(offered(daemon, copy, moment))
                copy.unlink()
    picture = waits[NAMED][-1][2]
    alike = media.similarity(picture, work / "poster.jpg", "1280:720")
    return [{
        "row": 10,
        "name": f"film in → poster out through the daemon, {way}: wall",
        "ratio": measuring.median(pair[0] / other for pair, other in zip(pairs, base)),
        "target": 0.6,
        "runs": runs,
        "against": f"ffmpeg -ss to the middle; {what}",
        "notes": [
            "s: from the rename to poster-1280.jpg in the storage {:.2f}, to the manifest {:.2f}, "
            "ffmpeg {:.2f}; others used at most {:.0%} of the machine just before a run".format(
                *(measuring.median(pair[at] for pair in pairs) for at in (0, 1)),
                measuring.median(base), busy),
            "the poster comes from the job of row 1's ladder, which goes on meanwhile"
            + (f"; SSIM to ffmpeg's {alike:.4f}" if way is NAMED else ""),
        ],
        "busyBefore": busy,
        "wallSeconds": [pair[0] for pair in pairs],
        "baselineWallSeconds": base,
    } for way, pairs in waits.items()]
