"""Rows 1, 2 and 4: a film's ladder, poster and storyboard against the ffmpeg commands."""

import functools
import pathlib
import tempfile

import commands
import measuring
import media
import quality
import recipes
from daemon import Daemon


class Ladder:
    """One preset, measured once, whichever rows are asked for."""

    def __init__(self, programs, work, preset, runs, seconds):
        self.programs, self.preset, self.runs, self.seconds = programs, preset, runs, seconds
        self.place = work

    @functools.cached_property
    def compared(self):
        preset = self.preset
        work = pathlib.Path(tempfile.mkdtemp(prefix=f"ladder-{preset}-", dir=self.place))
        film, what = media.film(work, self.seconds)
        pairs = []
        with Daemon(self.programs, work / "daemon", recipes.film(preset)) as daemon:
            for number in range(self.runs):
                copy = media.distinct(film, number)
                busy = measuring.busy()
                rungs = [measuring.run(each) for each in commands.rungs(copy, work, preset)]
                poster = measuring.run(commands.poster(copy, self.seconds, work))
                sprite = measuring.run(commands.storyboard(copy, work))
                used = daemon.work([copy])
                split = measuring.run(commands.split(copy, self.seconds, work, preset))
                decode = measuring.run(commands.decode(copy))
                pairs.append(Pair(rungs, poster, sprite, split, decode, used, busy))
                copy.unlink()
        document = used.documents[0]
        return pairs, what, document, quality.beside(document, film, work)

    def cpu(self, row, target):
        pairs, what, document, alike = self.compared
        middle = lambda value: measuring.median(value(pair) for pair in pairs)
        split = middle(lambda pair: pair.used.cpu / pair.split.cpu)
        efficiency = middle(lambda pair: pair.parts / pair.used.cpu)
        return [{
            "row": row,
            "name": f"ladder 1080/720/480/360, poster, storyboard, {self.preset}: CPU",
            "ratio": middle(lambda pair: pair.used.cpu / pair.series.cpu),
            "target": target,
            "runs": self.runs,
            "against": f"six ffmpeg commands; {what}",
            "notes": [
                f"against one command with split: {split:.2f}; η {efficiency:.2f} (one decode, "
                "and what each command takes beyond a decode, ÷ the daemon's)",
                "CPU s: daemon and workers {:.2f} (worker by its manifest {:.2f}), commands "
                "{:.2f}, with split {:.2f}, decode {:.2f}".format(
                    middle(lambda pair: pair.used.cpu), middle(lambda pair: pair.used.workers),
                    middle(lambda pair: pair.series.cpu), middle(lambda pair: pair.split.cpu),
                    middle(lambda pair: pair.decode.cpu)),
                alike["text"],
                "the daemon verifies and publishes " + ", ".join(
                    derivative["name"] for derivative in document["derivatives"]),
            ],
            "ratioAgainstSplit": split,
            "efficiency": efficiency,
            "ssim": alike["ssim"],
            "bytes": alike["bytes"],
            "cpuSeconds": [pair.used.cpu for pair in pairs],
            "baselineCPUSeconds": [pair.series.cpu for pair in pairs],
            "splitCPUSeconds": [pair.split.cpu for pair in pairs],
        }]

    def wall(self, row):
        pairs, what, _, alike = self.compared
        baselines = [
            ("six ffmpeg commands in series", 0.46, [pair.series.wall for pair in pairs]),
            ("one ffmpeg command with split", 0.85, [pair.split.wall for pair in pairs]),
        ]
        ours = [pair.used.wall for pair in pairs]
        busy = max(pair.busy for pair in pairs)
        return [{
            "row": row,
            "name": f"the ladder of row 1, {self.preset}: wall",
            "ratio": measuring.median(our / their for our, their in zip(ours, theirs)),
            "target": target,
            "runs": self.runs,
            "against": f"{against}; {what}",
            "notes": [
                f"s: from the rename to the manifest {measuring.median(ours):.2f}, "
                f"{against} {measuring.median(theirs):.2f}; others used at most "
                f"{busy:.0%} of the machine just before a run",
                alike["text"],
            ],
            "busyBefore": busy,
            "wallSeconds": ours,
            "baselineWallSeconds": theirs,
        } for against, target, theirs in baselines]


class Pair:
    """What the daemon and its rivals used for the same film."""

    def __init__(self, rungs, poster, sprite, split, decode, used, busy):
        series = [*rungs, poster, sprite]
        self.series = measuring.Used(*(sum(column) for column in zip(*series)))
        self.split, self.decode, self.used, self.busy = split, decode, used, busy
        # Each part by itself: the decode once, then what a command does with its frames.
        self.parts = decode.cpu + poster.cpu + sum(
            each.cpu - decode.cpu for each in [*rungs, sprite])
