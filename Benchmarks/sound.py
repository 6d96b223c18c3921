"""Row 17: waveform, loudness and true peak against `ffmpeg -af ebur128=peak=true`."""

import pathlib

import measuring

# Ten minutes: starting a program is then no part of the figure.
SECONDS = 600
# Loud and quiet, tone and noise, both channels different: as music is to a meter.
SOURCE = (
    "aevalsrc=exprs='0.4*sin(2*PI*(200+20*mod(t,7))*t)*(0.2+0.8*gt(sin(t),0))+0.05*random(0)"
    "|0.3*sin(2*PI*331*t)+0.05*random(1)':s={rate}:d={seconds}"
)
FILES = [
    ("44.1 kHz 16-bit WAV", 44_100, "wav", ["-c:a", "pcm_s16le"]),
    ("48 kHz 24-bit FLAC", 48_000, "flac", ["-c:a", "flac", "-sample_fmt", "s32"]),
]


def measured(programs, work, runs):
    results = []
    for name, rate, end, options in FILES:
        source = work / f"sound.{end}"
        measuring.command(
            ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i",
             SOURCE.format(rate=rate, seconds=SECONDS)] + options + [source])
        pairs = []
        for _ in range(runs):
            ours = measuring.command([pathlib.Path(programs) / "sound-measure", source])
            base = measuring.command(
                ["ffmpeg", "-v", "error", "-nostdin", "-i", source, "-af", "ebur128=peak=true",
                 "-f", "null", "-"])
            pairs.append((ours, base))
        results.append({
            "row": 17, "name": f"waveform + R128 + true peak, {name}, {SECONDS} s: CPU",
            "against": "ffmpeg -af ebur128=peak=true", "target": 1.05, "runs": runs,
            "ratio": measuring.median(ours / base for ours, base in pairs),
            "notes": [
                f"{measuring.median(o for o, _ in pairs):.2f} s, "
                f"ffmpeg {measuring.median(b for _, b in pairs):.2f} s; ours also probes, "
                "draws the waveform and writes its files"
            ],
        })
        source.unlink()
    return results
