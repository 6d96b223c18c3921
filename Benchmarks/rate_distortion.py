#!/usr/bin/env python3
"""What the settings of the picture encoders cost and give, as a Markdown table.

Usage: rate_distortion.py [--width PIXELS] [PICTURE ...]. Without pictures: the photographs of the corpus, or
a generated one. Every setting encodes every picture, brought to the width in sRGB, by the `vips` program with
the arguments that the worker uses; the distance is SSIMULACRA 2 (100 = the same, 90 hardly anybody sees, 70
good, 50 fair), computed by its Python package (`pip install ssimulacra2`) against the picture before it was encoded. Bits are for each
pixel. Rates at a quality of their own say little: compare rows of the same distance.
"""

import argparse
import pathlib
import resource
import statistics
import subprocess
import tempfile

from ssimulacra2 import compute_ssimulacra2

import media

PHOTOGRAPHS = [
    "image-jpeg-camera-11MP.jpg", "image-jpeg-adobergb-progressive.jpg",
    "image-jpeg-phone-12MP-orient6-extendedxmp.jpg", "image-heic-iphone-12MP-displayp3-gps.heic",
    "image-avif-8bit-icc-exif.avif", "image-webp-lossy.webp",
]
JPEG = "jpg[Q={},optimize-coding,interlace,strip]"
WEBP = "webp[Q={},effort={},strip]"
AVIF = "avif[compression=av1,Q={},effort={},bitdepth=8,strip]"
SETTINGS = (
    [(f"JPEG {q}", JPEG.format(q)) for q in (60, 70, 76, 82, 88)]
    + [(f"WebP {q}, effort {e}", WEBP.format(q, e))
       for q, e in [(60, 4), (70, 4), (80, 4), (90, 4), (80, 2), (80, 6)]]
    + [(f"AVIF {q}, effort {e}", AVIF.format(q, e))
       for q, e in [(40, 2), (48, 2), (55, 2), (63, 2), (70, 2), (55, 0), (55, 1), (55, 4), (55, 6)]])


def seconds(*command):
    """Processor time of a program."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([str(word) for word in command], check=True, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--width", type=int, default=1280, help="default %(default)s")
    parser.add_argument("pictures", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        work = pathlib.Path(place)
        pictures = options.pictures or [
            path for name in PHOTOGRAPHS if (path := media.CORPUS / name).exists()]
        if not pictures:
            pictures = [media.photograph(work, 2400, 1600)[0]]
        references = []
        for number, picture in enumerate(pictures):
            reference = work / f"reference-{number}.png"
            subprocess.run(
                ["vipsthumbnail", str(picture), "-s", f"{options.width}x", "--export-profile", "srgb",
                 "-o", f"{reference}[strip]"], check=True)
            plain = work / f"reference-{number}.v"
            media.run("vips", "copy", reference, plain)
            size = [int(subprocess.check_output(["vipsheader", "-f", side, str(plain)]))
                    for side in ("width", "height")]
            references.append((reference, plain, size[0] * size[1]))
        print(f"{len(references)} photographs, {options.width} pixels wide; medians, and the least distance "
              "of all")
        print("\n| setting | bits | distance | least | processor time |\n| --- | --- | --- | --- | --- |")
        base = None
        for name, form in SETTINGS:
            suffix, _, arguments = form.partition("[")
            rows = []
            for reference, plain, pixels in references:
                coded, shown = work / f"coded.{suffix}", work / "shown.png"
                spent = seconds("vips", "copy", plain, f"{coded}[{arguments}")
                media.run("vips", "copy", coded, shown)
                distance = compute_ssimulacra2(str(reference), str(shown))
                rows.append((coded.stat().st_size * 8 / pixels, distance, spent))
            bits, distances, times = zip(*rows)
            base = base or statistics.median(times)
            print(f"| {name} | {statistics.median(bits):.2f} | {statistics.median(distances):.1f} | "
                  f"{min(distances):.1f} | {statistics.median(times) / base:.1f} |", flush=True)


if __name__ == "__main__":
    main()
