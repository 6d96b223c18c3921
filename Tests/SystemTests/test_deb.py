#!/usr/bin/env python3
"""The Debian package on a machine without a Swift tool chain. Usage: test_deb.py PACKAGE CACHE [SUITE]

Installs, upgrades, removes and purges the package under a systemd of the machine's own. CACHE keeps
the root of that machine, which is Debian with what the package depends on, from a mirror; SUITE is the
release that the package was made on, where it is not this machine's.
"""

import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys

import machine
from machine import expect, wait_for
from site_under_test import SETTINGS, Site, make_samples

DATABASE = "var/lib/vitrine/state/vitrine.sqlite"


def field(package, name):
    return subprocess.run(
        ["dpkg-deb", "-f", package, name], capture_output=True, text=True, check=True).stdout.strip()


def first_choices(package, name):
    """The packages that a field of the package names, of alternatives the first."""
    return [re.sub(r"[\s(|].*", "", part.strip()) for part in field(package, name).split(",")]


def debian_root(package, cache, place, suite):
    """A minimal Debian with the package's dependencies, and nothing else."""
    needed = first_choices(package, "Depends")
    # Since Debian 13, those of libheif's codecs are recommended; 12 has no such packages.
    if suite != "bookworm":
        needed += first_choices(package, "Recommends")
    archive = machine.debian_archive(
        "root", {*needed, "systemd-sysv", "procps", "util-linux"}, cache, suite)
    root = place / "root"
    root.mkdir()
    subprocess.run(["tar", "-xpf", archive, "-C", root], check=True)
    (root / "etc/machine-id").write_text("")
    (root / "etc/sysusers.d").mkdir(exist_ok=True)
    (root / "etc/sysusers.d/webapp.conf").write_text("u webapp -\nm webapp vitrine-upload\n")
    return root


def next_version(package, place):
    """The same package with a higher revision."""
    tree, newer = place / "unpacked", place / "newer.deb"
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(re.sub(r"(?m)^(Version: .*)$", r"\1+1", control.read_text()))
    subprocess.run(["dpkg-deb", "-Zgzip", "-z1", "-b", tree, newer], check=True,
                   capture_output=True)
    return newer


def install(site, package):
    shutil.copy(package, site.box.root / "package.deb")
    return site.box.run(
        "env", "DEBIAN_FRONTEND=noninteractive", "dpkg", "-i", "/package.deb", timeout=300)


def installs(site):
    """Account, directories, configuration, and a service that runs and is enabled."""
    box = site.box
    expect(box.run("which", "swift", check=False).returncode != 0, "there is a Swift tool chain")
    said = install(site, site.package)
    expect("warning" not in said.stderr.lower(), said.stderr)
    expect(box.show("vitrined", "ActiveState") == "active", "it is not active")
    expect(box.run("systemctl", "is-enabled", "vitrined").stdout.strip() == "enabled", "not enabled")
    expect(site.json("status")["sandbox"] == "active", "its sandbox is not active")
    for path, wanted in {
        "/usr/share/doc/vitrine/handbook.md": "644:root:root",
        "/etc/vitrine/vitrine.yaml": "644:root:root",
        "/etc/vitrine/credentials": "700:root:root",
        "/var/lib/vitrine/inbox": "2770:vitrine:vitrine-upload",
        "/var/lib/vitrine/storage": "755:vitrine:vitrine",
        "/run/vitrine/control.sock": "660:vitrine:vitrine",
    }.items():
        found = box.run("stat", "-c", "%a:%U:%G", path).stdout.strip()
        expect(found == wanted, f"{path} is {found}")
    conffiles = field(site.package, "Conffiles") or box.run(
        "dpkg-query", "-W", "-f", "${Conffiles}", "vitrine").stdout
    for name in ("vitrine.yaml", "recipes/default.yaml"):
        expect(f"/etc/vitrine/{name}" in conffiles, f"{name} is no conffile")
    unresolved = box.shell(
        "ldd /usr/bin/vitrined /usr/bin/vitrinectl /usr/libexec/vitrine/vitrine-worker"
        " | grep 'not found' || true").stdout
    expect(not unresolved, unresolved)


def processes(site):
    """Uploads become items, on nothing but what the package asks for."""
    site.box.run("systemd-sysusers")
    site.settings(SETTINGS)
    site.box.run("systemctl", "restart", "vitrined")
    for sample in ("photograph.jpg", "song.mp3", "short.mp4"):
        site.upload(sample, sample)
    for sample in ("photograph.jpg", "song.mp3", "short.mp4"):
        site.ended(sample)


def upgrades_under_load(site):
    """An upgrade while a film is made: drained, restarted, and the film is made; settings stay."""
    settings = site.box.root / "etc/vitrine/vitrine.yaml"
    settings.write_text(settings.read_text() + "# of the administrator\n")
    site.upload("long.mp4", "long.mp4")
    job = wait_for("work", site.is_working, 60)
    old = site.main_pid()
    install(site, site.newer)
    wait_for("an answer", site.answers, 30)
    expect(site.main_pid() != old, "the old daemon runs")
    version = site.box.run("dpkg-query", "-W", "-f", "${Version}", "vitrine").stdout
    expect(version.endswith("+1"), version)
    site.ended("long.mp4", 240)
    after = [each for each in site.json("job", "list")["jobs"] if each["id"] == job["id"]][0]
    expect(after["attempts"]["counted"] <= job["attempts"]["counted"] + 1, f"{after['attempts']}")
    expect("of the administrator" in settings.read_text(), "the settings were overwritten")


def refuses_a_newer_store(site):
    """A store of a later version is left alone, and the journal says what to install."""
    site.stop()
    with sqlite3.connect(site.box.root / DATABASE) as store:
        store.execute("INSERT INTO grdb_migrations VALUES ('999 of the future')")
    store.close()
    site.box.run("chown", "-R", "vitrine:vitrine", "/var/lib/vitrine/state")
    site.box.run("systemctl", "start", "vitrined", check=False)
    wait_for("it to say why", lambda: "newer version of vitrined" in "".join(
        str(entry["MESSAGE"]) for entry in site.journal("-u", "vitrined")), 20)
    site.box.run("systemctl", "stop", "vitrined", check=False)
    with sqlite3.connect(site.box.root / DATABASE) as store:
        store.execute("DELETE FROM grdb_migrations WHERE identifier LIKE '999%'")
    store.close()
    site.box.run("chown", "-R", "vitrine:vitrine", "/var/lib/vitrine/state")
    site.box.run("systemctl", "reset-failed", "vitrined", check=False)
    site.start()
    expect(site.item("short.mp4")["state"] == "ready", "the store is not the old one")


def removes_and_comes_back(site):
    """Removal stops the service and keeps uploads, items and settings; another installation finds
    them."""
    site.box.run("dpkg", "-r", "vitrine")
    expect(site.box.run("which", "vitrined", check=False).returncode != 0, "the program is left")
    expect(site.box.show("vitrined", "ActiveState") != "active", "the service is left")
    for path in ("etc/vitrine/vitrine.yaml", DATABASE):
        expect((site.box.root / path).exists(), f"{path} is gone")
    install(site, site.newer)
    wait_for("an answer", site.answers, 30)
    expect(site.item("short.mp4")["state"] == "ready", "the items are gone")


def purges(site):
    """Purging leaves nothing but the account."""
    site.box.run("dpkg", "--purge", "vitrine")
    left = site.box.shell(
        "find / -xdev -iname '*vitrine*' -not -path '/proc/*' -not -path '/tmp/*'"
        " -not -path '/var/lib/systemd/*' -not -path '/var/log/journal/*'").stdout.split()
    expect(not left, f"left over: {left}")


TESTS = [installs, processes, upgrades_under_load, refuses_a_newer_store, removes_and_comes_back,
         purges]


def main(package, cache, suite=None):
    reason = machine.why_unavailable()
    if not reason and not shutil.which("mmdebstrap"):
        reason = "mmdebstrap is not installed"
    if reason:
        print(f"test-deb: cannot run here: {reason}")
        return 77
    with machine.workspace() as place:
        place = pathlib.Path(place)
        try:
            root = debian_root(
                package, pathlib.Path(cache), place, suite or machine.this_suite())
        except machine.Unavailable as problem:
            print(f"test-deb: cannot run here: {problem}")
            return 77
        make_samples(place / "samples")
        box = machine.Machine(root)
        site = Site(box, place / "samples")
        site.package, site.newer = package, next_version(package, place)
        return machine.run_tests("test-deb", box, site, TESTS)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
