"""Rows 7, 8 and 11: a large still, its AVIF files and a tiny still against `vipsthumbnail`; the JPEGs
also against ImageMagick and Pillow."""

import measuring
import media
from daemon import Daemon, published

# Every format with the least effort.
RECIPE = """\
name: default
image:
  widths: [{widths}]
  jpegQuality: 80
  avifEffort: 0
  webpEffort: 0
  cards: false
"""
# What the baseline makes; a share image is always made.
JPEGS = """\
name: default
image:
  widths: [{widths}]
  formats: []
  jpegQuality: 80
  cards: false
"""
# The default recipe's quality and effort.
AVIF = """\
name: default
image:
  widths: [{widths}]
  formats: [avif]
  cards: false
"""
EXTRA = "the daemon makes a share image, placeholders and a palette too"


def jpegs(photo, widths, out):
    """The named baseline: one `vipsthumbnail` per width."""
    return [
        ["vipsthumbnail", photo, "-s", width, "-o", out / f"jpeg-{width}.jpg[Q=80]"]
        for width in widths
    ]


def magick(photo, widths, out):
    """As its manual says: one `convert` per width."""
    return [
        ["convert", photo, "-resize", f"{width}x{width}", "-quality", 80, out / f"magick-{width}.jpg"]
        for width in widths
    ]


# As its handbook says, widest first: one decode, brought down in the decoder where it can.
PILLOW = """\
import sys
from PIL import Image
for width in map(int, sys.argv[3:]):
    with Image.open(sys.argv[1]) as picture:
        picture.thumbnail((width, width))
        picture.save(f"{sys.argv[2]}/pillow-{width}.jpg", quality=80)
"""


def pillow(photo, widths, out):
    return [["/usr/bin/python3", "-c", PILLOW, photo, out, *widths]]


def others(photo, out):
    """What the daemon makes besides, by the same program with the same settings."""
    return [[
        "vipsthumbnail", photo, "-s", "1200x630", "--smartcrop", "attention",
        "-o", out / "share.jpg[Q=80]",
    ]]


def measured(programs, work, widths, photo, runs, jobs):
    """Per run the CPU seconds per job: the daemon's tree, its worker, the baseline, the rest of what the
    daemon makes, and the baseline's files by ImageMagick and by Pillow."""
    rows = []
    recipe = JPEGS.format(widths=", ".join(str(width) for width in sorted(widths)))
    with Daemon(programs, work / f"stills-{widths[0]}", recipe) as daemon:
        for run in range(runs):
            copies = [media.distinct(photo, run * jobs + job) for job in range(jobs)]
            base = sum(measuring.command(c) for copy in copies for c in jpegs(copy, widths, work))
            used = daemon.work(copies)
            rest = sum(measuring.command(c) for copy in copies for c in others(copy, work))
            users = [
                sum(measuring.command(c) for copy in copies for c in way(copy, widths, work))
                for way in (magick, pillow)]
            rows.append([each / jobs for each in (used.cpu, used.workers, base, rest, *users)])
            for copy in copies:
                copy.unlink()
    return rows, used.documents


def report(rows, **fields):
    cpu, worker, base, rest, *users = (measuring.median(column) for column in zip(*rows))
    like = measuring.median(row[0] / (row[2] + row[3]) for row in rows)
    against = [measuring.median(row[0] / row[at] for row in rows) for at in (4, 5)]
    return fields | {
        "ratio": measuring.median(row[0] / row[2] for row in rows),
        "notes": [
            f"{EXTRA}; against vipsthumbnail for the same files: {like:.2f}",
            f"CPU s per job: daemon and workers {cpu:.3f} (worker by its manifest {worker:.3f}), "
            f"vipsthumbnail {base:.3f} for the JPEGs, {rest:.3f} for the rest",
            f"against ImageMagick's JPEGs (convert -resize, {users[0]:.3f} s) {against[0]:.2f}, against "
            f"Pillow's (thumbnail, {users[1]:.3f} s) {against[1]:.2f}",
        ] + fields.get("notes", []),
        "ratioAgainstSameFiles": like,
        "ratioAgainstImageMagick": against[0],
        "ratioAgainstPillow": against[1],
        "cpuSeconds": [row[0] for row in rows],
        "baselineCPUSeconds": [row[2] for row in rows],
    }


def large(programs, work, runs):
    widths = [2048, 1280, 640, 320, 160]
    photo, what = media.photograph(work, 6000, 4000)
    rows, documents = measured(programs, work, widths, photo, runs, 1)
    alike = min(
        media.similarity(
            published(documents[0], f"image-{width}.jpg"), work / f"jpeg-{width}.jpg",
            f"{width}:{round(width * 2 / 3)}") for width in widths[:3])
    return [report(
        rows, row=7, name="24-megapixel JPEG → 5 JPEGs: CPU", target=0.32, runs=runs,
        against=f"five vipsthumbnail; {what}",
        notes=[f"SSIM to vipsthumbnail's JPEGs, least of {widths[:3]}: {alike:.4f}"])]


def avif(programs, work, runs):
    """Against the same quality with the effort that libvips takes when nobody says one."""
    widths = [2048, 1280, 640, 320]
    photo, what = media.photograph(work, 6000, 4000)
    rows = []
    recipe = AVIF.format(widths=", ".join(map(str, sorted(widths))))
    with Daemon(programs, work / "avif", recipe) as daemon:
        for run in range(runs):
            copy = media.distinct(photo, run)
            base = sum(
                measuring.command(
                    ["vipsthumbnail", copy, "-s", width, "-o", work / f"base-{width}.avif[Q=63]"])
                for width in widths)
            rows.append((daemon.work([copy]), base))
            copy.unlink()
    document = rows[-1][0].documents[0]
    own = [published(document, f"image-{width}.avif") for width in widths]
    others = [work / f"base-{width}.avif" for width in widths]
    sizes = [sum(path.stat().st_size for path in paths) for paths in (own, others)]
    alike = {}
    for who, path in (("here", own[1]), ("there", others[1])):
        reference = work / "reference.png"
        media.run("vipsthumbnail", photo, "-s", 1280, "-o", reference)
        plain = work / f"{who}.png"
        media.run("vips", "copy", path, plain)
        alike[who] = media.similarity(plain, reference, "1280:853")
    ratio = measuring.median(used.cpu / base for used, base in rows)
    return [{
        "row": 8,
        "name": "AVIF set of a 24-megapixel JPEG: CPU",
        "ratio": ratio,
        "target": 0.20,
        "runs": runs,
        "against": f"vipsthumbnail with Q=63 and libvips' default effort; {what}",
        "notes": [
            f"the daemon's CPU includes JPEGs of every width; bytes of the AVIF files "
            f"{sizes[0] / sizes[1]:.2f} (target 1.0); SSIM at 1280 {alike['here']:.4f} here, "
            f"{alike['there']:.4f} there",
        ],
        "bytes": sizes,
    }]


def tiny(programs, work, runs):
    jobs = max(10, -(-50 // runs))
    photo, what = media.photograph(work, 800, 534)
    rows, _ = measured(programs, work, [160], photo, runs, jobs)
    return [report(
        rows, row=11, name="tiny still 800 → 160 through the daemon, one process per job: CPU",
        target=0.5, runs=runs, against=f"vipsthumbnail; {runs} × {jobs} jobs; {what}")]
