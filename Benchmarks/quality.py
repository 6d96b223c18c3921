"""Whether less time was bought with a worse picture: each rung beside the command's."""

import commands
import media
from daemon import described, published


def beside(document, film, out):
    """SSIM to the film of the daemon's rungs and the commands', and the daemon's ÷ their bytes."""
    lines, ours, theirs = [], 0, 0
    for width, height, _ in commands.RUNGS:
        name = f"video-{height}p"
        command = out / f"{height}.mp4"
        alike = [
            media.similarity(path, film, f"{width}:{height}")
            for path in (published(document, name), command)]
        lines.append(f"{height}p {alike[0]:.4f} ({alike[1]:.4f})")
        ours += sum(file["byteCount"] for file in described(document, name)["files"])
        theirs += command.stat().st_size
    return {"text": ", ".join(lines), "bytes": ours / theirs}
