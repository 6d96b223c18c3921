"""Row 9: what a storyboard costs beside a ladder, as the daemon decodes no film for it alone."""

import commands
import measuring
import media
import recipes
from daemon import Daemon

# A tile every 2 seconds, in both.
INTERVAL = 2


def extra(programs, work, film, runs, baselines=(), **recipe):
    """Per run the CPU seconds of a job with a storyboard, with one of one tile, of the commands."""
    rows = []
    work.mkdir()
    whole = recipes.film(interval=INTERVAL, **recipe)
    single = recipes.film(interval=INTERVAL, tiles=1, **recipe)
    with Daemon(programs, work / "with", whole) as board, \
            Daemon(programs, work / "without", single) as bare:
        for number in range(runs):
            copy = media.distinct(film, number)
            rows.append([
                board.work([copy]).cpu, bare.work([copy]).cpu,
                *(measuring.command(each(copy)) for each in baselines)])
            copy.unlink()
    return rows


def fused(programs, work, runs, seconds):
    """With the whole ladder, for the share; with one light rung, in whose noise it can be seen."""
    (work / "long").mkdir()
    film, what = media.film(work, 2 * seconds)
    long, long_what = media.film(work / "long", 4 * seconds)
    ladder = extra(programs, work / "ladder", film, runs)
    baselines = (
        lambda copy: commands.storyboard(copy, work, INTERVAL),
        lambda copy: commands.storyboard(copy, work, INTERVAL, keys_only=True))
    light = extra(
        programs, work / "light", long, runs, baselines, preset="ultrafast",
        rungs=commands.RUNGS[-1:])
    shares = [(with_ - without) / without for with_, without in ladder]
    linear = [(row[0] - row[1]) / row[2] for row in light]
    keys = measuring.median((row[0] - row[1]) / row[3] for row in light)
    spread = "runs from {:.3f} to {:.3f}; {}".format
    seconds_used = "CPU s: with {:.2f}, with one tile {:.2f}".format
    middle = lambda rows: [measuring.median(column) for column in zip(*rows)]
    common = {"row": 9, "runs": runs}
    return [common | {
        "name": "storyboard fused with the ladder of row 1: extra CPU ÷ the rest of the job",
        "ratio": measuring.median(shares),
        "target": 0.02,
        "against": f"the same job with a storyboard of one tile; a tile every {INTERVAL} s; {what}",
        "notes": [spread(min(shares), max(shares), seconds_used(*middle(ladder)))],
        "cpuSeconds": [row[0] for row in ladder],
        "baselineCPUSeconds": [row[1] for row in ladder],
    }, common | {
        "name": "storyboard fused with one rung (360p, ultrafast): extra CPU ÷ a storyboard alone",
        "ratio": measuring.median(linear),
        "target": 0.12,
        "against": f"ffmpeg's storyboard by linear decode; {long_what}",
        "notes": [
            f"against -skip_frame nokey: {keys:.2f}",
            spread(min(linear), max(linear), seconds_used(*middle(light)[:2]))
            + "; linear decode {:.2f}, key frames {:.2f}".format(*middle(light)[2:]),
        ],
        "ratioAgainstKeyFrames": keys,
        "cpuSeconds": [row[0] - row[1] for row in light],
        "baselineCPUSeconds": [row[2] for row in light],
    }]
