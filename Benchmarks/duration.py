"""Row 15, too: whether a long film needs more memory than a short one."""

import time

import measuring
import media
from daemon import Daemon

RECIPE = "name: default\nvideo:\n  preset: ultrafast\n"
MINUTES = (2, 120)

# A web film's. Of smaller pictures, the MP4's index, which grows with a film, needs more than the encoders.
SIZE = "854x480"


def film(directory, minutes):
    path = directory / f"film-{minutes}.mp4"
    media.ffmpeg(
        "-f", "lavfi", "-i", f"testsrc2=size={SIZE}:rate=24:duration={60 * minutes}",
        "-f", "lavfi", "-i", f"sine=frequency=330:sample_rate=48000:duration={60 * minutes}",
        "-c:v", "libx264", "-preset", "ultrafast", "-crf", "30", "-pix_fmt", "yuv420p",
        "-c:a", "aac", "-b:a", "64k", path)
    return path


def repeated(short, times):
    """The same film again and again, without an hour of encoding it."""
    path = short.with_name(f"{short.stem}-times-{times}.mp4")
    media.ffmpeg("-stream_loop", str(times - 1), "-i", short, "-c", "copy", path)
    return path


def highest(daemon, file):
    """The most memory that any worker has had for a file, in bytes, and how long it took."""
    daemon.stage([file])
    known = len(daemon.manifests())
    start, most = time.monotonic(), 0
    daemon.offer(file)
    while len(daemon.manifests()) == known:
        if daemon.process.poll() is not None or time.monotonic() - start > 7200:
            raise RuntimeError("the film is not ready: " + daemon.last_words())
        if list(daemon.directory.glob("quarantine/**/*.reason.json")):
            raise RuntimeError("the film was refused")
        for pid in measuring.descendants(daemon.process.pid):
            try:
                most = max(most, measuring.memory(pid).get("VmHWM", 0))
            except (FileNotFoundError, ProcessLookupError):
                continue
        time.sleep(0.2)
    return most, time.monotonic() - start


def growth(programs, work, runs, minutes):
    short = film(work, minutes[0])
    films = [short, repeated(short, minutes[1] // minutes[0])]
    pairs = []
    for run in range(runs):
        with Daemon(programs, work / f"long-{run}", RECIPE) as daemon:
            measuring.quiet(daemon.process.pid, seconds=1)
            pairs.append([highest(daemon, each) for each in films])
    peaks = [measuring.median(pair[at][0] for pair in pairs) / 2**20 for at in (0, 1)]
    return [{
        "row": 15,
        "name": f"highest memory of a worker, {minutes[1]} minutes of film ÷ {minutes[0]}",
        "ratio": measuring.median(long[0] / short[0] for short, long in pairs),
        "target": 1.10,
        "runs": runs,
        "against": f"the same pictures and sound ({SIZE}, 24 fps, AAC) for a shorter time",
        "notes": [
            f"MiB: {peaks[0]:.0f}, then {peaks[1]:.0f}; the long one took "
            f"{measuring.median(pair[1][1] for pair in pairs):.0f} s"],
    }]
