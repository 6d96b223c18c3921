"""The recipe that makes of a film what the commands make."""

import commands

# The films that are measured run at 24 frames per second.
FRAME_RATE = 24

FILM = """\
name: default
video:
  rungs:
{rungs}
  preset: {preset}
  crf: 23
  segmentSeconds: {segment:g}
  posterWidths: [1280]
  # No command makes these.
  posterAlternatives: 0
  hover: false
  storyboard:
    {{ tileSide: 160, columns: 10, rows: 10, minimumInterval: {interval}, maximumTiles: {tiles} }}
audio: {{ aacKilobits: 128 }}
image: {{ cards: false, avifEffort: 0, webpEffort: 0 }}
"""


def film(preset="veryfast", rungs=tuple(commands.RUNGS), interval=1, tiles=300):
    """Segments are as long as the commands' groups of pictures."""
    lines = "\n".join(
        f"    - {{ height: {height}, maximumKilobits: {kilobits} }}"
        for _, height, kilobits in rungs)
    return FILM.format(
        rungs=lines, preset=preset, segment=commands.GROUP / FRAME_RATE, interval=interval,
        tiles=tiles)
