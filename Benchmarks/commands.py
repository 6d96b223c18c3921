"""The named baseline of films: six ffmpeg commands, and the same outputs from one with `split`."""

# Size and cap in kbit/s: the recipe's rungs up to 1080p.
RUNGS = [(1920, 1080, 6000), (1280, 720, 3000), (854, 480, 1500), (640, 360, 800)]
# Key frames stand this far apart.
GROUP = 60

FFMPEG = ["ffmpeg", "-v", "error", "-nostdin", "-y"]


def encoding(kilobits, preset):
    return [
        "-c:v", "libx264", "-preset", preset, "-crf", "23", "-maxrate", f"{kilobits}k",
        "-bufsize", f"{2 * kilobits}k", "-g", str(GROUP), "-keyint_min", str(GROUP),
        "-sc_threshold", "0", "-c:a", "aac", "-b:a", "128k", "-movflags", "+faststart",
    ]


def rungs(film, out, preset):
    return [
        FFMPEG + ["-i", film, "-vf", f"scale={width}:{height}"] + encoding(kilobits, preset)
        + [out / f"{height}.mp4"]
        for width, height, kilobits in RUNGS
    ]


def poster(film, seconds, out):
    return FFMPEG + [
        "-ss", str(seconds / 2), "-i", film, "-frames:v", "1", "-vf", "scale=1280:-2", "-q:v", "3",
        out / "poster.jpg",
    ]


def storyboard(film, out, interval=1, keys_only=False):
    skipping = ["-skip_frame", "nokey"] if keys_only else []
    return FFMPEG + skipping + [
        "-i", film, "-vf", f"fps=1/{interval},scale=160:-2,tile=10x10", "-frames:v", "1",
        "-q:v", "4", out / "sprite.jpg",
    ]


def decode(film):
    """What every one of the commands does first."""
    return FFMPEG + ["-i", film, "-map", "0:v:0", "-f", "null", "-"]


def split(film, seconds, out, preset):
    """All six outputs from one decode; nothing is drawn that no output takes."""
    half = f"select='isnan(prev_selected_t)*gte(t,{seconds / 2})',scale=1280:-2"
    filters = [f"scale={width}:{height}" for width, height, _ in RUNGS]
    filters += [half, "fps=1,scale=160:-2,tile=10x10"]
    inputs = "".join(f"[in{at}]" for at in range(len(filters)))
    graph = f"[0:v:0]split={len(filters)}{inputs}" + "".join(
        f";[in{at}]{filter}[out{at}]" for at, filter in enumerate(filters))
    arguments = FFMPEG + ["-i", film, "-filter_complex", graph]
    for at, (_, height, kilobits) in enumerate(RUNGS):
        arguments += ["-map", f"[out{at}]", "-map", "0:a:0?"]
        arguments += encoding(kilobits, preset) + [out / f"split-{height}.mp4"]
    for at, (name, quality) in enumerate((("poster", 3), ("sprite", 4)), start=len(RUNGS)):
        arguments += ["-map", f"[out{at}]", "-frames:v", "1", "-q:v", str(quality)]
        arguments += [out / f"split-{name}.jpg"]
    return arguments
