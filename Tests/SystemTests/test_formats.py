#!/usr/bin/python3
"""Feeds one daemon what every encoder of FFmpeg and every mode of Pillow writes, in every container.

Usage: test_formats.py PROGRAMS [--only TEXT] [--keep DIRECTORY]

What ffmpeg can read again itself has to come out as it is: films and recordings as long as they are,
pictures in the colours that ffmpeg or Pillow sees. Everything else has to be refused by name: never as our
fault, never called damaged. Exits 0 when all of it is so; `--only prores` takes the files with that in
their names.
"""

import argparse
import collections
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from PIL import Image, ImageChops, ImageStat

from test_mutants import FAULTS, Daemon

SECONDS = 2
SIZE = (160, 120)
CONTAINERS = {
    "V": ["mkv", "mov", "avi", "mp4", "webm", "mpg", "ts", "mxf", "flv", "asf", "ogv", "nut"],
    "A": ["mka", "mov", "wav", "caf", "aiff", "au", "ogg", "flac", "mp3", "m4a", "ts", "w64", "nut"],
}
# Raw or for one program only, or no picture and no sound by itself.
PASSED_OVER = {"wrapped_avframe", "vnull", "anull", "comfortnoise", "a64multi", "a64multi5"}
PICTURES = ["tga", "jpg", "png", "tif", "webp", "avif", "jp2", "exr", "dpx", "bmp", "pcx", "sgi", "sunras",
            "pam", "pfm", "jls", "ljpg", "qoi", "xwd", "gif", "ppm", "pgm", "pbm"]
PIXELS = ["rgb24", "rgba", "gray", "gray16be", "rgb48be", "gbrpf32le", "pal8", "monob"]
MODES = ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I;16"]
COMPRESSIONS = ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "group3", "group4", "webp",
                "zstd", "lzma"]
# What is said of files that are whole: none of these.
DAMAGED = {"noDecodableFrames", "unreadable", "unreadablePicture", "unknownFormat", "notMedia"}
# Writers make these, and readers of another house take them for something else or not at all.
UNNAMED = {"fits", "xbm", "xwd"}


def run(*command):
    try:
        return subprocess.run(
            [str(part) for part in command], capture_output=True, stdin=subprocess.DEVNULL, timeout=25)
    except subprocess.TimeoutExpired:
        return None


def encoders():
    """Kind and name of everything that FFmpeg writes."""
    lines = run("ffmpeg", "-v", "error", "-encoders").stdout.decode().split(" ------\n")[1].splitlines()
    for line in lines:
        flags, name = line.split()[:2]
        if flags[0] in CONTAINERS and name not in PASSED_OVER and "_v4l2" not in name \
                and not name.endswith(("_vaapi", "_qsv", "_nvenc", "_amf", "_omx", "_mf")):
            yield flags[0], name


def whole(file):
    """How many seconds ffmpeg decodes of it, and of which kind; None when it does not."""
    seen = run("ffprobe", "-v", "error", "-show_entries", "stream=codec_type:format=duration", "-of",
               "json", file)
    if not seen or seen.returncode:
        return None
    found = json.loads(seen.stdout)
    kinds = {stream.get("codec_type") for stream in found.get("streams", [])}
    decoded = run("ffmpeg", "-v", "error", "-xerror", "-i", file, "-f", "null", "-")
    if not decoded or decoded.returncode or decoded.stderr or not kinds & {"video", "audio"}:
        return None
    return float(found["format"].get("duration") or 0)


def make(place, only):
    """The files, with what ffmpeg makes of each."""
    def wanted(name):
        return not only or only in name

    def ffmpeg(name, *arguments):
        if wanted(name):
            done = run("ffmpeg", "-v", "error", "-y", *arguments, place / name)
            if not done or done.returncode or not (place / name).stat().st_size:
                (place / name).unlink(missing_ok=True)

    film = f"testsrc2=size=352x288:rate=25:duration={SECONDS}"
    sound = f"sine=frequency=440:sample_rate=48000:duration={SECONDS}"
    for kind, encoder in encoders():
        source = film if kind == "V" else sound
        for container in CONTAINERS[kind]:
            ffmpeg(f"{encoder}.{container}", "-f", "lavfi", "-i", source, f"-c:{kind.lower()}", encoder,
                   "-strict", "-2")
    still = f"testsrc2=size={SIZE[0]}x{SIZE[1]}:rate=1:duration=1"
    for form in PICTURES:
        for pixels in PIXELS:
            ffmpeg(f"still-{pixels}.{form}", "-f", "lavfi", "-i", still, "-frames:v", "1", "-pix_fmt",
                   pixels, "-update", "1")
    picture = Image.new("RGB", SIZE)
    picture.putdata([(x * 255 // SIZE[0], y * 255 // SIZE[1], 200 if (x // 20 + y // 20) % 2 else 60)
                     for y in range(SIZE[1]) for x in range(SIZE[0])])
    for mode in MODES:
        shown = picture.convert("L").convert("I").point(lambda value: value * 257).convert("I;16") \
            if mode == "I;16" else picture.convert(mode)
        title = mode.replace(";", "")
        for form in ["bmp", "gif", "jpg", "jp2", "pcx", "png", "ppm", "sgi", "tga", "webp", "im", "ico"]:
            pillow(shown, place / f"pillow-{title}.{form}", wanted)
        for compression in COMPRESSIONS:
            pillow(shown, place / f"pillow-{title}-{compression}.tiff", wanted, compression=compression)
    return {file.name: whole(file) for file in sorted(place.iterdir())}


def pillow(picture, file, wanted, **options):
    if wanted(file.name):
        try:
            picture.save(file, **options)
        except (OSError, ValueError, KeyError, SystemError):
            file.unlink(missing_ok=True)


def seen_by_others(file):
    """The picture as Pillow and as ffmpeg have it, in red, green and blue on black."""
    try:
        with Image.open(file) as picture:
            if picture.mode not in ("I", "I;16", "I;16B", "F"):
                yield on_black(picture.convert("RGBA"))
    except Exception:  # Pillow has no common error for what it does not read.
        pass
    raw = run("ffmpeg", "-v", "error", "-i", file, "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgba",
              "-")
    if raw and len(raw.stdout) == SIZE[0] * SIZE[1] * 4:
        yield on_black(Image.frombytes("RGBA", SIZE, raw.stdout))


def on_black(picture):
    ground = Image.new("RGBA", picture.size, (0, 0, 0, 255))
    ground.alpha_composite(picture)
    return ground.convert("RGB")


def difference(manifest, base, file):
    """Mean distance of channels, of 255, from whoever sees it most like we do; None = nobody sees it."""
    ours = [each for each in manifest["derivatives"] if each.get("width") == SIZE[0]
            and each.get("height") == SIZE[1] and each.get("role") not in ("share", "card")
            and each.get("mediaType") in ("image/png", "image/webp", "image/jpeg")]
    if not ours:
        return None
    ours.sort(key=lambda each: ["image/png", "image/webp", "image/jpeg"].index(each["mediaType"]))
    with Image.open(base / ours[0]["path"]) as picture:
        mine = on_black(picture.convert("RGBA"))
    return min((sum(ImageStat.Stat(ImageChops.difference(mine, other)).mean) / 3
                for other in seen_by_others(file)), default=None)


def judge(item, file, seconds, base):
    """What is wrong with how one file ended; None = nothing."""
    if item is None or item["state"] not in ("ready", "failed"):
        return "did not end: " + (item["state"] if item else "never accepted")
    reason = item.get("reason") or {}
    if item["state"] == "failed":
        if reason["code"] in FAULTS:
            return f"our fault, {reason['code']}: {reason['operator']}"
        if reason["code"] in DAMAGED and seconds is not None and file.suffix[1:] not in UNNAMED:
            return f"ffmpeg reads it, {reason['code']}: {reason['operator']}"
        return None
    manifest = json.loads((base / item["manifest"]).read_text())
    if manifest["kind"] in ("video", "audio"):
        if seconds is None or file.suffix in (".nut",):
            return f"nobody reads this, published as {manifest['kind']}"
        long = manifest["source"]["info"].get("durationSeconds") or 0
        return None if abs(long - seconds) <= 0.1 else f"{long} s, {seconds} s for ffmpeg"
    if manifest["kind"] == "image" and "f32" not in file.name and file.suffix not in (".exr", ".pfm"):
        # Inks have no colours of their own, and everybody gives them others.
        most = 40 if "CMYK" in file.name else 8
        far = difference(manifest, (base / item["manifest"]).parent, file)
        return f"{far:.1f} of 255 from what others see" if far is not None and far > most else None
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("programs", type=pathlib.Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", type=pathlib.Path, help="where the files that found something go")
    options = parser.parse_args()
    place = pathlib.Path(tempfile.mkdtemp(prefix="vitrine-formats-"))
    (place / "files").mkdir()
    (place / "site").mkdir()
    files = make(place / "files", options.only)
    print(f"formats: {len(files)} files, ffmpeg reads {sum(x is not None for x in files.values())}",
          flush=True)
    daemon = Daemon(options.programs, place / "site")
    try:
        for name in files:
            daemon.upload(name, (place / "files" / name).read_bytes())
        problems, reasons = wait(daemon, files, place)
    finally:
        problems_at_stop = daemon.stop()
    problems += problems_at_stop
    for code, count in reasons.most_common():
        print(f"  {count:6} {code}")
    print(f"formats: {len(problems)} problems")
    for problem in problems:
        print("  " + problem)
        name = problem.split(": ")[0]
        if options.keep and (place / "files" / name).is_file():
            options.keep.mkdir(parents=True, exist_ok=True)
            shutil.copy(place / "files" / name, options.keep)
    shutil.rmtree(place)
    sys.exit(1 if problems else 0)


def wait(daemon, files, place):
    """Until all have ended; what is wrong, and how often each end was."""
    quiet, ended = time.monotonic(), -1
    while True:
        items = daemon.items()
        now = sum(item["state"] in ("ready", "failed") for item in items)
        if now != ended:
            ended, quiet = now, time.monotonic()
        queue = daemon.get("/v1/status")["queue"]
        left = queue["available"] + queue["running"] + queue["retryable"]
        inbox = [each for each in (place / "site/inbox").iterdir()]
        if not left and not inbox and ended == len(items):
            break
        if time.monotonic() - quiet > 600 or daemon.process.poll() is not None:
            return ["nothing ended for ten minutes, or the daemon did"], collections.Counter()
        time.sleep(1)
    # Equal bytes are one item, by the first of their names.
    named = {item["fileName"]: item for item in items}
    reasons = collections.Counter(
        (item.get("reason") or {}).get("code", item["state"]) for item in items)
    problems, seen = [], set()
    for name, seconds in files.items():
        file = place / "files" / name
        digest = hash(file.read_bytes())
        if name not in named and digest in seen:
            continue
        seen.add(digest)
        wrong = judge(named.get(name), file, seconds, place / "site/storage")
        if wrong:
            problems.append(f"{name}: {wrong}")
    return problems, reasons


if __name__ == "__main__":
    main()
