"""Row 15: whether the memory of the daemon and its workers grows with the stills they have done."""

import measuring
import media
import stills
from daemon import Daemon

# Kinds of still: suffix, size, how ffmpeg makes it.
KINDS = [
    ("jpg", 320, 214, ["-q:v", "3"]),
    ("png", 320, 214, ["-pix_fmt", "rgb24"]),
    ("png", 240, 320, ["-pix_fmt", "rgba"]),
    ("webp", 400, 267, ["-c:v", "libwebp", "-quality", "80"]),
    ("tiff", 200, 200, ["-pix_fmt", "rgb24"]),
]
FIRST = 50


def mixed(directory, count):
    """So many different stills, kind by kind in turn: windows that wander over a photograph."""
    photo, what = media.photograph(directory, 800, 534)
    each = -(-count // len(KINDS))
    sequences = []
    for kind, (suffix, width, height, options) in enumerate(KINDS):
        pattern = f"still-{kind}-%04d.{suffix}"
        # Steps that meet the same place again after more pictures than are ever wanted.
        place = f"mod(13*n\\,{800 - width}):mod(7*n\\,{534 - height})"
        media.ffmpeg(
            "-loop", "1", "-i", photo, "-vf", f"crop={width}:{height}:{place}", "-frames:v", each,
            "-f", "image2", *options, directory / pattern)
        sequences.append([directory / (pattern % (number + 1)) for number in range(each)])
    return [still for turn in zip(*sequences) for still in turn][:count], what


def resident(daemon):
    """Bytes of daemon and workers together, all and without those of files; of the daemon alone."""
    measuring.quiet(daemon.process.pid, seconds=1)
    pid = daemon.process.pid
    tree = [measuring.memory(each) for each in [pid, *measuring.descendants(pid)]]
    return [
        sum(each["VmRSS"] for each in tree), sum(each["RssAnon"] for each in tree),
        tree[0]["VmRSS"], len(tree)]


def growth(programs, work, runs, count):
    files, what = mixed(work, count)
    pairs = []
    for number in range(runs):
        recipe = stills.RECIPE.format(widths="160")
        with Daemon(programs, work / f"daemon-{number}", recipe) as daemon:
            for end in range(FIRST, count + 1, FIRST):
                batch = files[end - FIRST:end]
                daemon.stage(batch)
                for file in batch:
                    daemon.offer(file)
                daemon.wait_for(end, pause=0.1)
                if end == FIRST:
                    first = resident(daemon)
            pairs.append((first, resident(daemon)))
    ratios = [
        measuring.median(last[at] / first[at] for first, last in pairs) for at in range(3)]
    middle = [measuring.median(end[0] for end in column) / 2**20 for column in zip(*pairs)]
    return [{
        "row": 15,
        "name": f"memory (RSS) of daemon and workers after {count:,} mixed stills ÷ after {FIRST}",
        "ratio": ratios[0],
        "target": 1.10,
        "runs": runs,
        "against": f"the same daemon after {FIRST}; JPEG, PNG, PNG with alpha, WebP, TIFF; windows "
        f"of {what}",
        "notes": [
            f"MiB, idle, the zygote waiting: {middle[0]:.1f}, then {middle[1]:.1f}; "
            f"processes {pairs[-1][0][3]}, then {pairs[-1][1][3]}",
            f"without pages of files (RssAnon): {ratios[1]:.2f}; the daemon alone: {ratios[2]:.2f}",
        ],
        "bytes": [[first[0], last[0]] for first, last in pairs],
        "ratioAnonymous": ratios[1],
        "ratioDaemon": ratios[2],
    }]
