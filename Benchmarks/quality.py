"""Whether less time was bought with a worse picture: each rung beside the command's."""

import commands
import media
from daemon import described, published

# Of the source: both pictures are enlarged to it, which favours neither way of making them smaller.
SIZE = "1920:1080"


def beside(document, film, out):
    """SSIM to the film of the daemon's rungs and the commands', and the daemon's ÷ their bytes."""
    alike, ours, theirs = {}, 0, 0
    for _, height, _ in commands.RUNGS:
        name = f"video-{height}p"
        command = out / f"{height}.mp4"
        alike[height] = [
            media.similarity(path, film, SIZE) for path in (published(document, name), command)]
        ours += sum(file["byteCount"] for file in described(document, name)["files"])
        theirs += command.stat().st_size
    rungs = ", ".join(
        f"{height}p {our:.4f} ({their:.4f})" for height, (our, their) in alike.items())
    worst = min(our - their for our, their in alike.values())
    return {
        "text": f"SSIM to the source (the command's): {rungs}; least difference {worst:+.4f}; "
        f"bytes × {ours / theirs:.2f}",
        "ssim": alike,
        "bytes": ours / theirs,
    }
