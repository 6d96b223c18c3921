#!/usr/bin/env python3
"""Feeds thousands of damaged uploads to one daemon: it must live, and each must end with a reason.

Usage: test_mutants.py PROGRAMS [--cuts | --zzuf | --files DIRECTORY] [--count N] [--seed N] [--only N,N…]
                       [--corpus DIRECTORY] [--keep DIRECTORY]

The originals are made here, small, in more than twelve formats; `--corpus` adds files of up to
300 kB from a directory. What each mutant is follows from the seed and its number alone, so that
`--only 17 --seed S` replays one case. `--cuts` gives every original in a hundred lengths instead: every
percent of its own, and all but its last byte. `--zzuf` lets zzuf flip the bits, from one in 100,000 to
one in 20. `--files` gives what is in a directory as it is, such as fixtures/hostile-corpus.sh makes.

Exits 0 when the daemon is the same process at the end, every upload came to an end, no worker crashed,
left by itself, hung, or called what its sandbox forbids.
"""

import argparse
import collections
import hashlib
import http.client
import json
import os
import pathlib
import random
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time

VIDEO = "testsrc2=size=160x120:rate=25:duration=0.4"
SOUND = "sine=frequency=440:sample_rate=48000:duration=0.4"

# Extension, and what the ffmpeg program is told after its two inputs.
FILMS = [
    ("h264-aac.mp4", "-c:v libx264 -c:a aac"),
    ("h264-bframes.mov", "-c:v libx264 -bf 3 -c:a pcm_s16le"),
    ("h264-opus.mkv", "-c:v libx264 -c:a libopus"),
    ("h264-fragmented.mp4", "-c:v libx264 -c:a aac -movflags frag_keyframe+empty_moov"),
    ("vp9-opus.webm", "-c:v libvpx-vp9 -deadline realtime -c:a libopus"),
    ("vp8-vorbis.webm", "-c:v libvpx -deadline realtime -c:a libvorbis"),
    ("mpeg2-mp2.ts", "-c:v mpeg2video -c:a mp2"),
    ("mpeg2-ac3.mpg", "-c:v mpeg2video -c:a ac3"),
    ("mpeg4-mp3.avi", "-c:v mpeg4 -c:a libmp3lame"),
    ("hevc-aac.mp4", "-c:v libx265 -x265-params log-level=none -tag:v hvc1 -c:a aac"),
    ("av1-opus.mp4", "-c:v libsvtav1 -preset 12 -c:a libopus"),
    ("prores-pcm.mov", "-c:v prores_ks -c:a pcm_s24le"),
    ("prores4444.mov", "-c:v prores_ks -profile:v 4444 -pix_fmt yuva444p10le -an"),
    ("mjpeg-pcm.avi", "-c:v mjpeg -c:a pcm_s16le"),
    ("dnxhd.mxf", "-c:v mpeg2video -c:a pcm_s16le -ar 48000"),
    ("h263.3gp", "-c:v h263 -s 176x144 -c:a aac"),
    ("flv1-mp3.flv", "-c:v flv1 -c:a libmp3lame -ar 44100"),
    ("theora.ogv", "-c:v libtheora -c:a libvorbis"),
]
SONGS = [
    ("mp3.mp3", "-c:a libmp3lame"),
    ("flac.flac", "-c:a flac"),
    ("pcm.wav", "-c:a pcm_s24le"),
    ("pcm.aiff", "-c:a pcm_s16be"),
    ("vorbis.ogg", "-c:a libvorbis"),
    ("opus.opus", "-c:a libopus"),
    ("aac.m4a", "-c:a aac"),
    ("alac.m4a", "-c:a alac"),
]
STILLS = [
    ("still.jpg", "-frames:v 1"),
    ("still.png", "-frames:v 1"),
    ("still.tiff", "-frames:v 1"),
    ("still.webp", "-frames:v 1"),
    ("still.avif", "-frames:v 1 -c:v libsvtav1 -pix_fmt yuv420p"),
    ("moving.gif", "-frames:v 5"),
    ("moving.webp", "-frames:v 5 -c:v libwebp_anim"),
    ("moving.png", "-frames:v 5 -f apng"),
    ("still.bmp", "-frames:v 1"),
    ("still.tga", "-frames:v 1"),
    ("still-plain.tga", "-frames:v 1 -rle 0 -pix_fmt bgra"),
    ("still.ppm", "-frames:v 1"),
    ("still.pam", "-frames:v 1 -pix_fmt rgba64be"),
    ("still.pfm", "-frames:v 1 -pix_fmt gbrpf32le"),
    ("still.exr", "-frames:v 1 -pix_fmt gbrapf32le"),
    ("still-half.exr", "-frames:v 1 -pix_fmt gbrpf32le -format half -compression zip16"),
]
DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100"><defs>
<linearGradient id="g"><stop offset="0" stop-color="#f00"/><stop offset="1" stop-color="#00f"/>
</linearGradient><style>.a { fill: url(#g); stroke: black }</style></defs>
<rect class="a" width="180" height="80" x="10" y="10"/><g transform="rotate(10 50 50)"><circle
cx="50" cy="50" r="30" opacity=".5"/><text x="20" y="60">Vitrine</text></g><use href="#g"/></svg>"""


def document():
    """A page of text, with a right table of its objects."""
    stream = b"BT /F1 24 Tf 20 100 Td (Vitrine) Tj ET 0 0 1 rg 20 20 100 50 re f"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, text)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, table)


def photoshop():
    """A flattened picture in ink, packed, with a resource and a channel more."""
    width, height = 48, 32
    rows = [bytes([257 - width, (y * 8 + c * 50) % 256]) for c in range(5) for y in range(height)]
    resource = b"8BIM" + struct.pack(">HHI", 1060, 0, 6) + b"<x:x/>"
    return (b"8BPS" + struct.pack(">H6xHIIHH", 1, 5, height, width, 8, 4) + struct.pack(">I", 0)
            + struct.pack(">I", len(resource)) + resource
            + struct.pack(">IIhI", 10, 2, -1, 0) + struct.pack(">H", 1)
            + b"".join(struct.pack(">H", len(row)) for row in rows) + b"".join(rows))


def radiance():
    """A picture of light, packed as the format packs: run by run, channel by channel."""
    width, height = 40, 24
    out = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\nEXPOSURE=1.0\n\n-Y %d +X %d\n" % (height, width)
    for y in range(height):
        out += bytes([2, 2, 0, width])
        for value in (y * 9, 200 - y, 90, 126 + y % 6):
            out += bytes([128 + width // 2, value, width - width // 2])
            out += bytes((value + x) % 256 for x in range(width - width // 2))
    return out


def originals(directory, corpus):
    """Name and bytes of everything that is damaged, in a fixed order."""
    found = []

    def ffmpeg(name, arguments):
        target = directory / name
        run = subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments, str(target)],
                             capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if run.returncode:
            sys.exit(f"mutants: ffmpeg cannot make {name}: {run.stderr}")
        found.append((name, target.read_bytes()))

    exact = ["-fflags", "+bitexact", "-flags", "+bitexact"]
    for name, options in FILMS:
        ffmpeg(name, ["-f", "lavfi", "-i", VIDEO, "-f", "lavfi", "-i", SOUND, *exact,
                      *options.split(), "-threads", "1", "-shortest"])
    for name, options in SONGS:
        ffmpeg(name, ["-f", "lavfi", "-i", SOUND, *exact, *options.split()])
    for name, options in STILLS:
        ffmpeg(name, ["-f", "lavfi", "-i", VIDEO, *exact, *options.split(), "-threads", "1"])
    found.append(("drawing.svg", DRAWING.encode()))
    found.append(("page.pdf", document()))
    found.append(("flat.psd", photoshop()))
    found.append(("light.hdr", radiance()))
    if corpus:
        for file in sorted(pathlib.Path(corpus).iterdir()):
            # Those are made to take long, whole or not.
            if file.suffix != ".tsv" and file.is_file() and "bomb" not in file.name \
                    and 16 <= file.stat().st_size <= 300_000:
                found.append((file.name, file.read_bytes()))
    return found


CUTS = 100
INTERESTING = [0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF]


def mutant(seed, number, sources):
    """The name and bytes of one mutant, from its number and the seed alone."""
    dice = random.Random(f"{seed}/{number}")
    name, whole = sources[number % len(sources)]
    data = bytearray(whole)
    if number // len(sources) == 0 or dice.random() < 0.15:
        # Every percent of truncation comes up across the runs.
        del data[max(1, len(data) * dice.randrange(1, 100) // 100):]
        return name, bytes(data)
    # Headers are where decisions are made: half of the damage is within the first and last 2 kB.
    def place():
        kind = dice.random()
        if kind < 0.35:
            return dice.randrange(min(2048, len(data)))
        if kind < 0.5:
            return len(data) - 1 - dice.randrange(min(2048, len(data)))
        return dice.randrange(len(data))

    for _ in range(dice.choice([1, 1, 2, 4, 16, 64])):
        at = place()
        size = dice.choice([1, 2, 4, 8, 64, 1024])
        kind = dice.randrange(8)
        if kind == 0:
            data[at] ^= 1 << dice.randrange(8)
        elif kind == 1:
            data[at] = dice.randrange(256)
        elif kind == 2:
            width = dice.choice([1, 2, 4, 8])
            order = dice.choice(["big", "little"])
            value = dice.choice(INTERESTING) & (256 ** width - 1)
            data[at:at + width] = value.to_bytes(width, order)
        elif kind == 3:
            del data[at:at + size]
        elif kind == 4:
            data[at:at] = data[at:at + size]
        elif kind == 5:
            data[at:at + size] = bytes(len(data[at:at + size]))
        elif kind == 6:
            other = place()
            data[at:at + size] = data[other:other + size]
        else:
            _, strange = dice.choice(sources)
            begin = dice.randrange(len(strange))
            data[at:at + size] = strange[begin:begin + size]
        if len(data) < 8:
            break
    return name, bytes(data)


def cut(number, sources):
    """One of a hundred beginnings of an original."""
    name, whole = sources[number // CUTS]
    percent = number % CUTS + 1
    return name, whole[:-1] if percent == 100 else whole[:max(1, len(whole) * percent // 100)]


def zzuf(seed, number, sources):
    """What zzuf makes of an original: it is the same for the same seed and ratio."""
    dice = random.Random(f"zzuf/{seed}/{number}")
    name, whole = sources[number % len(sources)]
    ratio = 10 ** dice.uniform(-5, -1.3)
    # Its second half as often as the whole: headers are not always what is hard.
    bounds = ["-b", f"{len(whole) // 2}-"] if dice.random() < 0.3 else []
    run = subprocess.run(
        ["zzuf", "-s", str(dice.randrange(1 << 31)), "-r", f"{ratio:.8f}", *bounds],
        input=whole, capture_output=True, check=True)
    return name, run.stdout


def way(options):
    """The option that this run was started with, to be shown before others."""
    if options.files:
        return f"--files {options.files} "
    return "--cuts " if options.cuts else "--zzuf " if options.zzuf else ""


def made_of(options, number, sources):
    """The name and bytes of one upload of this run."""
    if options.files:
        return sources[number]
    if options.cuts:
        return cut(number, sources)
    return (zzuf if options.zzuf else mutant)(options.seed, number, sources)


class Connection(http.client.HTTPConnection):
    """HTTP over the daemon's socket."""

    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(str(self.path))


class Daemon:
    def __init__(self, programs, directory):
        self.directory = directory
        self.socket = directory / "control.sock"
        self.log = open(directory / "vitrined.log", "wb")
        self.process = subprocess.Popen(
            [str(programs / "vitrined"), "--embedded", str(directory)], stdout=self.log,
            stderr=self.log, stdin=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while not self.socket.exists():
            if time.monotonic() > end or self.process.poll() is not None:
                sys.exit(f"mutants: vitrined does not start, see {directory}/vitrined.log")
            time.sleep(0.05)

    def get(self, path):
        connection = Connection(self.socket)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:300]}")
        return json.loads(body)

    def items(self):
        found, cursor = [], ""
        while True:
            page = self.get(f"/v1/items?limit=1000{cursor}")
            found += page["items"]
            if not page.get("next"):
                return found
            cursor = "&cursor=" + page["next"]

    def stop(self):
        """Ends it; what is wrong with how it ended."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            code = self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return ["vitrined did not stop within a minute"]
        return [f"vitrined ended with {code}"] if code else []

    def upload(self, name, data):
        waiting = self.directory / "inbox" / ("." + name)
        waiting.write_bytes(data)
        waiting.rename(self.directory / "inbox" / name)


# What must not be: of the reasons an upload can fail for, those that are a fault of ours.
FAULTS = {
    "workerCrashed", "workerExited", "workerKilled", "workerSilent", "workerGarbage", "workerDeaf",
    "workerOutOfTurn", "workerVersion", "workerStart", "forbiddenSystemCall", "outOfMemory",
    "cpuSeconds", "stalled", "deadline", "interrupted", "unexpected", "planMismatch",
    "missingOutput", "verification", "encode", "scratch", "trackIndex", "poster", "storyboard",
    "spriteSheet", "placeholder", "traits", "upscale", "scale", "playlist",
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs", type=pathlib.Path)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--cuts", action="store_true", help="beginnings of every original, not mutants")
    how.add_argument("--zzuf", action="store_true", help="mutants by zzuf")
    how.add_argument("--files", type=pathlib.Path, help="a directory's files, not mutants")
    parser.add_argument("--count", type=int, default=int(os.environ.get("MUTANTS", "2000")))
    parser.add_argument("--seed", type=int, default=int(os.environ.get("TEST_SEED", "1")))
    parser.add_argument("--only", help="numbers of mutants, comma-separated")
    parser.add_argument("--corpus")
    parser.add_argument("--keep", type=pathlib.Path, help="where the mutants that found something go")
    options = parser.parse_args()
    directory = pathlib.Path(tempfile.mkdtemp(prefix="vitrine-mutants-"))
    (directory / "originals").mkdir()
    if options.files:
        sources = [(file.name, file.read_bytes()) for file in sorted(options.files.iterdir())]
    else:
        sources = originals(directory / "originals", options.corpus)
    count = (len(sources) if options.files else len(sources) * CUTS if options.cuts
             else options.count)
    numbers = [int(n) for n in options.only.split(",")] if options.only else range(count)
    kind = way(options)
    print(f"mutants: {len(numbers)} of {len(sources)} originals, {kind}--seed {options.seed}",
          flush=True)
    (directory / "site").mkdir()
    daemon = Daemon(options.programs, directory / "site")
    try:
        problems = feed(daemon, options, sources, numbers)
    finally:
        problems_at_stop = daemon.stop()
    problems += problems_at_stop
    print(f"mutants: {len(problems)} problems")
    for problem in problems:
        print("  " + problem)
    if problems:
        print(f"mutants: the site is left in {directory}")
        sys.exit(1)
    shutil.rmtree(directory)


def feed(daemon, options, sources, numbers):
    """Uploads the mutants, waits for all of them; what is wrong."""
    made, seen, began, shown = {}, set(), time.monotonic(), 0
    todo = iter(numbers)
    more, quiet, ended = True, time.monotonic(), 0
    kind = way(options)
    problems = []
    items = []
    while more or ended < len(made):
        while more and len(made) - ended < 60:
            number = next(todo, None)
            if number is None:
                more = False
                break
            name, data = made_of(options, number, sources)
            digest = hashlib.sha256(data).digest()
            # Equal bytes are one item; an empty upload is refused before it is one.
            if digest in seen or not data:
                continue
            seen.add(digest)
            upload = f"m{number:06}-{name}"
            made[upload] = number
            daemon.upload(upload, data)
        if daemon.process.poll() is not None:
            break
        time.sleep(0.3)
        items = daemon.items()
        now = sum(item["state"] in ("ready", "failed", "cancelled") for item in items)
        if now != ended:
            ended, quiet = now, time.monotonic()
        if time.monotonic() - quiet > 600:
            problems.append(f"nothing ended for ten minutes: {len(made) - ended} are left")
            break
        if time.monotonic() - shown > 30:
            shown = time.monotonic()
            print(f"mutants: {ended} of {len(numbers)} ended, {shown - began:.0f} s", flush=True)
    reasons = collections.Counter()
    named = {item["fileName"]: item for item in items}
    for upload, number in made.items():
        item = named.get(upload)
        state = item["state"] if item else "never accepted"
        reason = (item or {}).get("reason") or {}
        code = reason.get("code", state)
        reasons[code] += 1
        if state not in ("ready", "failed") or code in FAULTS:
            problems.append(f"{upload}: {state} {code}: {reason.get('operator', '')}\n"
                            f"    {kind}--only {number} --seed {options.seed}")
            if options.keep:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / upload).write_bytes(made_of(options, number, sources)[1])
    for code, count in reasons.most_common():
        print(f"  {count:6} {code}")
    print(f"mutants: {ended} ended in {time.monotonic() - began:.0f} s")
    return problems


if __name__ == "__main__":
    main()
