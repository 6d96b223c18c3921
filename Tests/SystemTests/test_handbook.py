#!/usr/bin/env python3
"""Executes the operator's handbook. Usage: test_handbook.py PROGRAMS

Every block of `sh` in docs/handbook.md, in its order, as root on a machine with the service; after a
section, what it promises is looked at. Blocks marked `not-run` say why beside them.
"""

import json
import re
import shutil
import sys

import machine
from machine import expect, wait_for
from site_under_test import INBOX, Site, make_samples

STORAGE = "/var/lib/vitrine/storage"
# Kept between blocks, as in one shell.
KEPT = "manifest item"
TYPES = {
    "json": "application/json", "m3u8": "application/vnd.apple.mpegurl",
    "mpd": "application/dash+xml", "mp4": "video/mp4", "m4s": "video/mp4", "m4a": "audio/mp4",
    "webm": "video/webm", "opus": "audio/ogg", "vtt": "text/vtt", "avif": "image/avif",
    "webp": "image/webp", "jpg": "image/jpeg", "png": "image/png", "svg": "image/svg+xml",
    "dat": "application/octet-stream", "txt": "text/plain; charset=utf-8",
}


def sections():
    """Heading and its blocks: `(first word behind sh, text)`."""
    text = (machine.SOURCE / "docs/handbook.md").read_text()
    found = []
    for part in re.split(r"(?m)^##+ ", text)[1:]:
        title, body = part.split("\n", 1)
        blocks = re.findall(r"(?ms)^```sh ?([^\n]*)\n(.*?)^```$", body)
        found.append((title, blocks))
    return found


def after_first_upload(site):
    expect(site.item("photograph.jpg")["state"] == "ready", "the first upload is not ready")


def after_a_plain_directory(site):
    item = site.ended("evening.jpg")
    detail = site.json("item", "show", item["id"])
    expect("mara" in json.dumps(detail), f"its owner is not known: {detail}")


def after_tusd(site):
    item = site.ended("logo.png")
    expect("mara" in json.dumps(site.json("item", "show", item["id"])), "its owner is not known")
    expect(site.box.run("ls", "/var/lib/vitrine-tusd").stdout == "", "tusd's file is left")


def after_serve_what_comes_out(site):
    """Every published file has the right type and may be cached as long as it is the same."""
    for sample in ("song.mp3", "short.mp4", "moving.gif", "drawing.svg", "letter.pdf"):
        site.upload(sample, sample)
        site.ended(sample)
    paths = site.box.run(
        "find", f"{STORAGE}/items", "-type", "f", "-printf", "%P\\n").stdout.split()
    seen = set()
    for path in paths:
        answer = site.box.run(
            "curl", "--silent", "--head", f"http://127.0.0.1:8080/media/items/{path}").stdout
        head = {key.lower(): value.strip() for key, _, value in (
            line.partition(":") for line in answer.splitlines()[1:])}
        status = answer.split()[1]
        if "/manifests/" in path:
            expect(status == "404", f"{path}: {status}")
            continue
        extension = path.rsplit(".", 1)[1]
        seen.add(extension)
        expect(status == "200", f"{path}: {status}")
        expect(head["content-type"] == TYPES.get(extension), f"{path}: {head['content-type']}")
        changes = path.endswith("/manifest.json")
        wanted = "no-cache" if changes else "public, max-age=31536000, immutable"
        expect(head["cache-control"] == wanted, f"{path}: {head['cache-control']}")
        expect(head["x-content-type-options"] == "nosniff", f"{path}: may be sniffed")
        expect(head["access-control-allow-origin"] == "*", f"{path}: another origin")
        expect(("sandbox" in head.get("content-security-policy", "")) == (extension == "svg"),
               f"{path}: {head.get('content-security-policy')}")
    expect({"m3u8", "m4s", "mpd", "vtt", "avif", "svg", "dat", "txt"} <= seen, f"served {seen}")
    for private in ("../state/vitrine.sqlite", "..%2fstate/vitrine.sqlite", "items/"):
        status = site.box.run(
            "curl", "--silent", "--path-as-is", "-o", "/dev/null", "-w", "%{http_code}",
            f"http://127.0.0.1:8080/media/{private}").stdout
        expect(status in ("400", "403", "404"), f"{private}: {status}")
    some = next(path for path in paths if path.endswith(".m4s"))
    part = site.box.run(
        "curl", "--silent", "-r", "0-9", "-o", "/dev/null", "-w", "%{http_code}",
        f"http://127.0.0.1:8080/media/items/{some}").stdout
    expect(part == "206", f"a range: {part}")


def after_settings(site):
    expect(site.box.show("vitrined", "TimeoutStopUSec") == "2min", "the drop-in")
    wait_for("an answer", site.answers)


def digests(site):
    return site.box.shell(
        "cd /var/lib/vitrine; find storage originals -type f -exec sha256sum {} + | sort").stdout


def before_backup_and_restore(site):
    site.before = digests(site), sorted(
        (item["id"], item["state"], item["generation"])
        for item in site.json("item", "list")["items"])


def after_backup_and_restore(site):
    items = sorted((item["id"], item["state"], item["generation"])
                   for item in site.json("item", "list")["items"])
    expect((digests(site), items) == site.before, "what was restored is not what was there")
    expect(site.box.run("stat", "-c", "%a:%U:%G", INBOX).stdout.strip()
           == "2770:vitrine:vitrine-upload", "the inbox is another")
    site.upload("logo.png", "after.png")
    site.ended("after.png")


def run_section(title, blocks):
    name = title.lower().replace(" ", "_")
    before = globals().get(f"before_{name}")
    after = globals().get(f"after_{name}")

    def run(site):
        if before:
            before(site)
        for word, text in blocks:
            if word == "not-run":
                continue
            script = (f"[ ! -e /run/kept ] || . /run/kept\n{text}\n"
                      f"declare -p {KEPT} > /run/kept 2>/dev/null || true\n")
            site.box.shell(script)
        if after:
            after(site)
        counted = sum(1 for word, _ in blocks if word != "not-run")
        return None if counted or after else "nothing to run"

    run.__name__ = name
    return run


def main(programs):
    reason = machine.why_unavailable()
    if not reason and not shutil.which("nginx"):
        reason = "nginx is not installed"
    if reason:
        print(f"test-handbook: cannot run here: {reason}")
        return 77
    with machine.workspace() as place:
        box = machine.make_root(place, programs)
        root = box.root
        (root / "etc/sysusers.d/handbook.conf").write_text("u operator -\nu www-data -\n")
        shutil.copytree("/etc/nginx", root / "etc/nginx", symlinks=True)
        for site in (root / "etc/nginx/sites-enabled").glob("*"):
            site.unlink()
        for name in ("var/log/nginx", "var/lib/nginx"):
            (root / name).mkdir(parents=True)
        make_samples(root / "srv/samples")
        site = Site(box, root / "srv/samples")
        tests = [run_section(title, blocks) for title, blocks in sections() if blocks]
        return machine.run_tests("test-handbook", box, site, tests)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
