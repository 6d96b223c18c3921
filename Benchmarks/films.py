"""Row 1: a film's ladder, poster and storyboard against the six ffmpeg commands."""

import measuring
import media
from daemon import Daemon, published

# Size and cap in kbit/s, as performance.md has them.
RUNGS = [(1920, 1080, 6000), (1280, 720, 3000), (854, 480, 1500), (640, 360, 800)]

RECIPE = """\
name: default
video:
  rungs:
    - { height: 1080, maximumKilobits: 6000 }
    - { height: 720, maximumKilobits: 3000 }
    - { height: 480, maximumKilobits: 1500 }
    - { height: 360, maximumKilobits: 800 }
  preset: veryfast
  crf: 23
  segmentSeconds: 4
  posterWidths: [1280]
  storyboard: { tileSide: 160, columns: 10, rows: 10, minimumInterval: 1 }
audio: { aacKilobits: 128 }
image: { cards: false, avifEffort: 0, webpEffort: 0 }
"""

DIFFERENCES = (
    "beside that the daemon makes HLS and DASH with segments of 4 s (the commands: key frames every "
    "60 frames), a 720p MP4 from the same encode, the poster as AVIF, WebP and JPEG with a share "
    "image, and verifies every file")


def commands(film, seconds, out):
    for width, height, kilobits in RUNGS:
        yield [
            "ffmpeg", "-v", "error", "-nostdin", "-y", "-i", film,
            "-vf", f"scale={width}:{height}", "-c:v", "libx264", "-preset", "veryfast",
            "-crf", "23", "-maxrate", f"{kilobits}k", "-bufsize", f"{2 * kilobits}k", "-g", "60",
            "-keyint_min", "60", "-sc_threshold", "0", "-c:a", "aac", "-b:a", "128k",
            "-movflags", "+faststart", out / f"{height}.mp4",
        ]
    yield [
        "ffmpeg", "-v", "error", "-nostdin", "-y", "-ss", str(seconds / 2), "-i", film,
        "-frames:v", "1", "-vf", "scale=1280:-2", "-q:v", "3", out / "poster.jpg",
    ]
    yield [
        "ffmpeg", "-v", "error", "-nostdin", "-y", "-i", film,
        "-vf", "fps=1,scale=160:-2,tile=10x10", "-frames:v", "1", "-q:v", "4", out / "sprite.jpg",
    ]


def ladder(programs, work, runs):
    seconds = 10
    film, what = media.film(work, seconds)
    pairs = []
    with Daemon(programs, work / "ladder", RECIPE) as daemon:
        for number in range(runs):
            copy = media.distinct(film, number)
            base = sum(measuring.command(each) for each in commands(copy, seconds, work))
            cpu, worker, documents = daemon.work([copy])
            pairs.append((cpu, base, worker))
    mp4 = published(documents[0], "mp4")
    ours, theirs = (media.similarity(path, film, "1280:720") for path in (mp4, work / "720.mp4"))
    sizes = mp4.stat().st_size / (work / "720.mp4").stat().st_size
    return [{
        "row": 1,
        "name": "ladder 1080/720/480/360, poster, storyboard, veryfast: CPU",
        "ratio": measuring.median(cpu / base for cpu, base, _ in pairs),
        "target": 0.50,
        "runs": runs,
        "against": f"six ffmpeg commands; {what}",
        "notes": [
            DIFFERENCES,
            "CPU s: daemon and workers {:.2f} (worker by its manifest {:.2f}), commands {:.2f}"
            .format(*(measuring.median(each[at] for each in pairs) for at in (0, 2, 1))),
            f"720p: SSIM to the source {ours:.4f}, the command's {theirs:.4f}; "
            f"bytes × {sizes:.2f}",
        ],
        "cpuSeconds": [cpu for cpu, _, _ in pairs],
        "baselineCPUSeconds": [base for _, base, _ in pairs],
    }]
