"""What is measured: natural media from ../shared/corpus where that is there, else generated."""

import pathlib
import re
import struct
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"


def run(*arguments):
    subprocess.run(
        [str(argument) for argument in arguments], check=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def ffmpeg(*arguments):
    run("ffmpeg", "-v", "error", "-nostdin", "-y", *arguments)


def film(directory, seconds=10):
    """A 1080p film of `seconds` and what it is."""
    path = directory / "film.mp4"
    natural = next(iter(sorted(CORPUS.glob("clips/bbb-1080p24-*.mp4"))), None)
    if natural:
        ffmpeg("-i", natural, "-t", seconds, "-map", "0:v:0", "-map", "0:a:0?", "-c", "copy", path)
        return path, f"the first {seconds} s of {natural.stem}"
    ffmpeg(
        "-f", "lavfi", "-i", f"testsrc2=size=1920x1080:rate=24:duration={seconds}",
        "-vf", "noise=alls=8:allf=t,format=yuv420p", "-c:v", "libx264", "-preset", "veryfast",
        "-crf", "18", path)
    return path, f"a generated film of {seconds} s (no corpus here)"


def photograph(directory, width, height):
    """A JPEG with a photograph's detail in exactly this size, and what it is."""
    path = directory / f"photo-{width}.jpg"
    natural = CORPUS / "image-jpeg-phone-12MP-orient6-extendedxmp.jpg"
    if natural.exists():
        ffmpeg(
            "-i", natural, "-map_metadata", "-1", "-vf",
            f"scale={width}:{height}:flags=lanczos,noise=alls=4,format=yuvj420p",
            "-frames:v", "1", "-q:v", "3", path)
        return path, f"a photograph brought to {width}×{height}"
    bands = [directory / f"{band}.v" for band in "rgb"]
    for band in bands:
        run("vips", "fractsurf", band, width // 2, height // 2, "2.35")
    names = " ".join(str(band) for band in bands)
    steps = [
        ["bandjoin", names, "rgb.v"], ["scale", "rgb.v", "scaled.v"],
        ["resize", "scaled.v", "large.v", "2"], ["cast", "large.v", "bytes.v", "uchar"],
        ["copy", "bytes.v", "tagged.v", "--interpretation", "srgb"],
    ]
    for step in steps:
        run("vips", *[directory / word if word.endswith(".v") and word != names else word
                      for word in step])
    run("vips", "copy", directory / "tagged.v", f"{path}[Q=90]")
    return path, f"a generated fractal landscape of {width}×{height} (no corpus here)"


def distinct(source, number):
    """A copy whose bytes differ and whose content does not: equal bytes are processed once."""
    path = source.with_name(f"{source.stem}-{number:04}{source.suffix}")
    data = source.read_bytes()
    mark = f"benchmark {number:08}".encode()
    if source.suffix == ".wav":
        # A chunk of its own behind the samples, and the length in front that includes it.
        chunk = struct.pack("<4sI", b"vbnc", len(mark)) + mark
        data += b"\0" * (len(data) % 2) + chunk
        path.write_bytes(data[:4] + struct.pack("<I", len(data) - 8) + data[8:])
    elif source.suffix == ".jpg":
        comment = b"\xff\xfe" + struct.pack(">H", len(mark) + 2) + mark
        path.write_bytes(data[:2] + comment + data[2:])
    else:
        path.write_bytes(data + struct.pack(">I4s", len(mark) + 8, b"free") + mark)
    return path


def similarity(a, b, size):
    """Mean SSIM (all planes) of two films or stills, both brought to `size`."""
    # Frame by frame: one time base, and numbers for times.
    alike = f"scale={size}:flags=bicubic,format=yuv420p,settb=AVTB,setpts=N"
    graph = f"[0:v]{alike}[a];[1:v]{alike}[b];[a][b]ssim"
    words = subprocess.run(
        ["ffmpeg", "-nostdin", "-i", str(a), "-i", str(b), "-lavfi", graph, "-f", "null", "-"],
        check=True, capture_output=True).stderr.decode(errors="replace")
    return float(re.findall(r"All:([0-9.]+)", words)[-1])
