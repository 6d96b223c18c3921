"""Row 17: waveform, R128 and true peak, as what is left of a recording's job without encoders.

No job measures only. So the encoders are taken away with ffmpeg's own processor time for the same
two encodes from one decode, and what is paid once with the job of one second of sound. What is left
is the measuring and everything else that grows with a recording: more than the measuring alone.
"""

import re
import subprocess

import commands
import measuring
import media
from daemon import Daemon

RECIPE = """\
name: default
audio: { aacKilobits: 160, opusKilobits: 128 }
image: { avifEffort: 0, webpEffort: 0, cards: false }
"""


def encodes(song, out):
    return commands.FFMPEG + [
        "-i", song, "-map", "0:a:0", "-c:a", "aac", "-b:a", "160k", out / "song.m4a",
        "-map", "0:a:0", "-c:a", "libopus", "-b:a", "128k", out / "song.opus",
    ]


def meter(song):
    return commands.FFMPEG + ["-i", song, "-af", "ebur128=peak=true", "-f", "null", "-"]


def loudness(song):
    """What ffmpeg's meter says: integrated LUFS, range in LU, true peak in dBTP."""
    words = subprocess.run(
        ["ffmpeg", "-nostdin", "-i", str(song), "-af", "ebur128=peak=true:framelog=verbose", "-f",
         "null", "-"],
        check=True, capture_output=True).stderr.decode(errors="replace")
    summary = words.rpartition("Summary:")[2]
    return [
        float(re.search(rf"{name}:\s+(\S+)", summary).group(1)) for name in ("I", "LRA", "Peak")]


def used(daemon, song, out):
    """CPU seconds of the daemon's job, of ffmpeg's encodes, of its meter; what was published."""
    encoding = measuring.command(encodes(song, out))
    work = daemon.work([song])
    return [work.cpu, encoding, measuring.command(meter(song))], work.documents[0]


def measures(programs, work, runs, seconds):
    song, what = media.song(work, seconds)
    blink, _ = media.song(work, 1)
    rows = []
    with Daemon(programs, work / "daemon", RECIPE) as daemon:
        for number in range(runs):
            copies = [media.distinct(each, number) for each in (song, blink)]
            (long, document), (short, _) = (used(daemon, copy, work) for copy in copies)
            rows.append([long, short])
            for copy in copies:
                copy.unlink()
    # What a second of sound takes: the second job pays for all that does not grow with it.
    rates = [
        [(of_long - of_short) / (seconds - 1) for of_long, of_short in zip(*row)] for row in rows]
    ratios = [(job - encoding) / metering for job, encoding, metering in rates]
    whole = measuring.median((long[0] - long[1]) / long[2] for long, _ in rows)
    found = document["loudness"]
    ours = [found[name] for name in ("integratedLUFS", "rangeLU", "truePeakDBTP")]
    return [{
        "row": 17,
        "name": "waveform + R128 + true peak, per second of sound: CPU",
        "ratio": measuring.median(ratios),
        "target": 1.05,
        "runs": runs,
        "against": f"ffmpeg -af ebur128=peak=true; {what}",
        "notes": [
            "(a recording's whole job − ffmpeg's decode, AAC 160k and Opus 128k) ÷ ffmpeg's meter "
            f"with its decode, each for {seconds} s of sound − for 1 s; what is left contains "
            f"segments, M4A and verification too; runs from {min(ratios):.2f} to {max(ratios):.2f}",
            f"with what does not grow with the sound (process, share image, waiting worker): "
            f"{whole:.2f}",
            "CPU s, for {0} s and 1 s: job {1:.2f}, {4:.2f}; ffmpeg's encodes {2:.2f}, {5:.2f}; "
            "its meter {3:.2f}, {6:.2f}".format(seconds, *(
                measuring.median(row[length][at] for row in rows)
                for length in (0, 1) for at in range(3))),
            "LUFS, LU, dBTP: {:.1f}, {:.1f}, {:.1f}; ffmpeg {:.1f}, {:.1f}, {:.1f}".format(
                *ours, *loudness(song)),
        ],
        "ratioOfWholeJobs": whole,
        "cpuSeconds": [long[0] for long, _ in rows],
        "encodersCPUSeconds": [long[1] for long, _ in rows],
        "baselineCPUSeconds": [long[2] for long, _ in rows],
    }]
